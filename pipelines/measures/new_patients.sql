/* ---
title: {fr: Patients nouvellement traités, en: Newly treated patients}
question:
  fr: Combien de patients ont débuté pour la première fois le traitement, chaque mois, dans chaque indication ?
  en: How many patients started treatment for the first time, each month, in each indication?
unit: {fr: patient, en: patient}
denominator: {fr: Sans objet (dénombrement), en: Not applicable (a count)}
included:
  fr: Patients distincts dont le premier début de traitement tombe dans le mois, par une initiation, dans une indication du programme, connus à la date d'arrêt des données
  en: Distinct patients whose first start of treatment falls in the month, by an initiation, in an indication of the programme, known at the cut-off
excluded:
  fr: Reprises, poursuites d'un traitement antérieur, changements de marque, second centre d'un même patient, usages hors protocole
  en: Restarts, continuations of an earlier treatment, changes of brand, a second centre of the same patient, uses outside the protocol
counts: {n_patients: patient_id}
exclusions:
  REPRISE: {fr: "Premier épisode connu : une reprise", en: "First known episode: a restart"}
  POURSUITE: {fr: "Premier épisode connu : la poursuite d'un traitement antérieur", en: "First known episode: a continuation of an earlier treatment"}
  NOT_COUNTED: {fr: Usage hors protocole, en: Use outside the protocol}
dimensions: [month, indication_code, indication_subtype, age_group, sex, childbearing_status, region_code, centre_type, centre_id, prescriber_specialty, product, episode_type]
by: [month, indication_code]
complete: [month, indication_code, age_group, sex]
only_counted: true
needs: [initiations]
review: {author: medical affairs, reviewed_on: 2026-11-23}
--- */
select
    patient_id, episode_id, month, indication_code, indication_subtype, age_group, age_at_start, sex, childbearing_status, region_code,
    centre_id, centre_type, prescriber_specialty, product, episode_type, treatment_start_date, start_month,
    case when received_month < start_month then start_month else received_month end as known_month,
    case when episode_type <> 'INITIATION' then episode_type when not is_new then 'NOT_COUNTED' end as excluded
from selected_patients

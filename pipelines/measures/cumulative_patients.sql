/* ---
title: {fr: Patients nouvellement traités (cumul), en: Newly treated patients (cumulative)}
question:
  fr: Combien de patients ont été nouvellement traités depuis le début de la période, à la fin de chaque mois ?
  en: How many patients have been newly treated since the beginning of the period, at the end of each month?
unit: {fr: patient, en: patient}
denominator: {fr: Sans objet (dénombrement), en: Not applicable (a count)}
included:
  fr: Les mêmes patients que le nombre mensuel, comptés depuis le premier mois de la période choisie
  en: The same patients as the monthly figure, counted from the first month of the chosen period
excluded:
  fr: Reprises, poursuites d'un traitement antérieur, changements de marque, second centre d'un même patient, usages hors protocole
  en: Restarts, continuations of an earlier treatment, changes of brand, a second centre of the same patient, uses outside the protocol
not_additive:
  fr: Chaque mois contient les précédents ; les mois ne s'additionnent pas
  en: Each month contains the earlier ones; months do not add up
counts: {n_patients: patient_id}
dimensions: [month, indication_code, age_group, sex, region_code, product, prescriber_specialty, childbearing_status, indication_subtype]
by: [month, indication_code]
complete: [month, indication_code, age_group, sex]
only_counted: true
cumulative: month
needs: [initiations]
review: {author: medical affairs, reviewed_on: 2026-11-23}
--- */
select
    patient_id, episode_id, month, indication_code, indication_subtype, age_group, age_at_start, sex, childbearing_status, region_code,
    centre_id, prescriber_specialty, product, episode_type, treatment_start_date
from selected_new_patients

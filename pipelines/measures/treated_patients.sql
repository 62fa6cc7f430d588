/* ---
title: {fr: Patients traités, en: Treated patients}
question:
  fr: Combien de patients ont reçu le traitement, par indication, classe d'âge et sexe ?
  en: How many patients received the treatment, by indication, age group and sex?
unit: {fr: patient, en: patient}
denominator: {fr: Sans objet (dénombrement), en: Not applicable (a count)}
included:
  fr: Patients distincts ayant au moins un épisode de traitement, décrits par leur premier épisode
  en: Distinct patients with at least one treatment episode, described by their first episode
excluded:
  fr: Patients sans épisode de traitement enregistré
  en: Patients without a recorded treatment episode
counts: {n_patients: patient_id}
dimensions: [month, indication_code, indication_subtype, age_group, sex, childbearing_status, region_code, centre_type, centre_id, prescriber_specialty, product, episode_type, age_as_indicated]
by: [indication_code, age_group, sex]
complete: [month, indication_code, age_group, sex]
needs: [initiations]
review: {author: medical affairs, reviewed_on: 2026-11-23}
--- */
select
    patient_id, episode_id, month, indication_code, indication_subtype, age_group, age_at_start, sex, childbearing_status, region_code,
    centre_id, centre_type, prescriber_specialty, product, episode_type, treatment_start_date,
    case when age_as_indicated then '1' when not age_as_indicated then '0' end as age_as_indicated
from selected_patients

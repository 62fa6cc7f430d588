/* ---
title: {fr: Patients sous traitement à la date d'arrêt des données, en: Patients on treatment at the cut-off}
question:
  fr: Combien de patients sont en cours de traitement à la date d'arrêt des données ?
  en: How many patients are on treatment at the cut-off?
unit: {fr: patient, en: patient}
denominator: {fr: Patients traités de la sélection, en: Treated patients of the selection}
included:
  fr: Patients dont le dernier épisode n'a pas d'arrêt enregistré à la date d'arrêt des données
  en: Patients whose last episode has no recorded stop at the cut-off
excluded:
  fr: Patients dont le dernier épisode est arrêté. Un arrêt non déclaré n'est pas connu ; le nombre est donc un maximum
  en: Patients whose last episode has stopped. An unreported stop is unknown, so the figure is a maximum
counts: {n_patients: patient_id}
dimensions: [month, indication_code, indication_subtype, age_group, sex, childbearing_status, region_code, centre_type, centre_id, prescriber_specialty, product, episode_type]
by: [indication_code]
complete: [indication_code, age_group, sex]
needs: [initiations, discontinuations]
review: {author: medical affairs, reviewed_on: 2026-11-23}
--- */
select
    p.patient_id, p.month, p.indication_code, p.indication_subtype, p.age_group, p.age_at_start, p.sex, p.childbearing_status,
    p.region_code, p.centre_type, p.centre_id, p.prescriber_specialty, p.product, e.episode_type, e.episode_id,
    e.treatment_start_date
from selected_patients p
join episodes e on e.patient_id = p.patient_id
where e.is_last and e.stop_date is null

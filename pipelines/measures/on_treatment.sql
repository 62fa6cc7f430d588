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
dimensions: [indication_code, age_group, sex, region_code, product, childbearing_status]
by: [indication_code]
complete: [indication_code, age_group, sex]
needs: [initiations, discontinuations]
review: {author: medical affairs, reviewed_on: 2026-11-23}
--- */
select
    p.patient_id, p.indication_code, p.age_group, p.age_at_start, p.sex, p.region_code, p.product,
    p.childbearing_status, e.episode_id, e.treatment_start_date
from selected_patients p
join episodes e on e.patient_id = p.patient_id
where e.is_last and e.stop_date is null

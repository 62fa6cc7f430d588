/* ---
title: {fr: Patients sous traitement à la date d'arrêt des données, en: Patients on treatment at the cut-off}
question:
  fr: Combien de patients ont un épisode commencé et non arrêté à la date d'arrêt des données ?
  en: How many patients have an episode that has started and not stopped at the cut-off?
unit: {fr: patient, en: patient}
denominator: {fr: Patients traités de la sélection, en: Treated patients of the selection}
included:
  fr: Patients dont au moins un épisode n'a pas d'arrêt enregistré à la date d'arrêt des données
  en: Patients with at least one episode without a recorded stop at the cut-off
excluded:
  fr: Patients dont tous les épisodes sont arrêtés. Un arrêt non déclaré n'est pas connu ; le nombre est donc un maximum
  en: Patients whose episodes have all stopped. An unreported stop is unknown, so the figure is a maximum
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
join core_initiations e on e.patient_id = p.patient_id
left join core_discontinuations d on d.episode_id = e.episode_id
where d.episode_id is null

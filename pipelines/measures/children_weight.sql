/* ---
title: {fr: Poids des patients de moins de 18 ans, en: Weight of patients under 18}
question:
  fr: Quel poids les patients de moins de 18 ans avaient-ils au début du traitement ?
  en: What did patients under 18 weigh at the start of treatment?
unit: {fr: patient, en: patient}
denominator: {fr: Patients traités de moins de 18 ans de la sélection, en: Treated patients under 18 of the selection}
included:
  fr: Patients traités qui n'avaient pas 18 ans au début du premier épisode, avec le poids noté sur sa fiche
  en: Treated patients who were not 18 at the start of their first episode, with the weight noted on its form
excluded:
  fr: "Du poids, les fiches sans poids, comptées à part. Les poids des visites n'y sont pas"
  en: "From the weight, forms without one, counted apart. Weights at visits are not here"
counts:
  n_patients: patient_id
  n_weighed: {key: patient_id, when: is_weighed}
estimates:
  share:
    title: {fr: Part des patients de moins de 18 ans dont le poids est noté, en: Share of patients under 18 with a weight}
    kind: share
    of: n_weighed
    over: n_patients
quantities:
  weight_kg: {title: {fr: Poids au début du traitement, en: Weight at the start of treatment}, unit: {fr: kg, en: kg}}
dimensions: [age_group, indication_code, sex, month, region_code]
by: [age_group]
needs: [initiations]
collects: [initiations.weight_kg]
review: {author: medical affairs, reviewed_on: 2026-11-23}
--- */
select
    p.patient_id, p.episode_id, p.month, p.indication_code, p.age_group, p.age_at_start, p.sex, p.region_code,
    p.treatment_start_date, e.weight_kg, e.weight_kg is not null as is_weighed
from selected_patients p
join episodes e on e.episode_id = p.episode_id
where p.age_at_start < 18

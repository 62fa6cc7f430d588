/* ---
title: {fr: Épisodes de traitement débutés, en: Treatment episodes begun}
question:
  fr: Combien d'initiations, de reprises et de poursuites ont débuté chaque mois ?
  en: How many initiations, restarts and continuations began each month?
unit: {fr: épisode de traitement, en: treatment episode}
denominator: {fr: Sans objet (dénombrement), en: Not applicable (a count)}
included:
  fr: Tous les épisodes enregistrés des patients retenus, au mois de leur début ; un patient qui reprend compte deux épisodes. Le patient est décrit par son premier épisode
  en: All recorded episodes of the selected patients, in the month of their start; a patient who restarts has two episodes. The patient is described by the first episode
excluded:
  fr: Aucun épisode chargé n'est écarté. Une initiation qui suit un autre épisode du même patient y figure, mais n'est pas un nouveau patient
  en: No loaded episode is left out. An initiation that follows another episode of the same patient is here, but is no new patient
counts: {n_episodes: episode_id, n_patients: patient_id}
dimensions: [start_month, episode_type, indication_code, age_group, sex, childbearing_status, region_code, centre_type, centre_id, prescriber_specialty, product]
by: [start_month, episode_type]
complete: [start_month, episode_type, indication_code, age_group, sex]
needs: [initiations]
review: {author: medical affairs, reviewed_on: 2026-11-23}
--- */
select
    p.patient_id, p.indication_code, p.indication_subtype, p.age_group, p.age_at_start, p.sex, p.childbearing_status,
    p.region_code, p.centre_type, p.centre_id, p.prescriber_specialty, p.product, e.episode_id,
    e.episode_type, e.treatment_start_date, strftime(e.treatment_start_date, '%Y-%m') as start_month
from selected_patients p
join episodes e on e.patient_id = p.patient_id

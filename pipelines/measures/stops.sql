/* ---
title: {fr: Arrêts de traitement, en: Stops of treatment}
question:
  fr: Combien de traitements ont été arrêtés, pour quel motif ?
  en: How many treatments have stopped, and why?
unit: {fr: "épisode de traitement, ou patient", en: "treatment episode, or patient"}
denominator: {fr: Patients traités de la sélection, en: Treated patients of the selection}
included:
  fr: "Épisodes dont l'arrêt est enregistré. Avant terme : tout motif autre qu'un traitement mené à son terme prévu ou la fin du cadre réglementaire ; décès et perte de vue en font partie"
  en: "Episodes with a recorded stop. Before term: any reason but a treatment completed as planned or the end of the regulatory framework; death and loss to follow-up are among them"
excluded:
  fr: Arrêts non déclarés, qui ne sont pas connus
  en: Unreported stops, which are unknown
not_additive:
  fr: Un patient qui arrête plusieurs fois compte à chaque motif et à chaque mois ; les patients ne s'additionnent pas
  en: A patient who stops several times counts under each reason and each month; patients do not add up
counts:
  n_episodes: episode_id
  n_patients: patient_id
  n_before_term: {key: episode_id, when: is_before_term}
exclusions:
  SUPERSEDED: {fr: "Arrêt daté du début de l'épisode suivant ou plus tard : le traitement n'a pas été interrompu", en: "Stop dated on or after the start of the next episode: treatment was not interrupted"}
estimates:
  share:
    title: {fr: Part des patients traités, en: Share of treated patients}
    kind: share
    of: n_patients
    over: treated_patients.n_patients
quantities:
  days: {title: {fr: Durée du traitement jusqu'à l'arrêt, en: Time on treatment to the stop}, unit: {fr: jour, en: day}}
dimensions: [stop_reason, stop_month, indication_code, age_group, sex, region_code, product]
by: [stop_reason]
complete: [stop_reason, stop_month, indication_code, age_group, sex]
needs: [initiations, discontinuations]
review: {author: medical affairs, reviewed_on: 2026-11-23}
--- */
select
    e.episode_id, e.patient_id, e.episode_type, e.treatment_start_date, e.stop_date, e.stop_reason, e.stop_ae_id, e.days,
    strftime(e.stop_date, '%Y-%m') as stop_month,
    coalesce(e.stop_reason not in ('FIN_PREVUE', 'FIN_CADRE'), false) as is_before_term,
    p.indication_code, p.age_group, p.sex, p.region_code, p.product,
    case when e.ended <> 'STOPPED' then 'SUPERSEDED' end as excluded
from selected_patients p
join episodes e on e.patient_id = p.patient_id
where e.stop_date is not null

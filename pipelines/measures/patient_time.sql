/* ---
title: {fr: Temps de traitement, en: Time on treatment}
question:
  fr: Combien de temps les patients ont-ils été exposés au traitement, jusqu'à la date d'arrêt des données ?
  en: For how long were patients exposed to the treatment, up to the cut-off?
unit: {fr: patient-jour, en: patient-day}
denominator: {fr: Sans objet (dénombrement), en: Not applicable (a count)}
included:
  fr: Jours du début à l'arrêt de chaque épisode, premier et dernier jours compris (arrêt + 1 − début) ; au plus tard la veille de l'épisode suivant, et la date d'arrêt des données
  en: Days from the start to the stop of each episode, both included (stop + 1 − start); at the latest the day before the next episode, and the cut-off
excluded:
  fr: Jours entre deux épisodes. Un arrêt non déclaré n'est pas connu ; le temps est donc un maximum, et les taux un minimum
  en: Days between two episodes. An unreported stop is unknown, so the time is a maximum, and rates a minimum
counts: {n_days: {key: episode_id, sum: days}, n_patients: patient_id, n_episodes: episode_id}
quantities:
  days: {title: {fr: Durée d'un épisode, en: Length of an episode}, unit: {fr: jour, en: day}}
dimensions: [month, indication_code, age_group, sex, region_code, product, childbearing_status, prescriber_specialty]
by: [indication_code]
complete: [indication_code, age_group, sex]
needs: [initiations, discontinuations]
review: {author: pharmacovigilance, reviewed_on: 2026-11-23}
--- */
select
    p.patient_id, p.month, p.indication_code, p.age_group, p.sex, p.region_code, p.product, p.childbearing_status,
    p.prescriber_specialty, e.episode_id, e.episode_type, e.treatment_start_date, e.stop_date, e.last_day, e.ended, e.days
from selected_patients p
join episodes e on e.patient_id = p.patient_id

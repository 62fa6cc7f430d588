/* ---
title: {fr: Dose quotidienne moyenne délivrée, en: Mean daily dose dispensed}
question:
  fr: Quelle dose quotidienne moyenne a été délivrée pendant chaque traitement ?
  en: What mean daily dose was dispensed during each treatment?
unit: {fr: épisode de traitement, en: treatment episode}
denominator: {fr: Épisodes de traitement de la sélection, en: Treatment episodes of the selection}
included:
  fr: "Milligrammes délivrés pour l'épisode, divisés par le nombre de jours couverts par ces délivrances. Plusieurs délivrances d'un même jour s'additionnent, pour la plus longue de leurs durées"
  en: "Milligrams dispensed for the episode, divided by the number of days that these dispensings supply. Several dispensings of one day add up, for the longest of their durations"
excluded:
  fr: Aucun épisode. Sans délivrance enregistrée, la dose est inconnue, et comptée comme telle
  en: No episode. Without a recorded dispensing the dose is unknown, and counted as such
counts:
  n_episodes: episode_id
  n_patients: patient_id
  n_dispensed: {key: episode_id, when: has_dose}
estimates:
  share:
    title: {fr: Part des épisodes, en: Share of episodes}
    kind: share
    of: n_episodes
    over: patient_time.n_episodes
quantities:
  daily_dose_mg: {title: {fr: Dose quotidienne moyenne délivrée, en: Mean daily dose dispensed}, unit: {fr: mg/j, en: mg/day}}
dimensions: [dose_band, indication_code, age_group, sex, region_code, product]
by: [dose_band]
complete: [dose_band, indication_code, age_group, sex]
needs: [initiations, discontinuations, dispensings]
review: {author: medical affairs, reviewed_on: 2026-11-23}
--- */
with dispensed as (
    select
        episode_id, sum(mg) / sum(days_supplied) as daily_dose_mg, cast(sum(n_dispensings) as bigint) as n_dispensings
    from supplies
    group by episode_id
)

select
    e.episode_id, e.patient_id, p.indication_code, p.age_group, p.sex, p.region_code, p.product, e.episode_type,
    e.treatment_start_date, e.last_day, d.n_dispensings, d.daily_dose_mg, d.daily_dose_mg is not null as has_dose,
    coalesce(b.dose_band, 'UNKNOWN') as dose_band
from selected_patients p
join episodes e on e.patient_id = p.patient_id
join dispensed d on d.episode_id = e.episode_id
left join programme_dose_bands b on d.daily_dose_mg > b.above and (b.up_to is null or d.daily_dose_mg <= b.up_to)

/* ---
title: {fr: Délai jusqu'au premier effet, en: Time to the first effect}
question:
  fr: Combien de patients ont eu un premier effet, après combien de jours du premier traitement ?
  en: How many patients had a first effect, after how many days of the first treatment?
unit: {fr: patient, en: patient}
denominator: {fr: Patients traités de la sélection, en: Treated patients of the selection}
included:
  fr: Premier épisode de chaque patient, du premier jour (jour 1) au premier effet ; l'arrêt et le décès empêchent l'effet (événements concurrents) ; les traitements en cours sont censurés à la date d'arrêt des données, ou la veille de l'épisode suivant
  en: First episode of each patient, from the first day (day 1) to the first effect; stop and death preclude the effect (competing events); treatments that go on are censored at the cut-off, or on the day before the next episode
excluded:
  fr: Effets commencés après la fin du premier épisode. Un effet sans date de début ne peut être placé ; il est compté à part et le patient suivi comme sans lui
  en: Effects that began after the end of the first episode. An effect without any onset date cannot be placed; it is counted apart and the patient followed as if without it
counts:
  n_patients: patient_id
  n_with_effect: {key: patient_id, when: has_effect}
  n_unplaced: {key: patient_id, when: has_unplaced}
estimates:
  share:
    title: {fr: Part des patients avec un effet pendant le premier épisode, en: Share of patients with an effect during the first episode}
    kind: share
    of: n_with_effect
    over: n_patients
quantities:
  days: {title: {fr: Suivi jusqu'à l'effet ou à la fin, en: Follow-up to the effect or the end}, unit: {fr: jour, en: day}}
curve:
  title: {fr: Incidence cumulée du premier effet, en: Cumulative incidence of the first effect}
  kind: incidence
  outcome: ended_by
  event: EFFECT
  competing: [STOP, DEATH]
  apart: [effect_class]
dimensions: [effect_class, indication_code, age_group, sex, region_code, product]
by: [effect_class]
complete: [effect_class]
needs: [adverse_events, discontinuations]
review: {author: pharmacovigilance, reviewed_on: 2026-11-23}
--- */
with classes as (
    select effect_class from (values ('ANY'), ('SERIOUS')) c (effect_class)
    union all
    select distinct special_interest from programme_special_interest
),
placed as (
    select patient_id, 'ANY' as effect_class, onset_day from effects_on_treatment
    union all
    select patient_id, 'SERIOUS', onset_day from effects_on_treatment where is_serious
    union all
    select patient_id, special_interest, onset_day from special_effects
),
firsts as (
    select patient_id, effect_class, min(onset_day) as onset_day, bool_or(onset_day is null) as has_unplaced
    from placed group by all
)

select
    p.patient_id, c.effect_class, p.indication_code, p.age_group, p.sex, p.region_code, p.product, e.episode_id,
    p.treatment_start_date, e.last_day,
    coalesce(f.onset_day <= e.days, false) as has_effect,
    coalesce(f.has_unplaced, false) as has_unplaced,
    case when f.onset_day <= e.days then f.onset_day else e.days end as days,
    case
        when f.onset_day <= e.days then 'EFFECT'
        when e.ended = 'STOPPED' and e.stop_reason = 'DECES' then 'DEATH'
        when e.ended = 'STOPPED' then 'STOP'
        else 'ONGOING'
    end as ended_by
from selected_patients p
join episodes e on e.episode_id = p.episode_id
cross join classes c
left join firsts f on f.patient_id = p.patient_id and f.effect_class = c.effect_class
where e.days > 0

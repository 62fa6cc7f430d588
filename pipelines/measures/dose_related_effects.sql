/* ---
title: {fr: Effets liés à la dose, en: Dose-related effects}
question:
  fr: À quelle dose quotidienne et à quelle dose cumulée le premier effet surveillé comme lié à la dose est-il survenu, et à quel taux ?
  en: At what daily dose and what cumulative dose did the first effect watched as dose-related begin, and at what rate?
unit: {fr: "patient, et patient-jour à risque", en: "patient, and patient-day at risk"}
denominator: {fr: "Jours d'exposition à cette dose, jusqu'au premier effet compris", en: "Days of exposure at this dose, up to and including the first effect"}
included:
  fr: "Premier effet d'une liste d'intérêt particulier que le programme dit liée à la dose, s'il a commencé un jour d'exposition. Un début connu au mois ou à l'année est placé à son premier jour possible depuis le début du traitement. La dose est celle délivrée (voir « Temps de traitement selon la dose »)"
  en: "First effect of a list of special interest that the programme calls dose-related, if it began on a day of exposure. An onset known to the month or the year is placed on its first possible day since the start of treatment. The dose is the one dispensed (see “Time on treatment by dose”)"
excluded:
  fr: "Jours après le premier effet. Un patient dont l'effet n'est pas daté reste à risque. Les jours de dose inconnue forment leur propre niveau : sans eux, rien ne dit à quelle dose ces effets sont survenus"
  en: "Days after the first effect. A patient whose effect is undated remains at risk. Days of unknown dose are a level of their own: nothing says at what dose the effects in them began"
not_additive:
  fr: Un patient passe d'une dose à l'autre ; jours et premiers effets s'additionnent, les patients non
  en: A patient goes from one dose to another; days and first effects add up, patients do not
counts:
  n_first_effects: {key: patient_id, when: has_effect}
  n_days: {key: period_id, sum: days}
  n_patients: patient_id
exclusions:
  OFF_TREATMENT: {fr: "Premier effet commencé hors traitement, entre deux épisodes ou après l'arrêt", en: "First effect began off treatment, between two episodes or after the stop"}
  UNDATED: {fr: Aucun effet daté, en: No dated effect}
estimates:
  rate:
    title: {fr: Premiers effets pour 100 patients-années, en: First effects per 100 patient-years}
    kind: rate
    of: n_first_effects
    over: n_days
dimensions: [dose_band, cumulative_dose_band, indication_code, age_group, sex, region_code, product]
by: [dose_band]
complete: [dose_band, cumulative_dose_band, indication_code, age_group, sex]
needs: [initiations, discontinuations, dispensings, adverse_events]
review: {author: pharmacovigilance, reviewed_on: 2026-11-23}
--- */
with firsts as (
    select
        patient_id,
        min(treatment_start_date + cast(onset_day as integer) - 1) as onset,
        coalesce(min(pt_label) filter (where onset_day = first_onset_day), min(pt_label)) as pt_label
    from (
        select *, min(onset_day) over (partition by patient_id) as first_onset_day from special_effects where dose_related
    )
    group by patient_id
),
at_risk as (
    select
        d.period_id, d.patient_id, d.episode_id, d.first_day,
        least(d.last_day, f.onset) as last_day,
        datediff('day', d.first_day, least(d.last_day, f.onset)) + 1 as days,
        d.daily_dose_mg, d.cumulative_g, d.dose_band, d.cumulative_dose_band,
        coalesce(f.onset between d.first_day and d.last_day, false) as has_effect,
        f.onset, f.pt_label
    from dose_periods d
    left join firsts f on f.patient_id = d.patient_id
    where f.onset is null or d.first_day <= f.onset
),
looked_at as (
    select *, cast(null as varchar) as excluded from at_risk
    union all
    select
        f.patient_id || '/' || 'EFFECT', f.patient_id, null, null, null, 0, null, null, 'UNKNOWN', 'UNKNOWN', false, f.onset, f.pt_label,
        case when f.onset is null then 'UNDATED' else 'OFF_TREATMENT' end
    from firsts f
    where not exists (select 1 from at_risk a where a.patient_id = f.patient_id and a.has_effect)
)

select l.*, p.indication_code, p.age_group, p.sex, p.region_code, p.product
from selected_patients p
join looked_at l on l.patient_id = p.patient_id

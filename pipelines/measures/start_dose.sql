/* ---
title: {fr: Dose de début, en: Starting dose}
question:
  fr: À quelle dose les traitements ont-ils été commencés, et cette dose est-elle celle attendue pour l'indication ?
  en: At what dose were treatments begun, and is it the one expected for the indication?
unit: {fr: patient, en: patient}
denominator: {fr: "Pour la part : patients dont la dose peut être comparée à celle attendue", en: "For the share: patients whose dose can be compared with the expected one"}
included:
  fr: Premier épisode, dose quotidienne de la fiche initiale. Une dose attendue par kilogramme ne peut être comparée que si le poids est connu. Les bornes sont comprises
  en: First episode, daily dose of the initial form. A dose expected per kilogram can be compared only if the weight is known. Limits are included
excluded:
  fr: Reprises et poursuites, dont la dose n'est pas celle d'un début de traitement. Une dose hors des bornes n'est pas une faute ; elle est à confirmer
  en: Restarts and continuations, whose dose is not that of a start. A dose outside the limits is no fault; it is to be confirmed
counts:
  n_patients: patient_id
  n_in_range: {key: patient_id, when: is_in_range}
  n_comparable: {key: patient_id, when: is_comparable}
exclusions:
  REPRISE: {fr: "Premier épisode connu : une reprise", en: "First known episode: a restart"}
  POURSUITE: {fr: "Premier épisode connu : la poursuite d'un traitement antérieur", en: "First known episode: a continuation of an earlier treatment"}
estimates:
  share:
    title: {fr: Part des doses dans les bornes attendues, en: Share of doses within the expected limits}
    kind: share
    of: n_in_range
    over: n_comparable
quantities:
  start_dose_mg_day: {title: {fr: Dose de début, en: Starting dose}, unit: {fr: mg/j, en: mg/day}}
  start_dose_mg_kg_day: {title: {fr: Dose de début par kilogramme, en: Starting dose per kilogram}, unit: {fr: mg/kg/j, en: mg/kg/day}}
dimensions: [start_dose_range, start_dose_band, indication_code, age_group, sex, region_code, product]
by: [indication_code]
complete: [start_dose_range, start_dose_band, indication_code, age_group, sex]
needs: [initiations]
review: {author: medical affairs, reviewed_on: 2026-11-23}
--- */
with doses as (
    select
        e.episode_id, e.episode_type, e.start_dose_mg_day, e.weight_kg, e.start_dose_mg_day / e.weight_kg as start_dose_mg_kg_day,
        coalesce(b.dose_band, 'UNKNOWN') as start_dose_band,
        case i.dose_unit when 'mg_day' then e.start_dose_mg_day when 'mg_kg_day' then e.start_dose_mg_day / e.weight_kg end as dose,
        i.dose_least, i.dose_most
    from episodes e
    left join programme_indications i on i.indication_code = e.indication_code
    left join programme_dose_bands b on e.start_dose_mg_day > b.above and (b.up_to is null or e.start_dose_mg_day <= b.up_to)
)

select
    p.patient_id, p.indication_code, p.age_group, p.sex, p.region_code, p.product, d.episode_id, p.treatment_start_date,
    d.start_dose_mg_day, d.weight_kg, d.start_dose_mg_kg_day, d.start_dose_band,
    case
        when d.dose_least is null then 'NONE_EXPECTED'
        when d.dose is null then 'NOT_ASSESSABLE'
        when d.dose < d.dose_least then 'BELOW'
        when d.dose > d.dose_most then 'ABOVE'
        else 'WITHIN'
    end as start_dose_range,
    start_dose_range = 'WITHIN' as is_in_range,
    start_dose_range in ('WITHIN', 'BELOW', 'ABOVE') as is_comparable,
    case when d.episode_type <> 'INITIATION' then d.episode_type end as excluded
from selected_patients p
join doses d on d.episode_id = p.episode_id

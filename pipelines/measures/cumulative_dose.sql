/* ---
title: {fr: Dose cumulée délivrée, en: Cumulative dose dispensed}
question:
  fr: Quelle dose a été délivrée en tout à chaque patient, à la date d'arrêt des données ?
  en: What dose has been dispensed to each patient in all, at the cut-off?
unit: {fr: patient, en: patient}
denominator: {fr: Patients traités de la sélection, en: Treated patients of the selection}
included:
  fr: Grammes délivrés au patient, tous épisodes confondus
  en: Grams dispensed to the patient, over all episodes
excluded:
  fr: Délivrances non transmises et traitement antérieur au suivi, qui ne sont pas connus ; la dose est donc un minimum. Sans aucune délivrance enregistrée, elle est inconnue, et comptée comme telle
  en: Dispensings that were not sent and treatment before the follow-up, which are unknown, so the dose is a minimum. Without any recorded dispensing it is unknown, and counted as such
counts:
  n_patients: patient_id
  n_dispensed_to: {key: patient_id, when: has_dose}
estimates:
  share:
    title: {fr: Part des patients traités, en: Share of treated patients}
    kind: share
    of: n_patients
    over: treated_patients.n_patients
quantities:
  cumulative_dose_g: {title: {fr: Dose cumulée délivrée, en: Cumulative dose dispensed}, unit: {fr: g, en: g}}
dimensions: [cumulative_dose_band, indication_code, age_group, sex, region_code, product]
by: [cumulative_dose_band]
complete: [cumulative_dose_band, indication_code, age_group, sex]
needs: [initiations, dispensings]
review: {author: medical affairs, reviewed_on: 2026-11-23}
--- */
with dispensed as (
    select patient_id, sum(mg) / 1000 as cumulative_dose_g, cast(sum(n_dispensings) as bigint) as n_dispensings
    from supplies
    group by patient_id
)

select
    p.patient_id, p.indication_code, p.age_group, p.sex, p.region_code, p.product, p.treatment_start_date, d.n_dispensings,
    d.cumulative_dose_g, d.cumulative_dose_g is not null as has_dose,
    coalesce(c.cumulative_dose_band, 'UNKNOWN') as cumulative_dose_band
from selected_patients p
join dispensed d on d.patient_id = p.patient_id
left join programme_cumulative_dose_bands c
    on d.cumulative_dose_g >= c.at_least and (c.below is null or d.cumulative_dose_g < c.below)

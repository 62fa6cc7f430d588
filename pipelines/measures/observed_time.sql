/* ---
title: {fr: Temps de traitement observé, en: Time on treatment observed}
question:
  fr: Quelle part du temps de traitement est documentée par un contact avec le patient ?
  en: What share of the time on treatment is documented by a contact with the patient?
unit: {fr: patient-jour, en: patient-day}
denominator: {fr: Tous les jours d'exposition, en: All days of exposure}
included:
  fr: "Jours du début de l'épisode au dernier contact documenté, compris : visite, délivrance ou test de grossesse de l'épisode, effet du patient reçu un jour d'exposition, arrêt enregistré. Le jour du début est toujours observé, par la fiche initiale"
  en: "Days from the start of the episode to the last documented contact, included: visit, dispensing or pregnancy test of the episode, effect of the patient received on a day of exposure, recorded stop. The day of the start is always observed, by the initial form"
excluded:
  fr: "Jours après le dernier contact : le traitement y est supposé, et rien ne dit ce qui s'y est passé. Une table non transmise ne documente rien. En dessous d'une part suffisante, un taux n'est pas lisible et seuls les nombres comptent"
  en: "Days after the last contact: treatment is assumed in them, and nothing says what happened. A table that was not sent documents nothing. Below a sufficient share a rate cannot be read, and only counts matter"
counts:
  n_observed_days: {key: episode_id, sum: observed_days}
  n_days: {key: episode_id, sum: days}
  n_patients: patient_id
estimates:
  observed:
    title: {fr: Part du temps de traitement observée, en: Share of the time on treatment observed}
    kind: ratio
    of: n_observed_days
    over: n_days
dimensions: [episode_end, indication_code, age_group, sex, region_code, product]
by: [indication_code]
complete: [episode_end, indication_code, age_group, sex]
needs: [initiations, discontinuations]
review: {author: pharmacovigilance, reviewed_on: 2026-11-23}
--- */
with contacts as (
    select episode_id, visit_date as day from core_visits
    union all
    select episode_id, dispensing_date from core_dispensings
    union all
    select episode_id, test_date from core_pregnancy_tests
    union all
    select e.episode_id, a.received_date
    from core_adverse_events a
    join episodes e on e.patient_id = a.patient_id and a.received_date between e.treatment_start_date and e.last_day
    union all
    select episode_id, stop_date from episodes where ended = 'STOPPED'
),
last_contacts as (
    select episode_id, max(day) as last_contact from contacts group by episode_id
)

select
    e.episode_id, e.patient_id, e.treatment_start_date, e.last_day, e.ended as episode_end, c.last_contact, e.days,
    datediff('day', e.treatment_start_date, least(e.last_day, greatest(e.treatment_start_date, c.last_contact))) + 1
        as observed_days,
    p.indication_code, p.age_group, p.sex, p.region_code, p.product
from selected_patients p
join episodes e on e.patient_id = p.patient_id
left join last_contacts c on c.episode_id = e.episode_id
where e.days > 0

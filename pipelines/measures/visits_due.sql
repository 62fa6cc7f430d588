/* ---
title: {fr: Visites attendues, en: Expected visits}
question:
  fr: Combien de visites attendues au calendrier ont été reçues dans leur fenêtre, et combien ne l'ont pas été ?
  en: How many visits of the calendar were received within their window, and how many were not?
unit: {fr: visite attendue d'un patient, en: expected visit of a patient}
denominator: {fr: "Pour la part : visites attendues dont la fenêtre est passée à la date d'arrêt des données", en: "For the share: expected visits whose window is past at the cut-off"}
included:
  fr: "Visites du calendrier d'usage pendant le premier épisode, si le traitement durait encore à l'ouverture de la fenêtre. Une fenêtre finit au plus tard la veille de la suivante ; une visite reçue après la fenêtre l'est avant l'ouverture de la suivante"
  en: "Visits of the usual calendar during the first episode, if treatment still went on when the window opened. A window ends at the latest on the day before the next one opens; a visit received after its window comes before the next one opens"
excluded:
  fr: Visites hors des fenêtres. Seule la fiche initiale est systématique ; une visite non reçue n'est pas un manquement, et ne dit pas que rien ne s'est passé
  en: Visits outside the windows. Only the initial form is systematic; a visit that was not received is no breach, and does not say that nothing happened
counts:
  n_visits: due_id
  n_patients: patient_id
  n_visits_due: {key: due_id, when: is_due}
  n_visits_in_window: {key: due_id, when: is_in_window}
exclusions:
  ENDED: {fr: Le traitement était terminé avant l'ouverture de la fenêtre, en: Treatment had ended before the window opened}
  POURSUITE: {fr: "Premier épisode connu : la poursuite d'un traitement antérieur, dont le calendrier est passé", en: "First known episode: a continuation of an earlier treatment, whose calendar is past"}
estimates:
  share:
    title: {fr: Part des visites reçues dans leur fenêtre, en: Share of visits received within their window}
    kind: share
    of: n_visits_in_window
    over: n_visits_due
dimensions: [scheduled_visit, visit_status, indication_code, age_group, sex, region_code]
by: [scheduled_visit]
complete: [scheduled_visit, visit_status, indication_code, age_group, sex]
needs: [initiations, discontinuations, visits]
review: {author: medical affairs, reviewed_on: 2026-11-23}
--- */
with calendar as (
    select
        scheduled_visit,
        day - window_days as opens,
        lead(day - window_days) over (order by day) as next_opens,
        least(day + window_days, next_opens - 1) as closes
    from programme_visits
),
expected as (
    select
        e.episode_id || '#' || c.scheduled_visit as due_id,
        cast(c.scheduled_visit as varchar) as scheduled_visit,
        e.episode_id, e.episode_type, e.last_day,
        e.treatment_start_date + cast(c.opens as integer) as opens_on,
        e.treatment_start_date + cast(c.closes as integer) as closes_on,
        e.treatment_start_date + cast(c.next_opens as integer) as next_opens_on,
        e.ended
    from episodes e
    cross join calendar c
    where e.episode_order = 1
),
received as (
    select x.due_id,
        min(v.visit_date) filter (where v.visit_date <= x.closes_on) as in_window_on,
        min(v.visit_date) as first_on
    from expected x
    join core_visits v on v.episode_id = x.episode_id and v.visit_date >= x.opens_on
                      and (x.next_opens_on is null or v.visit_date < x.next_opens_on)
    group by x.due_id
)

select
    x.due_id, p.patient_id, x.episode_id, p.treatment_start_date, x.scheduled_visit, x.opens_on, x.closes_on,
    coalesce(v.in_window_on, v.first_on) as visit_date,
    case
        when v.in_window_on is not null then 'IN_WINDOW'
        when v.first_on is not null then 'AFTER_WINDOW'
        when x.closes_on >= r.cutoff then 'NOT_YET_DUE'
        else 'NOT_RECEIVED'
    end as visit_status,
    x.closes_on < r.cutoff as is_due,
    x.closes_on < r.cutoff and v.in_window_on is not null as is_in_window,
    case
        when x.episode_type = 'POURSUITE' then 'POURSUITE'
        when x.ended <> 'OPEN' and x.last_day < x.opens_on then 'ENDED'
    end as excluded,
    p.indication_code, p.age_group, p.sex, p.region_code
from selected_patients p
join expected x on x.episode_id = p.episode_id
cross join programme_release r
left join received v on v.due_id = x.due_id

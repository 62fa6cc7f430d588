/* One row per pregnancy test that was due during a treatment: one every so many days after the start, up to the end.

A test is on time if it was done in the days since the previous due day, the grace after the due day included and that after the
previous one left out; so a test is on time for one due day. Done after the grace, at the latest on the day before the last days
of grace that precede the next due day: out of time for the one that has passed. Tests of the patient count under whichever episode they were recorded, whatever their result. */
with due as (
    select
        w.episode_id || '#' || n as test_due_id,
        w.patient_id, w.episode_id, w.has_tests,
        w.followed_from + cast(n * p.test_every_days as integer) as due_date,
        cast(p.test_every_days as integer) as every_days,
        cast(p.test_grace_days as integer) as grace_days
    from women_in_prevention w
    cross join programme_prevention p
    cross join unnest(range(1, cast(datediff('day', w.followed_from, w.followed_until) // p.test_every_days as bigint) + 1)) k (n)
),
tested as (
    select e.patient_id, t.test_date
    from core_pregnancy_tests t
    join episodes e on e.episode_id = t.episode_id
),
found as (
    select
        d.test_due_id,
        bool_or(t.test_date > d.due_date - d.every_days + d.grace_days and t.test_date <= d.due_date + d.grace_days) as on_time,
        bool_or(t.test_date > d.due_date + d.grace_days and t.test_date < d.due_date + d.every_days - d.grace_days) as too_late
    from due d
    join tested t on t.patient_id = d.patient_id
    group by d.test_due_id
)

select
    d.test_due_id, d.patient_id, d.episode_id, d.due_date,
    case
        when coalesce(f.on_time, false) then 'DONE'
        when coalesce(f.too_late, false) then 'OUT_OF_TIME'
        when d.due_date + d.grace_days >= r.cutoff then 'NOT_YET_DUE'
        when not d.has_tests then 'NOT_RECORDED'
        else 'OVERDUE'
    end as test_status
from due d
cross join programme_release r
left join found f on f.test_due_id = d.test_due_id

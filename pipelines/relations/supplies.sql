/* One row per treatment episode and day on which capsules were dispensed for it, and one for its first day if none was.

What was dispensed before the first day is there from the first day. What was dispensed on one day is taken together: its
capsules add up, for the longest of its durations. `mg` and `days_supplied` are null on a first day without dispensing, `mg`
also where the programme gives no strength of a capsule. */
with dispensed as (
    select
        e.episode_id,
        greatest(d.dispensing_date, e.treatment_start_date) as day,
        sum(d.capsules) * r.capsule_mg as mg,
        max(d.days_supplied) as days_supplied,
        count(*) as n_dispensings
    from core_dispensings d
    join episodes e on e.episode_id = d.episode_id
    cross join programme_release r
    group by e.episode_id, greatest(d.dispensing_date, e.treatment_start_date), r.capsule_mg
)

select e.patient_id, e.episode_id, e.episode_order, s.day, s.mg, s.days_supplied, s.n_dispensings
from dispensed s
join episodes e on e.episode_id = s.episode_id
union all
select e.patient_id, e.episode_id, e.episode_order, e.treatment_start_date, null, null, 0
from episodes e
left join dispensed s on s.episode_id = e.episode_id and s.day = e.treatment_start_date
where s.episode_id is null

/* One row per step of pregnancy prevention and treatment episode during which its patient may become pregnant.

`step_order` is the place of the step in the cascade, `step_status` how it stands at the cut-off. */
with women as materialized (select * from women_in_prevention),
tested as materialized (
    select e.patient_id, t.test_date, t.result
    from core_pregnancy_tests t
    join episodes e on e.episode_id = t.episode_id
),
before_start as (
    select w.episode_id,
        bool_or(t.test_date between w.treatment_start_date - cast(p.test_before_start_days as integer) and w.treatment_start_date
        ) as on_time,
        bool_or(t.test_date between w.treatment_start_date - cast(p.test_every_days as integer)
                and w.treatment_start_date + cast(p.test_grace_days as integer)) as out_of_time
    from women w
    cross join programme_prevention p
    join tested t on t.patient_id = w.patient_id and t.result = 'NEG'
    group by w.episode_id
),
methods as (
    select e.patient_id, c.start_date, c.end_date, c.method
    from core_contraceptions c
    join episodes e on e.episode_id = c.episode_id
    where c.childbearing_status = 'FSP' and c.method <> 'NR'
),
covered as (
    select w.episode_id,
        bool_or(m.method <> 'AUCUNE' and m.start_date <= w.followed_from and coalesce(m.end_date, w.followed_from) >= w.followed_from
        ) as on_time,
        bool_or(m.method <> 'AUCUNE' and m.start_date > w.followed_from and m.start_date <= w.followed_until) as out_of_time
    from women w
    join methods m on m.patient_id = w.patient_id
    group by w.episode_id
),
during as (
    select episode_id,
        bool_or(test_status = 'NOT_RECORDED') as has_unrecorded,
        bool_or(test_status = 'OVERDUE') as has_overdue,
        bool_or(test_status = 'OUT_OF_TIME') as has_late,
        bool_or(test_status = 'DONE') as has_done
    from tests_due
    group by episode_id
),
after_stop as (
    select w.episode_id,
        bool_or(t.test_date <= w.stop_date + cast(p.contraception_after_stop_days as integer)) as on_time,
        count(t.test_date) > 0 as out_of_time
    from women w
    cross join programme_prevention p
    join tested t on t.patient_id = w.patient_id and t.test_date > w.stop_date
                  and (w.next_start_date is null or t.test_date < w.next_start_date)
    where w.until_stop
    group by w.episode_id
)

select w.*, 1 as step_order, 'TEST_BEFORE' as prevention_step,
    case
        when not w.from_the_start or w.episode_type = 'POURSUITE' then 'NOT_APPLICABLE'
        when coalesce(b.on_time, false) then 'DONE'
        when coalesce(b.out_of_time, false) then 'OUT_OF_TIME'
        when not w.has_tests then 'NOT_RECORDED'
        else 'OVERDUE'
    end as step_status
from women w
left join before_start b on b.episode_id = w.episode_id
union all
select w.*, 2, 'CONTRACEPTION',
    case
        when c.on_time then 'DONE'
        when c.out_of_time then 'OUT_OF_TIME'
        when c.episode_id is null then 'NOT_RECORDED'
        else 'OVERDUE'
    end
from women w
left join covered c on c.episode_id = w.episode_id
union all
select w.*, 3, 'TESTS_DURING',
    case
        when d.episode_id is null and not w.is_ongoing then 'NOT_APPLICABLE'
        when d.has_unrecorded then 'NOT_RECORDED'
        when d.has_overdue then 'OVERDUE'
        when d.has_late then 'OUT_OF_TIME'
        when d.has_done then 'DONE'
        else 'NOT_YET_DUE'
    end
from women w
left join during d on d.episode_id = w.episode_id
union all
select w.*, 4, 'TEST_AFTER',
    case
        when not w.until_stop or w.stop_reason in ('DECES', 'GROSSESSE')
             or w.next_start_date <= w.stop_date + cast(p.contraception_after_stop_days as integer) then 'NOT_APPLICABLE'
        when coalesce(a.on_time, false) then 'DONE'
        when coalesce(a.out_of_time, false) then 'OUT_OF_TIME'
        when w.stop_date + cast(p.contraception_after_stop_days as integer) >= r.cutoff then 'NOT_YET_DUE'
        when not w.has_tests then 'NOT_RECORDED'
        else 'OVERDUE'
    end
from women w
cross join programme_prevention p
cross join programme_release r
left join after_stop a on a.episode_id = w.episode_id

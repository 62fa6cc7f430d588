/* One row per new patient and criterion of the indication of the initiation, with the verdict and what was found.

The criteria are the groups of prior treatments that the indication names, and its age; an indication that names neither is its
own criterion, and conforms. Of a group, one class with failure, intolerance or contra-indication is enough. Otherwise the
criterion is not assessable when no class of the group is noted or the outcome of one is not recorded, and not conforming when
every noted outcome is another one (it was recorded that the treatment did not fail). An unknown age is not assessable.
`found` is what the form says: the age, or class:outcome for each noted class. `wording` is the number of the wording of the
indication in force on the day of the start, the later one if two are; none if none was. */
with criteria as (
    select distinct indication_code, conformity_criterion from programme_criteria
    union all
    select indication_code, 'AGE' from programme_indications where age_at_least is not null or age_below is not null
    union all
    select i.indication_code, 'INDICATION' from programme_indications i
    where i.age_at_least is null and i.age_below is null
      and i.indication_code not in (select indication_code from programme_criteria)
),
tried as (
    select
        t.episode_id, c.indication_code, c.conformity_criterion,
        bool_or(t.outcome in ('ECHEC', 'INTOLERANCE', 'CONTRE_INDICATION')) as is_met,
        bool_or(t.outcome = 'NR') as is_open,
        string_agg(t.treatment_class || ':' || t.outcome, ' + ' order by t.treatment_class) as found
    from core_prior_treatments t
    join programme_criteria c on c.treatment_class = t.treatment_class
    group by t.episode_id, c.indication_code, c.conformity_criterion
)

select
    p.patient_id,
    p.episode_id,
    p.indication_code,
    c.conformity_criterion,
    case
        when c.conformity_criterion = 'INDICATION' then 'CONFORMING'
        when c.conformity_criterion = 'AGE' and p.age_as_indicated then 'CONFORMING'
        when c.conformity_criterion = 'AGE' and not p.age_as_indicated then 'NON_CONFORMING'
        when c.conformity_criterion = 'AGE' then 'NOT_ASSESSABLE'
        when t.is_met then 'CONFORMING'
        when t.is_open or t.episode_id is null then 'NOT_ASSESSABLE'
        else 'NON_CONFORMING'
    end as conformity,
    case when c.conformity_criterion = 'AGE' then cast(p.age_at_start as varchar) else t.found end as found,
    (
        select max(w.wording) from programme_wordings w
        where w.indication_code = p.indication_code and w.holds_from <= p.treatment_start_date
          and (w.holds_until is null or w.holds_until >= p.treatment_start_date)
    ) as wording
from core_treated_patients p
join criteria c on c.indication_code = p.indication_code
left join tried t on t.episode_id = p.episode_id and t.indication_code = p.indication_code
    and t.conformity_criterion = c.conformity_criterion
where p.is_new

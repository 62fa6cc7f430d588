/* One row per patient with at least one loaded episode, described by the first one.

A patient is new when the first episode is an initiation in a counted indication: not a restart, not a treatment begun
before the framework, whatever the brand or the centre. Source: monthly return, article 3 of the decision. */
with ordered as (
    select e.*, row_number() over (
        partition by e.patient_id
        order by e.treatment_start_date, case e.episode_type when 'INITIATION' then 0 else 1 end, e.episode_id
    ) as episode_order
    from core_initiations e
)

select
    e.patient_id,
    e.episode_id,
    e.episode_type,
    e.indication_code,
    e.indication_subtype,
    p.sex,
    e.age_at_start,
    a.age_group,
    e.childbearing_status,
    p.centre_id,
    c.region_code,
    e.prescriber_specialty,
    e.product,
    e.treatment_start_date,
    strftime(e.treatment_start_date, '%Y-%m') as start_month,
    strftime(e.form_signed_date, '%Y-%m') as signed_month,
    strftime(e.form_received_date, '%Y-%m') as received_month,
    coalesce(e.episode_type = 'INITIATION' and i.counted, false) as is_new,
    case when i.age_at_least is null and i.age_below is null then null
         else e.age_at_start >= coalesce(i.age_at_least, 0) and e.age_at_start < coalesce(i.age_below, 999)
    end as age_as_indicated
from ordered e
join core_patients p on p.patient_id = e.patient_id
left join core_centres c on c.centre_id = p.centre_id
left join programme_indications i on i.indication_code = e.indication_code
left join programme_age_groups a on e.age_at_start >= a.at_least and (a.below is null or e.age_at_start < a.below)
where e.episode_order = 1
order by e.patient_id

/* One row per treated patient: what the plan may cut them by, and the events that happened to them so far.

The first effect is the one with the earliest possible onset, an unknown onset last; the first stop the earliest recorded one. */
with first_effects as (
    select patient_id, soc_code, row_number() over (
        partition by patient_id order by onset_earliest nulls last, received_date nulls last, ae_id
    ) as place
    from effects_on_treatment
),
serious as (select distinct patient_id from effects_on_treatment where is_serious),
stops as (
    select patient_id, stop_reason, row_number() over (partition by patient_id order by stop_date, episode_id) as place
    from episodes
    where stop_date is not null
)

select
    p.patient_id, p.indication_code, p.is_new, p.start_month, p.centre_id, p.age_group, p.sex, p.childbearing_status,
    p.region_code, p.prescriber_specialty,
    e.soc_code as effect_soc,
    s.stop_reason,
    e.patient_id is not null as first_effect,
    d.patient_id is not null as first_serious_effect,
    s.patient_id is not null as stop
from core_treated_patients p
left join first_effects e on e.patient_id = p.patient_id and e.place = 1
left join serious d on d.patient_id = p.patient_id
left join stops s on s.patient_id = p.patient_id and s.place = 1
order by p.patient_id

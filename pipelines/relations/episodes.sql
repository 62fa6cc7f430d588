/* One row per loaded treatment episode: its place among those of its patient, and the days exposed.

A treatment lasts from its first day to the day of the recorded stop, both included (day 1 = start; stop + 1 - start days),
at the latest to the day before the patient's next episode and to the cut-off, so that no day of a patient counts twice. A stop
that nobody recorded is unknown: the episode then lasts to the cut-off or the next episode (`ended` says which of the three). */
with placed as (
    select
        e.*,
        row_number() over ranked as episode_order,
        lead(e.treatment_start_date) over ranked as next_start_date,
        count(*) over (partition by e.patient_id) as n_episodes
    from core_initiations e
    window ranked as (
        partition by e.patient_id
        order by e.treatment_start_date, case e.episode_type when 'INITIATION' then 0 else 1 end, e.episode_id
    )
)

select
    p.episode_id,
    p.patient_id,
    p.episode_order,
    p.episode_order = p.n_episodes as is_last,
    p.episode_type,
    p.indication_code,
    p.indication_subtype,
    p.product,
    p.prescriber_specialty,
    p.age_at_start,
    p.weight_kg,
    p.childbearing_status,
    p.start_dose_mg_day,
    p.form_signed_date,
    p.form_received_date,
    p.treatment_start_date,
    d.stop_date,
    d.reason as stop_reason,
    d.ae_id as stop_ae_id,
    p.next_start_date,
    case
        when d.stop_date is not null and (p.next_start_date is null or d.stop_date < p.next_start_date) then 'STOPPED'
        when p.next_start_date is not null then 'FOLLOWED'
        else 'OPEN'
    end as ended,
    least(d.stop_date, p.next_start_date - 1, r.cutoff) as last_day,
    greatest(0, datediff('day', p.treatment_start_date, least(d.stop_date, p.next_start_date - 1, r.cutoff)) + 1) as days
from placed p
cross join programme_release r
left join core_discontinuations d on d.episode_id = p.episode_id

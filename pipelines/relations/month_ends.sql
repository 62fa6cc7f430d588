/* One row per month from the first start or receipt of a form to the cut-off: its last day, of the last month the cut-off. */
select
    strftime(d.first_day, '%Y-%m') as at_month,
    least(cast(last_day(d.first_day) as date), r.cutoff) as at_date,
    last_day(d.first_day) <= r.cutoff as is_complete
from programme_release r
cross join (
    select least(min(treatment_start_date), min(form_received_date)) as earliest from core_initiations
) e
cross join unnest(generate_series(
    date_trunc('month', cast(e.earliest as timestamp)), cast(r.cutoff as timestamp), interval 1 month)) d (first_day)
where e.earliest is not null

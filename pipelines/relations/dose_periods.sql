/* One row per stretch of exposed days of an episode with one daily dose, known or not; each exposed day is in one of them.

The daily dose holds from the day of a dispensing for the days it supplies, at the latest to the day before the next one and to
the episode's last day: mg dispensed / days supplied. Days that no dispensing covers have no known dose. The cumulative dose is
all that was dispensed to the patient up to the stretch, earlier episodes included; unknown until something was. */
with placed as (
    select
        s.*,
        lead(s.day) over (partition by s.episode_id order by s.day) as next_day,
        sum(s.mg) over (
            partition by s.patient_id order by s.episode_order, s.day rows between unbounded preceding and current row
        ) / 1000 as cumulative_g
    from supplies s
),
bounded as (
    select p.*, least(p.next_day - 1, e.last_day) as last_possible_day,
        case when p.mg is null then p.day - 1 else least(p.day + cast(p.days_supplied as integer) - 1, p.next_day - 1, e.last_day)
        end as last_supplied_day
    from placed p
    join episodes e on e.episode_id = p.episode_id
),
stretches as (
    select patient_id, episode_id, cumulative_g, mg / days_supplied as daily_dose_mg, day as first_day,
        last_supplied_day as last_day
    from bounded
    union all
    select patient_id, episode_id, cumulative_g, null, last_supplied_day + 1, last_possible_day from bounded
)

select
    s.episode_id || '/' || strftime(s.first_day, '%Y-%m-%d') as period_id,
    s.patient_id,
    s.episode_id,
    s.first_day,
    s.last_day,
    datediff('day', s.first_day, s.last_day) + 1 as days,
    s.daily_dose_mg,
    s.cumulative_g,
    coalesce(b.dose_band, 'UNKNOWN') as dose_band,
    coalesce(c.cumulative_dose_band, 'UNKNOWN') as cumulative_dose_band
from stretches s
left join programme_dose_bands b on s.daily_dose_mg > b.above and (b.up_to is null or s.daily_dose_mg <= b.up_to)
left join programme_cumulative_dose_bands c
    on s.cumulative_g >= c.at_least and (c.below is null or s.cumulative_g < c.below)
where s.first_day <= s.last_day

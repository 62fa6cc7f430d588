/* One row per treatment episode during which its patient may become pregnant: from and until when.

The status is that of the initial form until a later dated status of the episode says otherwise: a girl who becomes a woman of
childbearing potential is followed from that day, one who no longer is, up to the day before. A treatment that began before the
follow-up is followed from the signature of its form. Nobody, where the programme has no pregnancy prevention. */
with dated as (
    select episode_id, treatment_start_date as since, childbearing_status from episodes
    union all
    select e.episode_id, c.start_date, c.childbearing_status
    from core_contraceptions c
    join episodes e on e.episode_id = c.episode_id
    where c.start_date > e.treatment_start_date and c.start_date <= e.last_day
),
became as (
    select episode_id, min(since) as since from dated where childbearing_status = 'FSP' group by episode_id
),
ceased as (
    select b.episode_id, min(d.since) as since
    from became b
    join dated d on d.episode_id = b.episode_id and d.since > b.since and d.childbearing_status <> 'FSP'
    group by b.episode_id
),
tested as (
    select distinct e.patient_id from core_pregnancy_tests t join episodes e on e.episode_id = t.episode_id
),
women as (
    select
        e.*,
        b.since = e.treatment_start_date as from_the_start,
        greatest(b.since, case when e.episode_type = 'POURSUITE' then e.form_signed_date end) as followed_from,
        least(e.last_day, c.since - 1) as followed_until,
        e.ended = 'STOPPED' and c.since is null as until_stop,
        e.ended = 'OPEN' and c.since is null as is_ongoing
    from episodes e
    join became b on b.episode_id = e.episode_id
    left join ceased c on c.episode_id = e.episode_id
    cross join programme_prevention
)

select
    w.patient_id, w.episode_id, w.episode_order, w.episode_type, w.treatment_start_date, w.next_start_date, w.stop_date,
    w.stop_reason, w.from_the_start, w.followed_from, w.followed_until, w.until_stop, w.is_ongoing,
    t.patient_id is not null as has_tests
from women w
left join tested t on t.patient_id = w.patient_id
where w.followed_from <= w.followed_until

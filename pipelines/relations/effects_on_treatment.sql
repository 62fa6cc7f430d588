/* One row per adverse effect that began after the start of its patient's first treatment, or whose onset is too imprecise to
tell, with the judgements that the safety figures need.

Related: a causality that is not excluded (French method: I1 doubtful to I4 very likely; I0 is excluded); a causality that is
not recorded is unknown, neither related nor unrelated. Fatal: the outcome of the effect is death, or its death criterion. The
day of onset counts from 1, the day of the start; of a month or a year that began before the start it is day 1. */
select
    e.*,
    p.treatment_start_date,
    e.serious = '1' as is_serious,
    coalesce(e.causality in ('I1', 'I2', 'I3', 'I4'), false) as is_related,
    e.causality is null as is_causality_unknown,
    coalesce(e.outcome = 'DECES', false) or coalesce(e.seriousness_death = '1', false) as is_fatal,
    case when e.onset_earliest is not null
         then greatest(0, datediff('day', p.treatment_start_date, e.onset_earliest)) + 1
    end as onset_day
from core_effects e
join core_treated_patients p on p.patient_id = e.patient_id
where e.timing in ('AFTER_START', 'UNDETERMINED')

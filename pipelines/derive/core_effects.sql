/* One row per adverse effect, placed against the first start of its patient.

A partial onset date is an interval: the effect is before the start only if its last possible day is, and undetermined
when the start falls inside the interval or nothing is known. */
select
    e.ae_id,
    e.case_id,
    e.patient_id,
    e.episode_id,
    e.soc_label as soc_code,
    e.pt_label,
    e.onset_date,
    e.onset_precision,
    e.onset_earliest,
    e.onset_latest,
    e.received_date,
    e.serious,
    e.seriousness_death,
    e.seriousness_life_threatening,
    e.seriousness_hospitalisation,
    e.seriousness_disability,
    e.seriousness_congenital_anomaly,
    e.seriousness_other,
    e.severity_grade,
    e.causality,
    e.outcome,
    case
        when p.patient_id is null then 'NO_TREATMENT'
        when e.onset_latest < p.treatment_start_date then 'BEFORE_START'
        when e.onset_earliest >= p.treatment_start_date then 'AFTER_START'
        else 'UNDETERMINED'
    end as timing
from core_adverse_events e
left join core_treated_patients p on p.patient_id = e.patient_id
order by e.ae_id

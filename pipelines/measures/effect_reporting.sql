/* ---
title: {fr: Délais de transmission des effets, en: Reporting delays of effects}
question:
  fr: Les effets ont-ils été transmis dans les 15 jours (graves) ou 90 jours (non graves) de leur réception ?
  en: Were effects submitted within 15 days (serious) or 90 days (non-serious) of receipt?
unit: {fr: effet, en: effect}
denominator: {fr: "Effets dont le délai est connu, transmis ou dépassé à la date d'arrêt des données", en: "Effects whose delay is known, submitted or past due at the cut-off"}
included:
  fr: Tous les effets enregistrés des patients retenus, selon la date de réception et la date de transmission
  en: All recorded effects of the selected patients, by date of receipt and date of submission
excluded:
  fr: Du dénominateur, les effets dont la gravité n'est pas renseignée (le délai applicable est inconnu) et ceux dont l'échéance n'est pas passée
  en: From the denominator, effects of unrecorded seriousness (which delay applies is unknown) and those not yet due
counts:
  n_effects: ae_id
  n_on_time: {key: ae_id, when: is_on_time}
  n_late: {key: ae_id, when: is_late}
  n_judged: {key: ae_id, when: is_judged}
estimates:
  share:
    title: {fr: Part transmise dans les délais, en: Share submitted on time}
    kind: share
    of: n_on_time
    over: n_judged
quantities:
  delay_days: {title: {fr: Délai de transmission, en: Time to submission}, unit: {fr: jour, en: day}}
dimensions: [reporting_status, serious, received_month, indication_code, age_group, sex]
by: [reporting_status, serious]
complete: [reporting_status, serious]
needs: [adverse_events]
review: {author: pharmacovigilance, reviewed_on: 2026-11-23}
--- */
with dated as (
    select
        e.ae_id, e.case_id, e.patient_id, e.indication_code, e.age_group, e.sex, e.soc_code, e.pt_label, e.serious,
        e.received_date, a.submitted_date,
        strftime(e.received_date, '%Y-%m') as received_month,
        datediff('day', e.received_date, a.submitted_date) as delay_days,
        r.cutoff,
        e.received_date + cast(case e.serious when '1' then g.serious_report_days when '0' then g.other_report_days end
                               as integer) as due_date
    from selected_effects e
    join core_adverse_events a on a.ae_id = e.ae_id
    cross join programme_release r
    cross join programme_reporting g
)

select
    *,
    case
        when submitted_date is not null and due_date is null then 'SUBMITTED'
        when submitted_date <= due_date then 'ON_TIME'
        when submitted_date is not null then 'LATE'
        when due_date is null then 'NOT_SUBMITTED'
        when due_date < cutoff then 'OVERDUE'
        else 'NOT_YET_DUE'
    end as reporting_status,
    coalesce(submitted_date <= due_date, false) as is_on_time,
    coalesce(submitted_date > due_date, false) or coalesce(submitted_date is null and due_date < cutoff, false) as is_late,
    coalesce(submitted_date is not null and due_date is not null, false)
        or coalesce(submitted_date is null and due_date < cutoff, false) as is_judged
from dated

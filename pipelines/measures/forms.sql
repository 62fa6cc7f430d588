/* ---
title: {fr: Fiches initiales reçues, en: Initiation forms received}
question:
  fr: Combien de fiches ont été reçues chaque mois, et combien de jours après leur signature ?
  en: How many forms were received each month, and how many days after their signature?
unit: {fr: fiche, en: form}
denominator: {fr: Fiches reçues de la sélection, en: Forms received of the selection}
included:
  fr: Fiches initiales (initiation, reprise ou poursuite) des patients retenus, au mois de leur réception
  en: Initiation forms (initiation, restart or continuation) of the selected patients, in the month of their receipt
excluded:
  fr: Du délai, les fiches reçues avant d'être signées, comptées à part (une des deux dates est fausse)
  en: From the delay, forms received before they were signed, counted apart (one of the two dates is wrong)
counts:
  n_forms: episode_id
  n_centres: centre_id
  n_before_signed: {key: episode_id, when: is_before_signed}
estimates:
  share:
    title: {fr: Part des fiches reçues avant d'être signées, en: Share of forms received before they were signed}
    kind: share
    of: n_before_signed
    over: n_forms
quantities:
  form_delay_days:
    title: {fr: Délai de la signature à la réception, en: Delay from signature to receipt}
    unit: {fr: jour, en: day}
dimensions: [form_month, form_channel, episode_type, indication_code, region_code, centre_type, centre_id, prescriber_specialty]
by: [form_month]
complete: [form_month, form_channel, episode_type]
needs: [initiations]
collects: [initiations.form_received_date]
review: {author: data management, reviewed_on: 2026-11-23}
--- */
select
    i.episode_id, p.patient_id, i.episode_type, p.indication_code, p.region_code, p.centre_type, p.centre_id,
    p.prescriber_specialty, i.form_channel, i.form_signed_date, i.form_received_date,
    strftime(i.form_received_date, '%Y-%m') as form_month,
    coalesce(i.form_received_date < i.form_signed_date, false) as is_before_signed,
    case when i.form_received_date >= i.form_signed_date
         then datediff('day', i.form_signed_date, i.form_received_date)
    end as form_delay_days
from selected_patients p
join core_initiations i on i.patient_id = p.patient_id
where i.form_received_date is not null

/* ---
title: {fr: Activité des centres, en: Activity of the centres}
question:
  fr: Quels centres ont envoyé des fiches, de quand datent la première et la dernière, lesquels se taisent ?
  en: Which centres have sent forms, when were the first and the last received, which have fallen silent?
unit: {fr: centre, en: centre}
denominator: {fr: Centres de la version, en: Centres of the release}
included:
  fr: "Tous les centres enregistrés des régions retenues, avec les fiches reçues des patients retenus. Silencieux : aucune fiche reçue depuis le nombre de mois entiers fixé par le programme"
  en: "All recorded centres of the selected regions, with the forms received of the selected patients. Silent: no form received for the number of whole months that the programme sets"
excluded:
  fr: "Un dernier mois incomplet ne compte pas comme un mois sans fiche. Un centre silencieux peut n'avoir aucun patient"
  en: "A last month that is not whole does not count as a month without a form. A silent centre may have no patient"
counts:
  n_centres: centre_id
  n_silent_centres: {key: centre_id, when: is_silent}
  n_sending_centres: {key: centre_id, when: has_sent}
estimates:
  share:
    title: {fr: Part silencieuse des centres qui ont déjà envoyé une fiche, en: Silent share of the centres that have sent a form}
    kind: share
    of: n_silent_centres
    over: n_sending_centres
quantities:
  silent_months: {title: {fr: Mois entiers sans fiche, en: Whole months without a form}, unit: {fr: mois, en: month}}
  n_forms: {title: {fr: Fiches par centre, en: Forms for each centre}, unit: {fr: fiche, en: form}}
dimensions: [centre_status, centre_type, region_code, centre_id]
by: [centre_status]
complete: [centre_status, centre_type]
needs: [initiations]
collects: [initiations.form_received_date]
review: {author: data management, reviewed_on: 2026-11-23}
--- */
with sent as (
    select
        p.centre_id, count(*) as n_forms, min(i.form_received_date) as first_form_date,
        max(i.form_received_date) as last_form_date
    from selected_patients p
    join core_initiations i on i.patient_id = p.patient_id
    where i.form_received_date is not null
    group by p.centre_id
),
silence as (
    select s.*, count(m.at_month) as silent_months
    from sent s
    left join month_ends m on m.is_complete and m.at_month > strftime(s.last_form_date, '%Y-%m')
    group by all
)

select
    c.centre_id, c.centre_type, c.region_code, coalesce(s.n_forms, 0) as n_forms, s.first_form_date, s.last_form_date,
    s.silent_months, s.centre_id is not null as has_sent,
    coalesce(s.silent_months >= f.silent_after_months, false) as is_silent,
    case
        when s.centre_id is null then 'NEVER'
        when s.silent_months >= f.silent_after_months then 'SILENT'
        else 'SENDING'
    end as centre_status
from selected_centres c
cross join programme_forms f
left join silence s on s.centre_id = c.centre_id

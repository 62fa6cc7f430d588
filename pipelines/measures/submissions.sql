/* ---
title: {fr: "Envois des centres, mois par mois", en: "Submissions of the centres, month by month"}
question:
  fr: Combien de fiches chaque centre a-t-il envoyées chaque mois, et quels mois n'en a-t-il envoyé aucune ?
  en: How many forms did each centre send each month, and in which months none?
unit: {fr: "fiche, ou mois d'un centre", en: "form, or month of a centre"}
denominator: {fr: Mois attendus, en: Expected months}
included:
  fr: "Mois attendu d'un centre : mois entier, après celui de sa première fiche. Les fiches sont celles des patients retenus, au mois de leur réception"
  en: "Expected month of a centre: a whole month, after the one of its first form. Forms are those of the selected patients, in the month of their receipt"
excluded:
  fr: Du dénominateur, les mois jusqu'à la première fiche d'un centre, et un dernier mois incomplet. Un mois sans fiche peut être un mois sans patient
  en: From the denominator, months up to a centre's first form, and a last month that is not whole. A month without a form may be a month without a patient
counts:
  n_forms: {key: centre_month, sum: n_forms}
  n_expected: {key: centre_month, when: is_expected}
  n_covered: {key: centre_month, when: is_covered}
  n_silent: {key: centre_month, when: is_silent}
estimates:
  share:
    title: {fr: Part des mois attendus avec au moins une fiche, en: Share of expected months with at least one form}
    kind: share
    of: n_covered
    over: n_expected
dimensions: [form_month, centre_id, centre_type, region_code]
by: [centre_id, form_month]
complete: [centre_id, form_month]
needs: [initiations]
collects: [initiations.form_received_date]
review: {author: data management, reviewed_on: 2026-11-23}
--- */
with received as (
    select p.centre_id, strftime(i.form_received_date, '%Y-%m') as form_month, count(*) as n_forms
    from selected_patients p
    join core_initiations i on i.patient_id = p.patient_id
    where i.form_received_date is not null
    group by all
),
months as (
    select
        c.centre_id, c.centre_type, c.region_code, m.at_month as form_month,
        coalesce(r.n_forms, 0) as n_forms,
        m.is_complete and coalesce(m.at_month > f.first_month, false) as is_expected
    from selected_centres c
    cross join month_ends m
    left join received r on r.centre_id = c.centre_id and r.form_month = m.at_month
    left join (select centre_id, min(form_month) as first_month from received group by 1) f on f.centre_id = c.centre_id
    where m.at_month >= (select min(form_month) from received)
)

select
    centre_id || '|' || form_month as centre_month, centre_id, centre_type, region_code, form_month, n_forms, is_expected,
    is_expected and n_forms > 0 as is_covered, is_expected and n_forms = 0 as is_silent
from months

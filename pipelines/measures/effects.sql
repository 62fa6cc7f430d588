/* ---
title: {fr: Effets indésirables par classe d'organes et terme, en: Adverse effects by organ class and term}
question:
  fr: Combien de patients, de cas et d'effets dans chaque classe de systèmes d'organes et chaque terme préférentiel ?
  en: How many patients, cases and effects in each system organ class and each preferred term?
unit: {fr: "patient, cas ou effet", en: "patient, case or effect"}
denominator: {fr: Patients traités de la sélection, en: Treated patients of the selection}
included:
  fr: Effets des patients retenus, commencés après le début du premier traitement ou dont le début est trop imprécis pour trancher
  en: Effects of the selected patients that began after the start of the first treatment, or whose onset is too imprecise to tell
excluded:
  fr: Effets commencés avant le début du traitement (comptés à part)
  en: Effects that began before the start of treatment (counted apart)
not_additive:
  fr: "Règle de comptage de l'ANSM : un cas qui touche plusieurs classes compte une fois dans chacune ; plusieurs effets d'une même classe y comptent une fois, et séparément dans son détail. Les classes ne s'additionnent donc pas."
  en: "ANSM's counting rule: a case with effects in several classes counts once in each of them; several effects in one class count once in that class and separately in its detail. So classes do not add up."
counts: {n_patients: patient_id, n_cases: case_id, n_effects: ae_id}
exclusions:
  BEFORE_START: {fr: Effet commencé avant le début du traitement, en: Effect that began before the start of treatment}
  NO_TREATMENT: {fr: Patient sans traitement enregistré, en: Patient without a recorded treatment}
estimates:
  share:
    title: {fr: Part des patients traités, en: Share of treated patients}
    kind: share
    of: n_patients
    over: treated_patients.n_patients
  rate:
    title: {fr: Effets pour 100 patients-années, en: Effects per 100 patient-years}
    kind: rate
    of: n_effects
    over: patient_time.n_days
dimensions: [soc_code, pt_label, indication_code, age_group, sex, region_code, product, serious, severity_grade, causality, outcome, action_taken, onset_month, timing]
by: [soc_code, pt_label]
needs: [adverse_events]
review: {author: pharmacovigilance, reviewed_on: 2026-11-23}
--- */
select
    e.ae_id, e.case_id, e.patient_id, e.indication_code, e.age_group, e.sex, e.region_code, e.product, e.soc_code, e.pt_label,
    e.serious, e.severity_grade, e.causality, e.outcome, a.action_taken, e.onset_date, e.received_date, e.timing,
    case when e.onset_precision in ('day', 'month') then strftime(e.onset_earliest, '%Y-%m') end as onset_month,
    case when e.timing in ('BEFORE_START', 'NO_TREATMENT') then e.timing end as excluded
from selected_effects e
join core_adverse_events a on a.ae_id = e.ae_id

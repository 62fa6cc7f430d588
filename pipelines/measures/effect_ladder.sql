/* ---
title: {fr: Échelle des effets indésirables, en: Ladder of adverse effects}
question:
  fr: Combien de patients traités ont eu au moins un effet, un effet grave, un effet lié au traitement, un décès ?
  en: How many treated patients had any effect, a serious one, a related one, a fatal one?
unit: {fr: "patient, cas ou effet", en: "patient, case or effect"}
denominator: {fr: "Patients traités de la sélection ; pour les taux, leur temps de traitement", en: "Treated patients of the selection; for rates, their time on treatment"}
included:
  fr: "Effets commencés après le début du premier traitement ou dont le début est trop imprécis pour trancher. Lié : imputabilité non exclue (I1 à I4)"
  en: "Effects that began after the start of the first treatment, or whose onset is too imprecise to tell. Related: causality not excluded (I1 to I4)"
excluded:
  fr: Effets commencés avant le traitement. Une gravité ou une imputabilité non renseignée n'est comptée ni grave ni liée ; elle a son propre échelon
  en: Effects that began before treatment. A seriousness or causality that is not recorded counts neither as serious nor as related; it has its own rung
not_additive:
  fr: Chaque échelon est une partie du premier ; les échelons ne s'additionnent pas
  en: Each rung is part of the first one; rungs do not add up
counts: {n_patients: patient_id, n_cases: case_id, n_effects: ae_id}
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
dimensions: [rung, soc_code, indication_code, age_group, sex, region_code, product]
by: [rung]
complete: [rung]
needs: [adverse_events]
review: {author: pharmacovigilance, reviewed_on: 2026-11-23}
--- */
select
    e.ae_id, e.case_id, e.patient_id, r.rung, p.indication_code, p.age_group, p.sex, p.region_code, p.product, e.soc_code,
    e.pt_label, e.serious, e.severity_grade, e.causality, e.outcome, e.onset_date, e.received_date
from selected_patients p
join effects_on_treatment e on e.patient_id = p.patient_id
cross join (values ('ANY'), ('SERIOUS'), ('RELATED'), ('RELATED_SERIOUS'), ('FATAL'), ('SERIOUSNESS_UNKNOWN'),
    ('CAUSALITY_UNKNOWN')) r (rung)
where case r.rung
    when 'ANY' then true
    when 'SERIOUS' then e.is_serious
    when 'RELATED' then e.is_related
    when 'RELATED_SERIOUS' then e.is_related and e.is_serious
    when 'FATAL' then e.is_fatal
    when 'SERIOUSNESS_UNKNOWN' then e.serious = 'NR'
    else e.is_causality_unknown
    end

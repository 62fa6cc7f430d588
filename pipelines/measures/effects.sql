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
dimensions: [soc_code, pt_label, indication_code, age_group, sex, serious, severity_grade, timing]
by: [soc_code, pt_label]
needs: [adverse_events]
review: {author: pharmacovigilance, reviewed_on: 2026-11-23}
--- */
select
    ae_id, case_id, patient_id, indication_code, age_group, sex, soc_code, pt_label, serious, severity_grade, causality, outcome,
    onset_date, received_date, timing
from selected_effects
where timing in ('AFTER_START', 'UNDETERMINED')

/* ---
title: {fr: Effets selon le moment de survenue, en: Effects by time of onset}
question:
  fr: Combien d'effets ont commencé avant, et combien après le début du traitement ?
  en: How many effects began before, and how many after the start of treatment?
unit: {fr: effet, en: effect}
denominator: {fr: Tous les effets enregistrés des patients retenus, en: All recorded effects of the selected patients}
included:
  fr: Tous les effets enregistrés des patients retenus
  en: All recorded effects of the selected patients
excluded:
  fr: Aucun
  en: None
counts: {n_effects: ae_id, n_cases: case_id, n_patients: patient_id}
dimensions: [soc_code, pt_label, indication_code, age_group, sex, serious, severity_grade, timing]
by: [timing]
complete: [timing]
needs: [adverse_events]
review: {author: pharmacovigilance, reviewed_on: 2026-11-23}
--- */
select
    ae_id, case_id, patient_id, indication_code, age_group, sex, soc_code, pt_label, serious, severity_grade, causality, outcome,
    onset_date, received_date, timing
from selected_effects

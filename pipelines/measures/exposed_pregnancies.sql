/* ---
title: {fr: Grossesses exposées, en: Exposed pregnancies}
question:
  fr: Combien de grossesses ont été exposées au traitement de la mère ou du père ?
  en: How many pregnancies were exposed to the mother's or the father's treatment?
unit: {fr: grossesse, en: pregnancy}
denominator: {fr: Sans objet (dénombrement), en: Not applicable (a count)}
included:
  fr: Grossesses déclarées des patients retenus et de leurs partenaires
  en: Reported pregnancies of the selected patients and of their partners
excluded:
  fr: "Aucune ; zéro est un résultat"
  en: "None; zero is a result"
counts: {n_pregnancies: pregnancy_id}
dimensions: [exposure, indication_code, age_group]
by: [exposure]
complete: [exposure]
needs: [pregnancies]
review: {author: pharmacovigilance, reviewed_on: 2026-11-23}
--- */
select g.pregnancy_id, g.patient_id, g.exposure, g.detection_date, g.outcome, p.indication_code, p.age_group
from core_pregnancies g
join selected_patients p on p.patient_id = g.patient_id

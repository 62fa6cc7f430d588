/* ---
title: {fr: Temps de traitement selon la dose, en: Time on treatment by dose}
question:
  fr: Combien de temps les patients ont-ils été exposés à chaque dose quotidienne et à chaque dose cumulée ?
  en: For how long were patients exposed at each daily dose and each cumulative dose?
unit: {fr: patient-jour, en: patient-day}
denominator: {fr: Sans objet (dénombrement), en: Not applicable (a count)}
included:
  fr: "Tous les jours d'exposition. La dose quotidienne d'une délivrance vaut de son jour à la fin des jours qu'elle couvre, au plus tard la veille de la suivante ; la dose cumulée est tout ce qui a été délivré au patient jusque-là"
  en: "All days of exposure. The daily dose of a dispensing holds from its day to the end of the days it supplies, at the latest the day before the next one; the cumulative dose is all that was dispensed to the patient so far"
excluded:
  fr: Aucun jour. Ceux qu'aucune délivrance ne couvre sont de dose inconnue, et comptés comme tels
  en: No day. Those that no dispensing covers are of unknown dose, and counted as such
not_additive:
  fr: Un patient passe d'une dose à l'autre ; les jours s'additionnent, les patients non
  en: A patient goes from one dose to another; days add up, patients do not
counts: {n_days: {key: period_id, sum: days}, n_patients: patient_id}
dimensions: [dose_band, cumulative_dose_band, indication_code, age_group, sex, region_code, product]
by: [dose_band]
complete: [dose_band, cumulative_dose_band, indication_code, age_group, sex]
needs: [initiations, discontinuations, dispensings]
review: {author: pharmacovigilance, reviewed_on: 2026-11-23}
--- */
select
    d.period_id, d.patient_id, d.episode_id, d.first_day, d.last_day, d.days, d.daily_dose_mg, d.cumulative_g, d.dose_band,
    d.cumulative_dose_band, p.indication_code, p.age_group, p.sex, p.region_code, p.product
from selected_patients p
join dose_periods d on d.patient_id = p.patient_id

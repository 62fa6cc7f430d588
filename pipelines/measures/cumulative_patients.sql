/* ---
same_as: new_patients
title: {fr: Patients nouvellement traités (cumul), en: Newly treated patients (cumulative)}
question:
  fr: Combien de patients ont été nouvellement traités depuis le début de la période, à la fin de chaque mois ?
  en: How many patients have been newly treated since the beginning of the period, at the end of each month?
included:
  fr: Les mêmes patients que le nombre mensuel, comptés depuis le premier mois de la période choisie
  en: The same patients as the monthly figure, counted from the first month of the chosen period
not_additive:
  fr: Chaque mois contient les précédents ; les mois ne s'additionnent pas
  en: Each month contains the earlier ones; months do not add up
by: [month, indication_code]
cumulative: month
review: {author: medical affairs, reviewed_on: 2026-11-23}
--- */

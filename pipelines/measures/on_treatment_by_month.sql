/* ---
title: {fr: Patients sous traitement à la fin de chaque mois, en: Patients on treatment at the end of each month}
question:
  fr: Combien de patients étaient en cours de traitement le dernier jour de chaque mois ?
  en: How many patients were on treatment on the last day of each month?
unit: {fr: patient, en: patient}
denominator: {fr: Patients traités de la sélection, en: Treated patients of the selection}
included:
  fr: Patients dont le dernier épisode commencé à cette date n'était pas arrêté à la fin de la journée ; pour le mois en cours, à la date d'arrêt des données
  en: Patients whose last episode begun by that day had not stopped by the end of it; for the current month, at the cut-off
excluded:
  fr: Patients arrêtés ce jour-là ou avant. Un arrêt non déclaré n'est pas connu ; le nombre est donc un maximum
  en: Patients who had stopped on that day or before. An unreported stop is unknown, so the figure is a maximum
not_additive:
  fr: Un patient traité plusieurs mois compte dans chacun ; les mois ne s'additionnent pas
  en: A patient on treatment for several months counts in each; months do not add up
counts: {n_patients: patient_id}
dimensions: [at_month, month, indication_code, indication_subtype, age_group, sex, childbearing_status, region_code, centre_type, centre_id, prescriber_specialty, product, episode_type]
by: [at_month, indication_code]
complete: [at_month, indication_code, age_group, sex]
needs: [initiations, discontinuations]
review: {author: medical affairs, reviewed_on: 2026-11-23}
--- */
select
    p.patient_id, p.month, p.indication_code, p.indication_subtype, p.age_group, p.age_at_start, p.sex, p.childbearing_status,
    p.region_code, p.centre_type, p.centre_id, p.prescriber_specialty, p.product, e.episode_type, e.episode_id,
    e.treatment_start_date, e.stop_date, m.at_month
from selected_patients p
join episodes e on e.patient_id = p.patient_id
join month_ends m on e.treatment_start_date <= m.at_date
    and (e.next_start_date is null or e.next_start_date > m.at_date)
    and (e.stop_date is null or e.stop_date > m.at_date)

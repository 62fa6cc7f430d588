/* ---
title: {fr: Effets d'intérêt particulier, en: Effects of special interest}
question:
  fr: Combien de patients ont eu un effet de chacune des listes surveillées, et à quel taux ?
  en: How many patients had an effect of each of the watched lists, and at what rate?
unit: {fr: "patient, cas ou effet", en: "patient, case or effect"}
denominator: {fr: "Patients traités de la sélection ; pour les taux, leur temps de traitement", en: "Treated patients of the selection; for rates, their time on treatment"}
included:
  fr: Effets commencés après le début du premier traitement, ou au début trop imprécis pour trancher, dont le terme préférentiel est dans la liste du programme
  en: Effects that began after the start of the first treatment, or whose onset is too imprecise to tell, whose preferred term is on the programme's list
excluded:
  fr: Termes absents des listes ; ces listes sont choisies à la main et ne remplacent pas les requêtes normalisées de MedDRA
  en: Terms that are not on the lists; these are chosen by hand and do not replace the standardised queries of MedDRA
not_additive:
  fr: Un terme peut être dans plusieurs listes ; les listes ne s'additionnent pas
  en: A term may be on several lists; lists do not add up
counts: {n_patients: patient_id, n_cases: case_id, n_effects: ae_id, n_serious: {key: ae_id, when: is_serious}}
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
dimensions: [special_interest, pt_label, serious, severity_grade, indication_code, age_group, sex, region_code, product]
by: [special_interest]
complete: [special_interest]
needs: [adverse_events]
review: {author: pharmacovigilance, reviewed_on: 2026-11-23}
--- */
select
    e.ae_id, e.case_id, e.patient_id, e.special_interest, p.indication_code, p.age_group, p.sex, p.region_code, p.product,
    e.soc_code, e.pt_label, e.serious, e.is_serious, e.severity_grade, e.causality, e.outcome, e.onset_date, e.received_date
from selected_patients p
join special_effects e on e.patient_id = p.patient_id

/* ---
same_as: new_patients
title: {fr: Centres actifs, en: Active centres}
question:
  fr: Combien de centres ont eu au moins un nouveau patient ?
  en: How many centres had at least one new patient?
unit: {fr: centre, en: centre}
included:
  fr: Centres distincts des patients nouvellement traités
  en: Distinct centres of the newly treated patients
not_additive:
  fr: Un centre actif plusieurs mois, ou dans plusieurs indications, compte dans chacun
  en: A centre that is active in several months, or indications, counts in each
counts: {n_centres: centre_id, n_patients: patient_id}
dimensions: [month, indication_code, region_code, centre_type, centre_id, prescriber_specialty, product]
by: [month]
complete: [month, indication_code]
review: {author: medical affairs, reviewed_on: 2026-11-23}
--- */

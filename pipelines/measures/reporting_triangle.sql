/* ---
same_as: new_patients
title: {fr: Nouveaux patients par mois de début et mois de réception de la fiche, en: New patients by month of start and month of receipt of the form}
question:
  fr: Des patients qui ont débuté un mois donné, combien ont été connus ce mois-là, le mois suivant, plus tard ?
  en: Of the patients who started in a given month, how many were known in that month, the next one, later?
included:
  fr: Les patients nouvellement traités, par mois du début et mois de réception de la fiche de ce début. Une fiche reçue avant le mois du début est connue dès ce mois
  en: The newly treated patients, by the month of the start and the month of receipt of the form of that start. A form received before the month of the start is known from that month
dimensions: [start_month, known_month, indication_code, age_group, sex, region_code, centre_type, product, prescriber_specialty]
by: [start_month, known_month]
complete: [indication_code, age_group, sex]
collects: [initiations.form_received_date]
review: {author: medical affairs, reviewed_on: 2026-11-23}
--- */

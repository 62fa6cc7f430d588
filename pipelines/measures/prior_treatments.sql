/* ---
title: {fr: Traitements antérieurs des nouveaux patients, en: Prior treatments of new patients}
question:
  fr: Quels traitements les nouveaux patients ont-ils reçus auparavant, et avec quel résultat ?
  en: Which treatments had new patients tried before, and with what outcome?
unit: {fr: patient, en: patient}
denominator: {fr: Patients nouvellement traités de la sélection, en: Newly treated patients of the selection}
included:
  fr: Traitements antérieurs notés sur la fiche du premier épisode de chaque nouveau patient
  en: Prior treatments noted on the form of each new patient's first episode
excluded:
  fr: "Traitements notés sur la fiche d'un épisode ultérieur. Un patient sans traitement antérieur noté est compté à part (non renseigné) : rien ne dit qu'il n'en a pas reçu"
  en: "Treatments noted on the form of a later episode. A patient without a noted prior treatment is counted apart (not recorded): nothing says that none was tried"
not_additive:
  fr: Un patient qui a reçu plusieurs traitements compte dans chacun
  en: A patient who tried several treatments counts in each
counts: {n_patients: patient_id}
estimates:
  share:
    title: {fr: Part des nouveaux patients, en: Share of new patients}
    kind: share
    of: n_patients
    over: new_patients.n_patients
dimensions: [treatment_class, prior_outcome, month, indication_code, age_group, sex, region_code, prescriber_specialty]
by: [treatment_class, prior_outcome]
complete: [treatment_class]
only_counted: true
needs: [initiations, prior_treatments]
review: {author: medical affairs, reviewed_on: 2026-11-23}
--- */
select
    p.patient_id, p.episode_id, p.month, p.indication_code, p.age_group, p.age_at_start, p.sex, p.region_code,
    p.prescriber_specialty, p.treatment_start_date, t.treatment_class, t.outcome as prior_outcome
from selected_new_patients p
left join core_prior_treatments t on t.episode_id = p.episode_id

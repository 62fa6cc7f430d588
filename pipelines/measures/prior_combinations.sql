/* ---
title: {fr: Combinaisons de traitements antérieurs, en: Combinations of prior treatments}
question:
  fr: Quels ensembles de traitements les nouveaux patients ont-ils reçus auparavant ?
  en: Which sets of treatments had new patients tried before?
unit: {fr: patient, en: patient}
denominator: {fr: Patients nouvellement traités de la sélection, en: Newly treated patients of the selection}
included:
  fr: Chaque nouveau patient une fois, avec toutes les classes notées sur la fiche de son premier épisode, quel que soit leur résultat
  en: Each new patient once, with all classes noted on the form of the first episode, whatever their outcome
excluded:
  fr: "Traitements notés sur la fiche d'un épisode ultérieur. Un patient sans traitement antérieur noté est compté à part (non renseigné)"
  en: "Treatments noted on the form of a later episode. A patient without a noted prior treatment is counted apart (not recorded)"
counts: {n_patients: patient_id}
estimates:
  share:
    title: {fr: Part des nouveaux patients, en: Share of new patients}
    kind: share
    of: n_patients
    over: new_patients.n_patients
quantities:
  n_classes: {title: {fr: Nombre de classes reçues, en: Number of classes tried}, unit: {fr: classe, en: class}}
dimensions: [prior_combination, month, indication_code, age_group, sex, region_code, prescriber_specialty]
by: [prior_combination]
only_counted: true
needs: [initiations, prior_treatments]
review: {author: medical affairs, reviewed_on: 2026-11-23}
--- */
with combined as (
    select
        t.episode_id,
        string_agg(t.treatment_class, ' + ' order by c.place) as prior_combination,
        count(*) as n_classes
    from core_prior_treatments t
    join programme_treatment_classes c on c.treatment_class = t.treatment_class
    group by t.episode_id
)

select
    p.patient_id, p.episode_id, p.month, p.indication_code, p.age_group, p.age_at_start, p.sex, p.region_code,
    p.prescriber_specialty, p.treatment_start_date, c.prior_combination, c.n_classes
from selected_new_patients p
left join combined c on c.episode_id = p.episode_id

/* ---
title: {fr: Prévention des grossesses, en: Pregnancy prevention}
question:
  fr: Combien de femmes susceptibles de procréer ont franchi chaque étape de la prévention, à la date d'arrêt des données ?
  en: How many women of childbearing potential have passed each step of prevention, at the cut-off?
unit: {fr: femme susceptible de procréer, en: woman of childbearing potential}
denominator: {fr: "Pour la part : femmes pour qui l'étape est échue et connue", en: "For the share: women for whom the step is due and known"}
included:
  fr: "Femmes susceptibles de procréer pendant un traitement, selon la fiche initiale ou un statut daté plus tard. Étapes : test négatif avant le début (dans les jours d'usage), contraception en cours au début, tous les tests échus pendant le traitement faits à temps, test dans le mois qui suit l'arrêt. De plusieurs épisodes d'une femme compte le moins favorable"
  en: "Women of childbearing potential during a treatment, by the initial form or a later dated status. Steps: negative test before the start (within the usual days), contraception in place at the start, every test due during treatment done on time, test in the month after the stop. Of several episodes of a woman the least favourable counts"
excluded:
  fr: "Ce qui n'est pas enregistré n'est pas forcément manquant : le suivi n'est pas systématique. Les délais autour du début et le test après l'arrêt sont d'usage, sans texte"
  en: "What is not recorded is not necessarily missing: follow-up is not systematic. The days around the start and the test after the stop are usual practice, without a text"
not_additive:
  fr: Chaque femme est présente à chaque étape ; les étapes ne s'additionnent pas
  en: Each woman stands at each step; steps do not add up
counts:
  n_women: patient_id
  n_met: {key: patient_id, when: is_met}
  n_due: {key: patient_id, when: is_due}
  n_through: {key: patient_id, when: is_through}
estimates:
  share:
    title: {fr: Part des femmes pour qui l'étape est franchie, en: Share of women who have passed the step}
    kind: share
    of: n_met
    over: n_due
  through:
    title: {fr: Part des femmes sans étape en défaut jusque-là, en: Share of women without a failing step so far}
    kind: share
    of: n_through
    over: n_women
dimensions: [prevention_step, prevention_status, indication_code, age_group, region_code]
by: [prevention_step]
complete: [prevention_step, prevention_status, indication_code, age_group]
needs: [initiations, discontinuations, pregnancy_tests, contraceptions]
review: {author: pharmacovigilance, reviewed_on: 2026-11-23}
--- */
with ranked as (
    select s.*, a.rank
    from prevention_steps s
    join (values ('OVERDUE', 6), ('NOT_RECORDED', 5), ('OUT_OF_TIME', 4), ('NOT_YET_DUE', 3), ('DONE', 2), ('NOT_APPLICABLE', 1)
    ) a (step_status, rank) on a.step_status = s.step_status
),
women as (
    select patient_id, step_order, prevention_step, arg_max(step_status, rank) as prevention_status, count(*) as n_episodes,
        max(rank) as rank
    from ranked
    group by patient_id, step_order, prevention_step
)

select
    w.patient_id, w.step_order, w.prevention_step, w.prevention_status, w.n_episodes,
    w.prevention_status = 'DONE' as is_met,
    w.prevention_status in ('DONE', 'OUT_OF_TIME', 'OVERDUE') as is_due,
    bool_and(w.prevention_status in ('DONE', 'NOT_YET_DUE', 'NOT_APPLICABLE')) over (
        partition by w.patient_id order by w.step_order
    ) as is_through,
    p.indication_code, p.age_group, p.region_code
from selected_patients p
join women w on w.patient_id = p.patient_id

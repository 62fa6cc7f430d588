/* ---
title: {fr: Tests de grossesse attendus pendant le traitement, en: Pregnancy tests due during treatment}
question:
  fr: Combien de tests de grossesse attendus pendant le traitement ont été faits à temps ?
  en: How many pregnancy tests due during treatment were done on time?
unit: {fr: test attendu, en: test due}
denominator: {fr: "Pour la part : tests échus des femmes dont au moins un test est enregistré", en: "For the share: tests past due of women with at least one recorded test"}
included:
  fr: "Un test toutes les 4 semaines (ou l'intervalle du programme) depuis le début du traitement d'une femme susceptible de procréer, jusqu'à l'arrêt ou la date d'arrêt des données. Quel que soit son résultat, un test n'est à temps que pour une échéance, la première dont les quelques jours de grâce (d'usage) ne sont pas passés ; fait après ces jours, il est hors du délai de l'échéance manquée"
  en: "One test every 4 weeks (or the programme's interval) from the start of treatment of a woman of childbearing potential, up to the stop or the cut-off. Whatever its result, a test is on time for one due day only, the first whose few days of grace (usual practice) are not past; done after these days it is out of time for the due day that was missed"
excluded:
  fr: Test d'avant le début et d'après l'arrêt, qui sont d'autres étapes. Un test non enregistré n'est pas forcément un test non fait
  en: The tests before the start and after the stop, which are other steps. A test that is not recorded is not necessarily one that was not done
counts:
  n_tests: test_due_id
  n_women: patient_id
  n_tests_due: {key: test_due_id, when: is_due}
  n_tests_on_time: {key: test_due_id, when: is_on_time}
estimates:
  share:
    title: {fr: Part des tests faits à temps, en: Share of tests done on time}
    kind: share
    of: n_tests_on_time
    over: n_tests_due
dimensions: [prevention_status, due_month, indication_code, age_group, region_code]
by: [indication_code]
complete: [prevention_status, indication_code, age_group]
needs: [initiations, discontinuations, pregnancy_tests]
review: {author: pharmacovigilance, reviewed_on: 2026-11-23}
--- */
select
    d.test_due_id, d.patient_id, d.episode_id, d.due_date, strftime(d.due_date, '%Y-%m') as due_month,
    d.test_status as prevention_status,
    d.test_status in ('DONE', 'OUT_OF_TIME', 'OVERDUE') as is_due,
    d.test_status = 'DONE' as is_on_time,
    p.indication_code, p.age_group, p.region_code
from selected_patients p
join tests_due d on d.patient_id = p.patient_id

/* ---
title: {fr: Conformité critère par critère, en: Conformity criterion by criterion}
question:
  fr: Quels critères de l'indication les initiations remplissent-elles ?
  en: Which criteria of the indication do initiations meet?
unit: {fr: "patient, ou critère examiné", en: "patient, or criterion looked at"}
denominator: {fr: Critères évaluables (conformes ou non conformes), en: Assessable criteria (conforming or not)}
included:
  fr: "Chaque critère de l'indication, pour chaque nouveau patient. La liste donne la valeur trouvée et le numéro du libellé en vigueur le jour du début"
  en: "Each criterion of the indication, for each new patient. The list gives the value found and the number of the wording in force on the day of the start"
excluded:
  fr: "Reprises, poursuites et usages hors protocole. Un traitement antérieur qui n'est pas noté, ou dont le résultat n'est pas renseigné, n'est pas évaluable ; il n'est jamais conforme. Si tous les résultats notés d'un critère sont autres qu'un échec, une intolérance ou une contre-indication, il n'est pas conforme"
  en: "Restarts, continuations and uses outside the protocol. A prior treatment that is not noted, or whose outcome is not recorded, is not assessable; it never conforms. If every noted outcome of a criterion is other than failure, intolerance or contra-indication, it does not conform"
not_additive:
  fr: Un patient compte dans chaque critère de son indication
  en: A patient counts in each criterion of the indication
counts:
  n_criteria: judged_criterion
  n_patients: patient_id
  n_conforming: {key: judged_criterion, when: is_conforming}
  n_assessable: {key: judged_criterion, when: is_assessable}
estimates:
  share:
    title: {fr: Part conforme des critères évaluables, en: Conforming share of assessable criteria}
    kind: share
    of: n_conforming
    over: n_assessable
  assessable:
    title: {fr: Part évaluable des critères, en: Assessable share of criteria}
    kind: share
    of: n_assessable
    over: n_criteria
dimensions: [conformity_criterion, conformity, month, indication_code, age_group, sex, region_code, centre_type, centre_id, prescriber_specialty]
by: [conformity_criterion, conformity]
complete: [conformity_criterion, conformity]
only_counted: true
needs: [initiations, prior_treatments]
review: {author: medical affairs, reviewed_on: 2026-11-23}
--- */
select
    j.episode_id || '|' || j.conformity_criterion as judged_criterion, p.patient_id, p.episode_id, p.month, p.indication_code,
    p.age_group, p.sex, p.region_code, p.centre_type, p.centre_id, p.prescriber_specialty, p.treatment_start_date,
    j.conformity_criterion, j.conformity, j.found, j.wording,
    j.conformity = 'CONFORMING' as is_conforming, j.conformity <> 'NOT_ASSESSABLE' as is_assessable
from selected_new_patients p
join judged_criteria j on j.episode_id = p.episode_id

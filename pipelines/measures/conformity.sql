/* ---
title: {fr: Conformité des initiations à l'indication, en: Conformity of initiations with the indication}
question:
  fr: Combien d'initiations sont conformes au libellé de l'indication, combien ne le sont pas, combien ne sont pas évaluables ?
  en: How many initiations conform to the wording of the indication, how many do not, how many are not assessable?
unit: {fr: patient, en: patient}
denominator:
  fr: "Initiations évaluables (conformes ou non conformes). Tant que la fiche ne prévoit pas d'autre résultat qu'un échec, une intolérance, une contre-indication ou « non renseigné », seul l'âge peut être non conforme : lire aussi la part évaluable"
  en: "Assessable initiations (conforming or not). As long as the form offers no outcome but failure, intolerance, contra-indication and \"not recorded\", only the age can fail to conform: read the assessable share too"
included:
  fr: "Chaque nouveau patient une fois, par l'initiation qui l'a fait entrer. Conforme : tous les critères le sont (traitements antérieurs par échec, intolérance ou contre-indication ; âge nommé par l'indication ; à défaut, l'indication elle-même). Non conforme : au moins un critère ne l'est pas. Non évaluable : les autres"
  en: "Each new patient once, by the initiation of entry. Conforming: every criterion is (prior treatments by failure, intolerance or contra-indication; the age that the indication names; failing both, the indication itself). Not conforming: at least one criterion is not. Not assessable: the others"
excluded:
  fr: "Reprises, poursuites et usages hors protocole. Un traitement antérieur qui n'est pas noté, ou dont le résultat n'est pas renseigné, n'est pas évaluable ; il n'est jamais conforme. Si tous les résultats notés d'un critère sont autres qu'un échec, une intolérance ou une contre-indication, il n'est pas conforme"
  en: "Restarts, continuations and uses outside the protocol. A prior treatment that is not noted, or whose outcome is not recorded, is not assessable; it never conforms. If every noted outcome of a criterion is other than failure, intolerance or contra-indication, it does not conform"
counts:
  n_patients: patient_id
  n_conforming: {key: patient_id, when: is_conforming}
  n_assessable: {key: patient_id, when: is_assessable}
estimates:
  share:
    title: {fr: Part conforme des initiations évaluables, en: Conforming share of assessable initiations}
    kind: share
    of: n_conforming
    over: n_assessable
  assessable:
    title: {fr: Part évaluable des initiations, en: Assessable share of initiations}
    kind: share
    of: n_assessable
    over: n_patients
dimensions: [conformity, month, indication_code, indication_subtype, age_group, sex, region_code, centre_type, centre_id, prescriber_specialty]
by: [indication_code, conformity]
complete: [conformity, month, indication_code]
only_counted: true
needs: [initiations, prior_treatments]
review: {author: medical affairs, reviewed_on: 2026-11-23}
--- */
with verdicts as (
    select
        episode_id,
        case
            when bool_or(conformity = 'NON_CONFORMING') then 'NON_CONFORMING'
            when bool_or(conformity = 'NOT_ASSESSABLE') then 'NOT_ASSESSABLE'
            else 'CONFORMING'
        end as conformity
    from judged_criteria
    group by episode_id
)

select
    p.patient_id, p.episode_id, p.month, p.indication_code, p.indication_subtype, p.age_group, p.age_at_start, p.sex,
    p.region_code, p.centre_type, p.centre_id, p.prescriber_specialty, p.treatment_start_date, v.conformity,
    v.conformity = 'CONFORMING' as is_conforming, v.conformity <> 'NOT_ASSESSABLE' as is_assessable
from selected_new_patients p
join verdicts v on v.episode_id = p.episode_id

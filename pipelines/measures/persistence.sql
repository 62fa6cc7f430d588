/* ---
title: {fr: Persistance du traitement, en: Persistence of treatment}
question:
  fr: Combien de patients sont encore sous leur premier traitement, après combien de jours ?
  en: How many patients are still on their first treatment, after how many days?
unit: {fr: patient, en: patient}
denominator: {fr: Patients dont le premier épisode connu est une initiation, en: Patients whose first known episode is an initiation}
included:
  fr: "Premier épisode, du premier jour (jour 1) à l'arrêt avant terme, quel qu'en soit le motif, décès et perte de vue compris. Sont censurés le jour de leur fin : le traitement mené à son terme prévu, la fin du cadre réglementaire, l'épisode suivi d'un autre sans arrêt enregistré (la veille) et le traitement en cours (à la date d'arrêt des données)"
  en: "First episode, from the first day (day 1) to a stop before term for whatever reason, death and loss to follow-up included. Censored on the day of their end: a treatment completed as planned, the end of the regulatory framework, an episode followed by another one without a recorded stop (the day before), and a treatment that goes on (at the cut-off)"
excluded:
  fr: "Traitements commencés avant le suivi : seuls ceux qui ont duré y figurent, et la courbe serait trop haute. Un arrêt non déclaré n'est pas connu ; la persistance est donc un maximum"
  en: "Treatments begun before the follow-up: only those that lasted are in it, and the curve would be too high. An unreported stop is unknown, so persistence is a maximum"
counts:
  n_patients: patient_id
  n_stopped: {key: patient_id, when: has_stopped}
exclusions:
  REPRISE: {fr: "Premier épisode connu : une reprise", en: "First known episode: a restart"}
  POURSUITE: {fr: "Premier épisode connu : la poursuite d'un traitement antérieur", en: "First known episode: a continuation of an earlier treatment"}
  NO_DAY: {fr: Épisode remplacé le jour même par un autre, en: Episode replaced by another one on the same day}
curve:
  title: {fr: Part des patients encore sous leur premier traitement, en: Share of patients still on their first treatment}
  kind: survival
  event: STOP
dimensions: [persistence_outcome, indication_code, age_group, sex, region_code, product]
by: [indication_code]
complete: [persistence_outcome, indication_code, age_group, sex]
needs: [initiations, discontinuations]
review: {author: medical affairs, reviewed_on: 2026-11-23}
--- */
select
    p.patient_id, p.indication_code, p.age_group, p.sex, p.region_code, p.product, e.episode_id, e.treatment_start_date, e.last_day,
    e.stop_reason, e.days,
    coalesce(e.ended = 'STOPPED' and e.stop_reason not in ('FIN_PREVUE', 'FIN_CADRE'), false) as has_stopped,
    case
        when e.ended = 'OPEN' then 'ONGOING'
        when e.ended = 'FOLLOWED' then 'FOLLOWED'
        when e.stop_reason = 'FIN_PREVUE' then 'COMPLETED'
        when e.stop_reason = 'FIN_CADRE' then 'FRAMEWORK_END'
        else 'STOP'
    end as outcome,
    outcome as persistence_outcome,
    case when e.episode_type <> 'INITIATION' then e.episode_type when e.days = 0 then 'NO_DAY' end as excluded
from selected_patients p
join episodes e on e.episode_id = p.episode_id

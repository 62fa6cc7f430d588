/* ---
title: {fr: Entrées en traitement et sorties, en: Treatments begun and ended}
question:
  fr: Combien de patients ont commencé, repris ou arrêté le traitement chaque mois ?
  en: How many patients began, resumed or stopped treatment each month?
unit: {fr: mouvement d'un patient, en: movement of a patient}
denominator: {fr: Sans objet (dénombrement), en: Not applicable (a count)}
included:
  fr: "Entrée : début d'un épisode alors qu'aucun autre ne court (premier épisode connu, ou le précédent est arrêté). Sortie : arrêt enregistré d'un épisode. Entrées moins sorties donnent les patients sous traitement à la date d'arrêt des données. L'indication est celle du premier épisode"
  en: "In: the start of an episode while no other one runs (the first known episode, or the one before has stopped). Out: the recorded stop of an episode. In minus out gives the patients on treatment at the cut-off. The indication is that of the first episode"
excluded:
  fr: "Épisode qui en suit un autre sans arrêt enregistré : le patient n'est pas sorti. Un arrêt non déclaré n'est pas connu"
  en: "An episode that follows another one without a recorded stop: the patient had not left. An unreported stop is unknown"
not_additive:
  fr: Un patient entre et sort autant de fois qu'il reprend et arrête ; les mouvements ne sont pas des patients
  en: A patient enters and leaves as often as treatment is resumed and stopped; movements are not patients
counts:
  n_movements: movement_id
  n_in: {key: movement_id, when: is_in}
  n_out: {key: movement_id, when: is_out}
dimensions: [movement_month, movement, indication_code, age_group, sex, region_code, product]
by: [movement_month, movement]
complete: [movement_month, movement, indication_code, age_group, sex]
needs: [initiations, discontinuations]
review: {author: medical affairs, reviewed_on: 2026-11-23}
--- */
with previous as (
    select *, coalesce(lag(ended) over (partition by patient_id order by episode_order), 'STOPPED') = 'STOPPED' as enters
    from episodes
),
movements as (
    select
        patient_id, episode_id, episode_type, treatment_start_date as movement_date,
        case
            when episode_order > 1 or episode_type = 'REPRISE' then 'RESTART'
            when episode_type = 'POURSUITE' then 'CONTINUATION'
            else 'FIRST_START'
        end as movement
    from previous
    where enters
    union all
    select patient_id, episode_id, episode_type, stop_date, 'STOP' from previous where ended = 'STOPPED'
)

select
    m.episode_id || '/' || m.movement as movement_id,
    m.patient_id, m.episode_id, m.episode_type, m.movement, m.movement_date,
    strftime(m.movement_date, '%Y-%m') as movement_month,
    m.movement <> 'STOP' as is_in,
    m.movement = 'STOP' as is_out,
    p.indication_code, p.age_group, p.sex, p.region_code, p.product
from selected_patients p
join movements m on m.patient_id = p.patient_id

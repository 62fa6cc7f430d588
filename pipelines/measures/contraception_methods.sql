/* ---
title: {fr: Méthodes de contraception, en: Methods of contraception}
question:
  fr: Quelles contraceptions les femmes susceptibles de procréer ont-elles eues pendant le traitement, et lesquelles sont déconseillées ?
  en: Which methods of contraception did women of childbearing potential have during treatment, and which are advised against?
unit: {fr: femme susceptible de procréer, en: woman of childbearing potential}
denominator: {fr: Femmes susceptibles de procréer pendant un traitement, en: Women of childbearing potential during a treatment}
included:
  fr: "Toute méthode enregistrée dont la durée recouvre un jour de traitement d'une femme susceptible de procréer ; une femme sans méthode enregistrée compte comme « non renseigné »"
  en: "Any recorded method whose duration covers a day of treatment of a woman of childbearing potential; a woman without a recorded method counts as “not recorded”"
excluded:
  fr: "Méthodes terminées avant le traitement ou commencées après. Déconseillée : nommée par le programme ; les autres méthodes ne sont pas jugées"
  en: "Methods that ended before treatment or began after it. Advised against: named by the programme; other methods are not judged"
not_additive:
  fr: Une femme qui change de méthode compte dans chacune
  en: A woman who changes method counts in each
counts:
  n_women: patient_id
  n_advised_against: {key: patient_id, when: is_advised_against}
dimensions: [contraception_method, contraception_advice, indication_code, age_group, region_code]
by: [contraception_method]
complete: [contraception_advice, indication_code, age_group]
needs: [initiations, discontinuations, contraceptions]
review: {author: pharmacovigilance, reviewed_on: 2026-11-23}
--- */
with recorded as (
    select e.patient_id, c.start_date, c.end_date, c.method
    from core_contraceptions c
    join episodes e on e.episode_id = c.episode_id
    where c.childbearing_status = 'FSP'
),
had as (
    select distinct w.patient_id, c.method
    from women_in_prevention w
    join recorded c on c.patient_id = w.patient_id and c.start_date <= w.followed_until
                   and (c.end_date is null or c.end_date >= w.followed_from)
)

select
    p.patient_id, h.method as contraception_method,
    case
        when h.method is null or h.method = 'NR' then 'NOT_RECORDED'
        when h.method = 'AUCUNE' then 'NO_METHOD'
        when a.method is not null then 'ADVISED_AGAINST'
        else 'NOT_ADVISED_AGAINST'
    end as contraception_advice,
    a.method is not null as is_advised_against,
    p.indication_code, p.age_group, p.region_code
from selected_patients p
join (select distinct patient_id from women_in_prevention) w on w.patient_id = p.patient_id
left join had h on h.patient_id = p.patient_id
left join programme_methods_advised_against a on a.method = h.method

/* ---
title: {fr: Doublons probables, en: Probable duplicates}
question:
  fr: Combien de paires de pseudonymes peuvent désigner un même patient ?
  en: How many pairs of pseudonyms may be one patient?
unit: {fr: paire de patients, en: pair of patients}
denominator: {fr: Sans objet (dénombrement), en: Not applicable (a count)}
included:
  fr: "Paires de patients de même année de naissance, sexe, centre et indication, dont deux épisodes débutent à 7 jours près ; au moins l'un des deux est retenu par la sélection"
  en: "Pairs of patients of the same birth year, sex, centre and indication, two of whose episodes start within 7 days; at least one of the two is in the selection"
excluded:
  fr: "Une paire n'est pas une preuve : seul le centre peut dire s'il s'agit du même patient. Les deux restent comptés en attendant"
  en: "A pair is no proof: only the centre can tell whether it is one patient. Both remain counted until then"
not_additive:
  fr: Une paire peut partager plusieurs indications ; trois patients semblables font trois paires
  en: A pair may share several indications; three patients alike make three pairs
counts: {n_pairs: pair}
quantities:
  days_apart: {title: {fr: Écart entre les débuts, en: Time between the starts}, unit: {fr: jour, en: day}}
dimensions: [indication_code, sex, region_code, centre_type, centre_id]
by: [indication_code]
complete: [indication_code, sex]
needs: [initiations]
collects: [patients.birth_year]
review: {author: data management, reviewed_on: 2026-11-23}
--- */
with starts as (
    select
        i.patient_id, i.indication_code, i.treatment_start_date, p.birth_year, p.sex, p.centre_id, c.centre_type, c.region_code,
        i.patient_id in (select patient_id from selected_patients) as is_selected
    from core_initiations i
    join core_patients p on p.patient_id = i.patient_id
    left join core_centres c on c.centre_id = p.centre_id
)

select
    a.patient_id || '|' || b.patient_id as pair, a.patient_id, b.patient_id as other_patient_id, a.indication_code,
    a.birth_year, a.sex, a.centre_id, a.centre_type, a.region_code,
    min(abs(datediff('day', a.treatment_start_date, b.treatment_start_date))) as days_apart
from starts a
join starts b on b.birth_year = a.birth_year and b.sex = a.sex and b.centre_id = a.centre_id
    and b.indication_code = a.indication_code and a.patient_id < b.patient_id
where abs(datediff('day', a.treatment_start_date, b.treatment_start_date)) <= 7 and (a.is_selected or b.is_selected)
group by all

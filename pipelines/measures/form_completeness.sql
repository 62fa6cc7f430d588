/* ---
title: {fr: Complétude des fiches initiales, en: Completeness of initiation forms}
question:
  fr: Quels champs facultatifs des fiches initiales sont renseignés ?
  en: Which optional fields of initiation forms are filled in?
unit: {fr: "champ d'une fiche", en: field of a form}
denominator: {fr: Fiches initiales de la sélection, en: Initiation forms of the selection}
included:
  fr: Chaque champ facultatif que le programme recueille, sur chaque fiche initiale des patients retenus
  en: Each optional field that the programme collects, on each initiation form of the selected patients
excluded:
  fr: "Champs obligatoires (une ligne sans eux est en quarantaine) et forme de l'indication (toutes n'en ont pas). « Non renseigné » (NR) compte comme vide"
  en: "Required fields (a row without them is quarantined) and form of the indication (not all have one). \"Not recorded\" (NR) counts as empty"
not_additive:
  fr: Une fiche compte une fois pour chaque champ
  en: A form counts once for each field
counts: {n_fields: form_field, n_filled: {key: form_field, when: is_filled}, n_empty: {key: form_field, when: is_empty}}
estimates:
  share:
    title: {fr: Part renseignée, en: Share filled in}
    kind: share
    of: n_filled
    over: n_fields
dimensions: [field, episode_type, indication_code, region_code, centre_type, centre_id, month]
by: [field]
complete: [field]
needs: [initiations]
review: {author: data management, reviewed_on: 2026-11-23}
--- */
with fields as (
    select
        p.patient_id, p.month, p.indication_code, p.region_code, p.centre_type, p.centre_id, i.episode_id, i.episode_type, f.field,
        case f.field
            when 'form_channel' then i.form_channel
            when 'weight_kg' then cast(i.weight_kg as varchar)
            when 'care_agreement_signed' then i.care_agreement_signed
            when 'emg_baseline' then i.emg_baseline
            else i.vte_risk_factor
        end as entry
    from selected_patients p
    join core_initiations i on i.patient_id = p.patient_id
    cross join (values ('form_channel'), ('weight_kg'), ('care_agreement_signed'), ('emg_baseline'), ('vte_risk_factor')) f (field)
    where f.field not in (select column_name from programme_not_collected where table_name = 'initiations')
)

select
    episode_id || '|' || field as form_field, patient_id, episode_id, field, episode_type, indication_code, region_code,
    centre_type, centre_id, month, entry is null or entry = 'NR' as is_empty, coalesce(entry <> 'NR', false) as is_filled
from fields

/* ---
title: {fr: Effets indésirables graves, en: Serious adverse effects}
question:
  fr: Combien de patients, de cas et d'effets graves, par critère de gravité ?
  en: How many patients, cases and serious effects, by seriousness criterion?
unit: {fr: "patient, cas ou effet", en: "patient, case or effect"}
denominator: {fr: Patients traités de la sélection, en: Treated patients of the selection}
included:
  fr: Effets graves commencés après le début du premier traitement ou dont le début est trop imprécis pour trancher
  en: Serious effects that began after the start of the first treatment, or whose onset is too imprecise to tell
excluded:
  fr: Effets non graves ; effets dont la gravité n'est pas renseignée (comptés à part) ; effets commencés avant le traitement
  en: Non-serious effects; effects of unrecorded seriousness (counted apart); effects that began before treatment
not_additive:
  fr: Un effet qui remplit plusieurs critères compte dans chacun
  en: An effect that meets several criteria counts in each
counts: {n_patients: patient_id, n_cases: case_id, n_effects: ae_id}
exclusions:
  BEFORE_START: {fr: Effet commencé avant le début du traitement, en: Effect that began before the start of treatment}
  NO_TREATMENT: {fr: Patient sans traitement enregistré, en: Patient without a recorded treatment}
  NOT_SERIOUS: {fr: Effet non grave, en: Non-serious effect}
  SERIOUSNESS_UNKNOWN: {fr: Gravité non renseignée, en: Seriousness not recorded}
estimates:
  share:
    title: {fr: Part des patients traités, en: Share of treated patients}
    kind: share
    of: n_patients
    over: treated_patients.n_patients
  rate:
    title: {fr: Effets pour 100 patients-années, en: Effects per 100 patient-years}
    kind: rate
    of: n_effects
    over: patient_time.n_days
dimensions: [criterion, soc_code, pt_label, indication_code, age_group, sex, severity_grade]
by: [criterion]
complete: [criterion]
needs: [adverse_events]
review: {author: pharmacovigilance, reviewed_on: 2026-11-23}
--- */
select
    e.ae_id, e.case_id, e.patient_id, e.indication_code, e.age_group, e.sex, e.soc_code, e.pt_label, e.severity_grade,
    e.causality, e.outcome, e.onset_date, e.received_date, c.criterion,
    case
        when e.timing in ('BEFORE_START', 'NO_TREATMENT') then e.timing
        when e.serious = '0' then 'NOT_SERIOUS'
        when e.serious = 'NR' then 'SERIOUSNESS_UNKNOWN'
    end as excluded
from selected_effects e
cross join (values ('DEATH'), ('LIFE_THREATENING'), ('HOSPITALISATION'), ('DISABILITY'), ('CONGENITAL_ANOMALY'), ('OTHER'),
    ('NOT_RECORDED')) c (criterion)
where e.serious <> '1' or case c.criterion
      when 'DEATH' then e.seriousness_death = '1'
      when 'LIFE_THREATENING' then e.seriousness_life_threatening = '1'
      when 'HOSPITALISATION' then e.seriousness_hospitalisation = '1'
      when 'DISABILITY' then e.seriousness_disability = '1'
      when 'CONGENITAL_ANOMALY' then e.seriousness_congenital_anomaly = '1'
      when 'OTHER' then e.seriousness_other = '1'
      else coalesce(nullif(e.seriousness_death, '0'), nullif(e.seriousness_life_threatening, '0'),
                    nullif(e.seriousness_hospitalisation, '0'), nullif(e.seriousness_disability, '0'),
                    nullif(e.seriousness_congenital_anomaly, '0'), nullif(e.seriousness_other, '0')) is null
      end

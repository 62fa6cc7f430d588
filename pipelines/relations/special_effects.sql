/* One row per effect on treatment and list of special interest that holds its preferred term, in any case and accents. */
select e.*, s.special_interest, s.dose_related
from effects_on_treatment e
join programme_special_interest s on s.preferred_term = comparable(e.pt_label)

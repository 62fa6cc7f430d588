"""Which reason a move has: conditions over its facts, in the order in which they are tried; the first to hold decides.

A move is a record that entered (`entered`) or left a cell. Its facts (`moves.py`) are about

- the record itself, where the measure counts something else than patients (`record_*`; null otherwise);
- the patient's first episode before and after, which places the patient (`first_*`);
- the patient.

A record that was not loaded before arrived, one that is not loaded now left; of two first episodes, the one that
arrived explains an entry, and the one that left an exit.
"""

NEW_RECORD = "(entered and not record_before)"
GONE_RECORD = "(not entered and not record_after)"
KEPT_RECORD = "(record_before and record_after)"
SAME_FIRST = "first_before = first_after"

RECORD = (
    ("released_from_quarantine", f"{NEW_RECORD} and record_held_before"),
    ("new", f"{NEW_RECORD} and record_event > $cutoff"),
    ("late_form", f"{NEW_RECORD} and record_received > $cutoff"),
    ("added", NEW_RECORD),
    ("quarantined_now", f"{GONE_RECORD} and record_held_after"),
    ("withdrawn", f"{GONE_RECORD} and patient_after"),
    ("duplicate_merged", f"{KEPT_RECORD} and record_owner_changed"),
    ("date_corrected", f"{KEPT_RECORD} and not reclassified and record_date_changed"),
    ("record_corrected", f"{KEPT_RECORD} and record_changed and not (month_differs or indication_differs)"),
)
"""The record itself explains the move."""

PATIENT = (
    ("duplicate_merged", "first_after_owner_before <> patient_id"),
    ("duplicate_merged", "first_before_owner_after <> patient_id"),
    ("date_corrected", f"{SAME_FIRST} and month_differs"),
    ("indication_corrected", f"{SAME_FIRST} and indication_differs"),
    ("type_corrected", f"{SAME_FIRST} and type_differs"),
    ("record_corrected", f"{SAME_FIRST} and reclassified"),
    ("type_corrected", f"{SAME_FIRST} and is_new_changed and type_changed"),
    ("indication_corrected", f"{SAME_FIRST} and is_new_changed and indication_changed"),
    ("follow_up", f"{SAME_FIRST} and $needs_more"),
    ("date_corrected", f"{SAME_FIRST} and month_changed"),
    ("indication_corrected", f"{SAME_FIRST} and indication_changed"),
    ("type_corrected", f"{SAME_FIRST} and type_changed"),
    ("record_corrected", SAME_FIRST),
    ("released_from_quarantine", "cause = 'arrived' and first_held_before"),
    ("duplicate_merged", "cause = 'arrived' and not patient_before and takes_over"),
    ("new", "cause = 'arrived' and first_start > $cutoff"),
    ("late_form", "cause = 'arrived' and first_received > $cutoff"),
    ("added", "cause = 'arrived'"),
    ("quarantined_now", "cause = 'left' and first_held_after"),
    ("opposed", "cause = 'left' and not patient_after and is_opposed"),
    ("duplicate_merged", "cause = 'left' and not patient_after and taken_over"),
    ("withdrawn", "cause = 'left'"),
    ("date_corrected", "first_date_changed"),
    ("type_corrected", "first_type_changed"),
    ("record_corrected", "true"),
)
"""The patient's first episode, or the patient, explains the move."""

DEFINITION = (("definition_changed", "change_today <> change"),)
"""Counted under today's definitions, both releases would give another difference for this record."""

ALL = (*DEFINITION, *RECORD, *PATIENT)


def decision() -> str:
    """The reason of a move, as SQL over its facts."""
    return "case " + " ".join(f"when {condition} then '{reason}'" for reason, condition in ALL) + " end"

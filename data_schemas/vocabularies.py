"""Code lists: the codes a column may hold, their labels in both languages, and the spellings read as each code."""

import csv
import functools
from collections.abc import Mapping
from pathlib import Path

from data_schemas import shipped
from data_schemas.programme import Programme
from data_schemas.programme_parts import Text

FOLDER = Path(__file__).parent / "vocabularies"


@functools.cache
def _shared() -> Mapping[str, Mapping[str, Text]]:
    lists = shipped.read((FOLDER / "codes.yml").read_text(encoding="utf-8"))
    shared = {name: {str(code): Text(**text) for code, text in entries.items()} for name, entries in lists.items()}
    shared["region"] = {row["code"]: Text(fr=row["name"], en=row["name"]) for row in _rows("regions.csv")}
    shared["system_organ_class"] = {
        row["code"]: Text(fr=row["fr"], en=row["en"]) for row in _rows("system_organ_classes.csv")
    }
    return shared


def _rows(file_name: str) -> list[dict[str, str]]:
    with (FOLDER / file_name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def labels(vocabulary: str, programme: Programme) -> Mapping[str, Text]:
    """The codes of a list with their labels, in the order in which they are shown."""
    said = _said(programme).get(vocabulary)
    if said is None:
        return programme.vocabularies.get(vocabulary) or _shared()[vocabulary]
    shared = _shared().get(vocabulary, {})
    return {**shared, **said} if vocabulary == "effect_class" else {**said, **shared}


@functools.lru_cache(maxsize=16)
def _said(programme: Programme) -> Mapping[str, Mapping[str, Text]]:
    """The lists that follow from what the programme says; of some, every programme has further codes."""
    special = {each.code: each.label for each in programme.special_interest}
    return {
        "indication": {indication.code: indication.label for indication in programme.indications},
        "indication_subtype": {code: text for indication in programme.indications
                               for code, text in indication.subtypes.items()},
        "age_group": {band.code: band.label for band in programme.age_bands},
        "special_interest": special,
        "effect_class": special,
        "conformity_criterion": _criteria(programme),
        "dose_band": {band.code: band.label for band in programme.dose_bands},
        "cumulative_dose_band": {band.code: band.label for band in programme.cumulative_dose_bands},
        "scheduled_visit": {str(place): each.label for place, each in enumerate(programme.calendar.visits, start=1)},
    }  # fmt: skip


def _criteria(programme: Programme) -> Mapping[str, Text]:
    """What must have been tried before, in every indication: the classes of a group, one of which is enough."""
    known = programme.vocabularies.get("treatment_class") or _shared()["treatment_class"]
    groups = {group.code: [known[each] for each in group.any_of if each in known]
              for indication in programme.indications for group in indication.prior_treatments}  # fmt: skip
    return {code: Text(fr=" ou ".join(each.fr for each in texts), en=" or ".join(each.en for each in texts))
            for code, texts in groups.items() if texts}  # fmt: skip


def codes(vocabulary: str, programme: Programme) -> list[str]:
    """The codes of a list, in the order in which they are shown."""
    return list(labels(vocabulary, programme))


def spellings(vocabulary: str, programme: Programme) -> Mapping[str, str]:
    """Spelling → code: each code, its two labels, and the variants seen in real exports."""
    found: dict[str, str] = {}
    for code, text in labels(vocabulary, programme).items():
        for spelling in (code, text.fr, text.en):
            found.setdefault(spelling, code)
    if vocabulary == "region":  # a spreadsheet saves 01 as 1; no region has a code of one figure
        found = {code.lstrip("0"): code for code in found.values() if code.startswith("0")} | found
    if vocabulary == "system_organ_class":
        found |= {row["alias"]: row["code"] for row in _rows("system_organ_classes.csv") if row["alias"]}
    return found


def shared_names() -> list[str]:
    """The lists that hold for every programme."""
    return list(_shared())

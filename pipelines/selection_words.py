"""A selection in words: "Crohn pédiatrique > 6 ans, filles, 2021"."""

import datetime as dt

from babel.dates import format_date

from data_schemas.programme import Programme
from data_schemas.vocabularies import labels
from pipelines.messages import say
from pipelines.selection import VOCABULARIES, Selection

LOCALES = {"fr": "fr_FR", "en": "en_GB"}
ADULT = 18


def words(selection: Selection, programme: Programme, language: str) -> str:
    """What a selection keeps, in one line; everyone if it leaves nobody out."""
    parts = [" + ".join(_values(selection, field, programme, language))
             for field in ("indications", "age_groups", "sexes", "regions", "products")]  # fmt: skip
    parts.append(_period(selection, language))
    if selection.date_basis != "treatment_start":
        parts.append(say(f"selection.basis.{selection.date_basis}", language))
    if selection.release:
        day = dt.date.fromisoformat(selection.release[:10])
        written = (
            day.strftime("%d/%m/%Y") if language == "fr" else f"{day.day} {month(selection.release[:7], language)}"
        )
        parts.append(say("selection.as_of", language, day=written))
    return ", ".join(part for part in parts if part) or say("selection.everyone", language)


def month(value: str, language: str) -> str:
    """`2026-10` as `oct. 2026` or `Oct 2026`."""
    return str(format_date(dt.date.fromisoformat(f"{value}-01"), "MMM y", locale=LOCALES[language]))


def _values(selection: Selection, field: str, programme: Programme, language: str) -> list[str]:
    chosen: tuple[str, ...] = getattr(selection, field)
    if field == "sexes" and _children(selection, programme):
        return [say(f"selection.child.{each}", language) for each in chosen]
    if field == "sexes":
        return [say(f"selection.adult.{each}", language) for each in chosen]
    named = labels(VOCABULARIES.get(field, "age_group"), programme)
    return [named[each].in_language(language) for each in chosen]


def _children(selection: Selection, programme: Programme) -> bool:
    """Whether the selection keeps nobody who is grown up, by its age groups or its indications."""
    bands = {band.code: band.below for band in programme.age_bands}
    ages = [bands[each] for each in selection.age_groups]
    named = [programme.indication(each).age for each in selection.indications]
    limits = ages or [age.below if age else None for age in named]
    return bool(limits) and all(limit is not None and limit <= ADULT for limit in limits)


def _period(selection: Selection, language: str) -> str:
    first, last = selection.from_month, selection.to_month
    if first[:4] == last[:4] and first[4:] == "-01" and last[4:] == "-12":
        return first[:4]
    if first and first == last:
        return month(first, language)
    known = {name: month(value, language) for name, value in (("first", first), ("last", last)) if value}
    if not known:
        return ""
    kind = "between" if first and last else "since" if first else "until"
    return say(f"selection.period.{kind}", language, **known)

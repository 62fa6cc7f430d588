"""Titles of cards that depend on what they show."""

from dashboard.shown import Shown
from dashboard.wording import language, said, text
from pipelines.definitions import dimensions
from pipelines.selection import Selection


def by_date(key: str, selection: Selection) -> str:
    """A title that says which date gives a patient the month."""
    return text(key, date=text(f"date_basis.{selection.date_basis}_of"))


def by(key: str, dimension: str) -> str:
    """A title that names the dimension."""
    label = said(dimensions()[dimension].label, language())
    return text(f"{key}.by_dimension", dimension=label[0].lower() + label[1:])


def titled(key: str) -> str:
    """A title that depends on nothing."""
    return text(key)


def cell_title(shown: Shown) -> str:
    """A title that names the part of the measure that is shown."""
    return text("card.detail", of=", ".join(shown.label(dimension, value) for dimension, value in shown.where.items()))


def not_additive(shown: Shown) -> str:
    """Why the rows of the table may not add up."""
    written = shown.table.definition.not_additive
    return shown.say(written) if written else ""

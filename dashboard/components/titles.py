"""Titles of cards that depend on what they show."""

from dashboard import data
from dashboard.estimated import Estimates
from dashboard.shown import Shown
from dashboard.wording import counted, language, said, text
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


def cell_title(shown: Shown, key: str = "card.detail") -> str:
    """A title that names the part of the measure that is shown."""
    return text(key, of=", ".join(shown.label(dimension, value) for dimension, value in shown.where.items()))


def not_additive(shown: Shown, more: str = "") -> str:
    """Why the rows of the table may not add up, and what else there is to say."""
    written = shown.table.definition.not_additive
    return " ".join(each for each in (shown.say(written) if written else "", more) if each)


def advised_against() -> dict[str, str]:
    """Method of contraception → the remark behind its name, for those that the programme advises against."""
    prevention = data.programme().calendar.pregnancy_prevention
    return dict.fromkeys(prevention.not_recommended_methods if prevention else (), text("card.advised_against"))


def denominator(shown: Shown) -> str:
    """What stands below the line, and how it is to be read."""
    return shown.say(shown.table.definition.denominator)


def left_out(whole: Estimates, kept: Estimates, least: int) -> str:
    """How many rows have fewer persons than are asked for; nothing if none has."""
    n = len(whole.shown.frame) - len(kept.shown.frame)
    return counted("estimate.left_out", n, least=least) if n else ""


def undated(shown: Shown) -> str:
    """How many persons had an event that cannot be placed in time; nothing if none had, or nothing is known."""
    n = int(shown.frame["n_unplaced"].sum()) if shown.state == "observed" else 0
    return counted("curve.undated", n) if n else ""

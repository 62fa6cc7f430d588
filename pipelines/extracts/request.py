"""What is asked for, in one frozen object: the same for the page, the command, the file and its manifest."""

from dataclasses import dataclass, field
from typing import Literal, get_args

from pipelines.access.events import ROWS
from pipelines.access.roles import Precision
from pipelines.selection import Regime, Selection

Form = Literal["csv-fr", "csv", "xlsx", "parquet"]
Part = Literal["months", "categories", "events"]
FORMS: tuple[Form, ...] = get_args(Form)
ENDINGS: dict[Form, str] = {"csv-fr": "csv", "csv": "csv", "xlsx": "xlsx", "parquet": "parquet"}


@dataclass(frozen=True)
class Ledger:
    """A part of the protected ledger, all of it: a selection of persons has no place there."""

    part: Part


@dataclass(frozen=True)
class Figures:
    """A measure by some of its dimensions; its own ones if none are said."""

    measure: str
    by: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Rows:
    """The rows of a table of the contract; all its columns if none are said."""

    table: str
    columns: tuple[str, ...] = ()


@dataclass(frozen=True)
class Request:
    """An extract to be made.

    Attributes:
        precision: how exact the dates in rows are.
        language: that of the dictionary and the file's name; the data are codes.
    """

    content: Ledger | Figures | Rows
    form: Form = "csv-fr"
    language: str = "fr"
    selection: Selection = field(default_factory=Selection)
    precision: Precision = "day"

    @property
    def regime(self) -> Regime:
        """Whether it holds only what was published."""
        return "protected" if isinstance(self.content, Ledger) else "exact"

    @property
    def subject(self) -> str:
        """What the journal calls it."""
        if isinstance(self.content, Ledger):
            return "ledger"
        return self.content.measure if isinstance(self.content, Figures) else f"{ROWS}{self.content.table}"

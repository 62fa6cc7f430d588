"""The ledger of treatment as it is shown: one account, month by month, as a chart, a table and a file."""

from dataclasses import dataclass

import pandas as pd

from dashboard.shown import Shown
from dashboard.tables import csv_text
from data_schemas.vocabularies import codes
from pipelines.definitions import dimension_labels
from pipelines.ledger import MOVEMENT, STOP


@dataclass(frozen=True)
class Account:
    """Who was on treatment, came in, left, and is on treatment since.

    Attributes:
        shown: the measure `treatment_movements` of the account by month and kind, whose rows are the lines behind.
        frame: one row for each month: `month`, `opening`, each kind of movement, `closing`, patients.
    """

    shown: Shown
    frame: pd.DataFrame

    @property
    def kinds(self) -> list[str]:
        """The kinds of movement, in the order of their list."""
        return list(codes(MOVEMENT, self.shown.programme))

    @property
    def kinds_in(self) -> list[str]:
        """The ways onto treatment."""
        return [kind for kind in self.kinds if kind != STOP]

    @property
    def heads(self) -> dict[str, str]:
        """Column → what it is called, with the sign by which it enters the account."""
        known = dimension_labels(MOVEMENT, self.shown.programme)
        moved = {kind: f"+ {self.shown.say(known[kind])}" for kind in self.kinds_in}
        return {
            "month": self.shown.dimension("month"),
            "opening": self.shown.text("account.opening"),
            **moved,
            STOP: f"− {self.shown.say(known[STOP])}",
            "closing": f"= {self.shown.text('account.closing')}",
        }

    def readable(self) -> pd.DataFrame:
        """The account in words, the latest month first."""
        latest = self.frame.iloc[::-1]
        numbers = {head: [self.shown.number(int(n)) for n in latest[name]]
                   for name, head in self.heads.items() if name != "month"}  # fmt: skip
        months = [self.shown.label("month", month) for month in latest["month"]]
        return pd.DataFrame({self.heads["month"]: months, **numbers})

    def file(self) -> bytes:
        """The account as a file, the first month first."""
        rows = self.frame[list(self.heads)].astype(str).to_numpy().tolist()
        return csv_text(list(self.heads.values()), rows, self.shown.language)

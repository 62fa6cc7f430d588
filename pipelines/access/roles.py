"""The roles: what each sees, in which regime, and what it may do. What does not stand here is refused.

The regimes of a page: `exact`, true figures and the rows behind them; `protected`, only what the ledger of a release
has published; `open`, a page without figures of the programme.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

Regime = Literal["exact", "protected", "open"]
Action = Literal["rows", "download_exact", "download_protected", "import", "publish", "sign_return"]
Precision = Literal["day", "month", "year"]
RoleName = Literal["mah_officer", "mah_affairs", "ansm_reviewer", "analyst", "dpo", "admin"]

ACTIONS: tuple[Action, ...] = get_args(Action)
PRECISIONS: tuple[Precision, ...] = get_args(Precision)
"""The finest first."""
FIGURES = ("overview", "uptake", "populations", "conformity", "adverse_events", "exposure", "pregnancy_prevention",
           "what_changed", "data_quality", "extracts")  # fmt: skip
OPEN = ("methods", "journal")
"""Pages without figures of the programme; `import_export` shows those of a release before it is published."""

PAGES = (*FIGURES, "monthly_return", "import_export", *OPEN)


@dataclass(frozen=True)
class Role:
    """What someone sees and may do.

    Attributes:
        pages: page → its regime; a page that is not there is refused.
        dates: how exact the dates of single persons may be in a file that they take out.
    """

    name: RoleName
    pages: Mapping[str, Regime]
    actions: frozenset[Action]
    dates: Precision = "month"

    def may(self, action: Action) -> bool:
        """Whether the role includes an action."""
        return action in self.actions

    @property
    def is_protected(self) -> bool:
        """Whether the role reads the protected ledger, and no release."""
        return "protected" in self.pages.values()

    def regime(self, page: str) -> Regime | None:
        """How the role sees a page; none where it does not."""
        return self.pages.get(page)


def _all(pages: tuple[str, ...], regime: Regime) -> dict[str, Regime]:
    return dict.fromkeys(pages, regime)


_METHODS = _all(("methods",), "open")
_EXACT = _all((*FIGURES, "monthly_return"), "exact") | _METHODS

ROLES: Mapping[RoleName, Role] = {
    role.name: role
    for role in (
        Role("mah_officer", _EXACT | _all(("import_export",), "exact"),
             frozenset({"rows", "download_exact", "download_protected", "import", "publish", "sign_return"}), "day"),
        Role("mah_affairs", _EXACT, frozenset({"rows", "download_exact", "download_protected"})),
        Role("ansm_reviewer", _EXACT, frozenset({"rows", "download_exact", "download_protected"}), "day"),
        Role("analyst", _all(FIGURES, "protected") | _METHODS, frozenset({"download_protected"})),
        Role("dpo", _all(OPEN, "open"), frozenset()),
        Role("admin", _METHODS, frozenset()),
    )
}  # fmt: skip
"""Who administers the machine sees no figure; what they do on it is journalled by its commands."""

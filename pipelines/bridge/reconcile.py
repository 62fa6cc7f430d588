"""What was declared to the regulator, held against today's recount: for each month and indication the difference, and
the reasons that the releases give for it.

The reasons run from the release at the declaration's cut-off, as it was published, to the release asked about. What
they do not explain is the residual, and it is shown: the figure declared was not the one that its cut-off allowed to
count, or the store does not hold that release. A reason is never made up for it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from data_schemas.programme import Programme, load
from pipelines.bridge.bridges import Bridge, bridge
from pipelines.bridge.reasons import reasons
from pipelines.cells import months
from pipelines.definitions import definition
from pipelines.errors import StoreError
from pipelines.measure import measure
from pipelines.opened import Opened
from pipelines.release import Release
from pipelines.selection import Selection
from pipelines.store import Store

MEASURE, CUMULATIVE = "new_patients", "cumulative_patients"
BY = ("month", "indication_code")
EXPLAINED, UNEXPLAINED, UNKNOWN_RELEASE, NOT_DECLARED = "explained", "unexplained", "unknown_release", "not_declared"
STATES = (EXPLAINED, UNEXPLAINED, UNKNOWN_RELEASE, NOT_DECLARED)
DECLARED = """
select period, indication_code, version, n_new_patients as declared, cutoff_date, sent_on from core_declarations
qualify row_number() over (partition by period, indication_code order by version desc) = 1
"""


@dataclass(frozen=True)
class Reconciliation:
    """Declared then, recounted now.

    Attributes:
        frame: one row for each month and indication, and one with an empty `indication_code` for the month's total:
            `period`, `indication_code`, `version`, `declared`, `recounted`, `difference`, `cumulative` (recounted), one
            column for each reason, `residual`, `state`, `release` (the one at the declaration's cut-off). Numbers are
            null where nothing was declared; reasons also where that release is unknown.
        moves: one row for each record that entered or left a cell since the release of the cell's declaration:
            `period`, `indication_code`, `key`, `change`, `reason`; restricted circle.
        sent: whether the export held declarations.
    """

    release: str
    frame: pd.DataFrame
    moves: pd.DataFrame
    sent: bool

    @property
    def complete(self) -> bool:
        """Whether no difference is left without its reasons."""
        return not self.frame["residual"].fillna(0).ne(0).any()


def reconcile(store: Store, release: Release, programme: Programme | None = None, periods: Sequence[str] = (),
              declared: pd.DataFrame | None = None) -> Reconciliation:  # fmt: skip
    """Declared figures against a recount.

    Args:
        release: the release that recounts.
        periods: months, `yyyy-mm`; from the first that was declared to the cut-off unless said.
        declared: `period`, `indication_code` (null for the total), `version`, `declared`, `cutoff_date`, `sent_on`, and
            `release`, the one that counted, empty where it is found by cut-off and day; one row a cell. The last
            version of those in the release unless given.
    """
    today = programme or load(release.record["programme"])
    opened = Opened(release, today)
    try:
        known = opened.query(DECLARED) if declared is None else declared
        known = known if "release" in known else known.assign(release="")
        recounted = {name: measure(opened, name, Selection(), BY).frame for name in (MEASURE, CUMULATIVE)}
        last = opened.months[1]
    finally:
        opened.close()
    sent = declared is not None or release.was_sent("declarations")
    first = min(known["period"], default=last)
    wanted = list(periods) or months(first, last)
    codes: list[str | None] = [each.code for each in today.indications if each.counted]
    bridges = _bridges(store, release, today, known[known["period"].isin(wanted)])
    rows = [_row(period, code, known, recounted, bridges) for period in wanted for code in [*codes, None]]
    return Reconciliation(release.name, _typed(pd.DataFrame(rows)), _moves(known, bridges), sent)


SOURCE = ["cutoff_date", "sent_on", "release"]
"""What says which release a declared figure rests on."""


def _bridges(store: Store, release: Release, programme: Programme, known: pd.DataFrame) -> dict[object, Bridge]:
    """`SOURCE` of each declaration → the bridge from the release that it rests on, if there is one."""
    found: dict[object, Bridge] = {}
    made: dict[str, Bridge] = {}
    for cutoff, sent_on, name in known[SOURCE].drop_duplicates().itertuples(index=False):
        base = _held(store, name) if name else store.declared_from(cutoff.date(), sent_on.date(), release)
        if base is not None:
            if base.name not in made:
                made[base.name] = bridge(store, base, release, MEASURE, BY, programme=programme)
            found[cutoff, sent_on, name] = made[base.name]
    return found


def _held(store: Store, name: str) -> Release | None:
    try:
        return store.release(name)
    except StoreError:
        return None


def _moves(known: pd.DataFrame, bridges: dict[object, Bridge]) -> pd.DataFrame:
    """The records that moved in the declared cells; those of a month's total are those of its indications."""
    columns = ["period", "indication_code", "key", "change", "reason"]
    found = [pd.DataFrame(columns=columns)]
    for source, cells in known.groupby(SOURCE):
        if source in bridges:
            moved = bridges[source].moves.rename(columns={"month": "period"})
            whole = set(cells.loc[cells["indication_code"].isna(), "period"])
            named = set(zip(cells["period"], cells["indication_code"], strict=True))
            pairs = zip(moved["period"], moved["indication_code"], strict=True)
            found.append(moved.loc[[pair in named or pair[0] in whole for pair in pairs], columns])
    return pd.concat([each for each in found if len(each)] or found).drop_duplicates(ignore_index=True)


def _row(period: str, code: str | None, known: pd.DataFrame, recounted: dict[str, pd.DataFrame],
         bridges: dict[object, Bridge]) -> dict[str, object]:  # fmt: skip
    mine = known[(known["period"] == period) & (known["indication_code"].isna() if code is None else
                                                 known["indication_code"] == code)]  # fmt: skip
    row: dict[str, object] = {"period": period, "indication_code": code}
    now = {name: int(_cell(frame, period, code)[definition(name).main].sum()) for name, frame in recounted.items()}
    row |= {"recounted": now[MEASURE], "cumulative": now[CUMULATIVE], "state": NOT_DECLARED}
    if mine.empty:
        return row
    last = mine.iloc[0]
    difference = now[MEASURE] - int(last["declared"])
    row |= {"version": int(last["version"]), "declared": int(last["declared"]), "difference": difference}
    found = bridges.get(tuple(last[SOURCE]))
    if found is None:
        return row | {"residual": difference, "state": UNKNOWN_RELEASE}
    sums = _cell(found.frame, period, code)[list(reasons())].sum()
    residual = difference - int(sums.sum())
    state = UNEXPLAINED if residual else EXPLAINED
    row |= {reason: int(sums[reason]) for reason in reasons()}
    return row | {"residual": residual, "state": state, "release": found.before}


def _cell(frame: pd.DataFrame, period: str, code: str | None) -> pd.DataFrame:
    """The cell of a month and indication, or all those of the month."""
    return frame[(frame["month"] == period) & ((frame["indication_code"] == code) | (code is None))]


def _typed(frame: pd.DataFrame) -> pd.DataFrame:
    numbers = ["version", "declared", "recounted", "difference", "cumulative", *reasons(), "residual"]
    columns = ["period", "indication_code", *numbers, "state", "release"]
    return frame.reindex(columns=columns).astype(dict.fromkeys(numbers, "Int64"))

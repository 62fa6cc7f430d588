"""How a statement is made: from the locked release, the programme, what was declared before, what people decided."""

import functools
from collections.abc import Mapping
from datetime import datetime
from importlib.metadata import version
from typing import Any

import pandas as pd

from data_schemas.programme import Programme, load
from data_schemas.programme_parts import Return
from pipelines.bridge.reasons import reasons
from pipelines.bridge.reconcile import EXPLAINED, MEASURE, UNEXPLAINED, Reconciliation, reconcile
from pipelines.cells import months
from pipelines.errors import ReturnError
from pipelines.measure import MeasureTable, measure
from pipelines.opened import Opened
from pipelines.recorded import hashes
from pipelines.release import Release
from pipelines.returns.checks import findings, in_force
from pipelines.returns.drafts import Draft
from pipelines.returns.history import history
from pipelines.returns.statement import Line, Named, Statement
from pipelines.selection import Selection
from pipelines.store import Store


def asked(programme: Programme) -> Return:
    """The monthly return that a programme asks for.

    Raises:
        ReturnError: it asks for none.
    """
    if programme.monthly_return is None:
        raise ReturnError("return.not_asked", programme=programme.name)
    return programme.monthly_return


def make(store: Store, draft: Draft, before: datetime, programme: Programme | None = None) -> Statement:
    """What a return says.

    Args:
        before: returns signed before this moment have been declared; of a sealed return, its own last signature.
        programme: the programme as it was; the shipped one unless said.
    """
    return compared(store, draft, before, programme)[0]


def compared(store: Store, draft: Draft, before: datetime, programme: Programme | None = None
             ) -> tuple[Statement, Reconciliation]:  # fmt: skip
    """The same, with the reconciliation that it rests on: its records are for the restricted circle."""
    release = store.release(draft.release)
    said = programme or load(release.record["programme"])
    asked(said)
    known = history(store, release, before)
    opened = Opened(release, said)
    try:
        first = min([opened.months[0], draft.period, *known.frame["period"]])
        counted = measure(opened, MEASURE, Selection(to_month=draft.period))
        found = findings(opened, draft.period, known.repeated)
    finally:
        opened.close()
    last = known.last
    last = last[last["period"] <= draft.period].reset_index(drop=True)
    reconciled = reconcile(store, release, said, months(first, draft.period), last)
    return _statement(draft, release, said, _lines(reconciled, draft, last), found, counted), reconciled


def _statement(draft: Draft, release: Release, said: Programme, lines: tuple[Line, ...], found: Any,
               counted: MeasureTable) -> Statement:  # fmt: skip
    form = asked(said)
    return Statement(
        programme=said.name, programme_sha256=said.sha256, programme_label=said.label, medicine=said.medicine,
        framework=said.framework, title=form.title, recipient=form.recipient, legal_basis=form.legal_basis,
        definition=form.definition, required_signatures=form.signatures,
        decisions=tuple(each.date.isoformat() for each in in_force(said, draft.period)),
        indications=tuple(Named(code=each.code, label=each.label) for each in said.indications if each.counted),
        period=draft.period, version=draft.version, reason=draft.reason, release=release.name,
        cutoff=release.cutoff, imported_at=release.record["imported_at"], synthetic=release.synthetic, lines=lines,
        findings=found, undocumented=draft.undocumented,
        sources={each["file"]: each["sha256"] for each in release.record["sources"]},
        tables=release.record["hashes"], statement=counted.statement, parameters=dict(counted.parameters),
        software=version("rtu-follow-up"), definitions=hashes(said),
    )  # fmt: skip


def _lines(reconciled: Reconciliation, draft: Draft, known: pd.DataFrame) -> tuple[Line, ...]:
    notes = {(each.period, each.indication_code): each.text for each in draft.notes}
    sources = {(row["period"], _or_none(row["indication_code"])): row for row in known.to_dict("records")}
    lines = (_line(row, sources.get((row["period"], _or_none(row["indication_code"]))), notes)
             for row in reconciled.frame.to_dict("records"))  # fmt: skip
    return tuple(_answered(line, draft) for line in lines)


def _answered(line: Line, draft: Draft) -> Line:
    """A line whose residual a decision of the return answers for, as a reason of its own."""
    if draft.undocumented and line.undocumented:
        answer = "taken_over"
    elif draft.version > 1 and line.period == draft.period:
        answer = "redeclared"
    else:
        return line
    if not line.residual:
        return line
    state = EXPLAINED if line.state == UNEXPLAINED else line.state
    return line.model_copy(update={"reasons": line.reasons | {answer: line.residual}, "residual": 0, "state": state})


def _line(row: Mapping[Any, Any], source: Mapping[Any, Any] | None,
          notes: Mapping[tuple[str, str | None], str]) -> Line:  # fmt: skip
    number = functools.partial(_number, row)
    code = _or_none(row["indication_code"])
    return Line(
        period=row["period"], indication_code=code, version=number("version"), declared=number("declared"),
        sent_on=source["sent_on"].date() if source else None, imported=bool(source and source["imported"]),
        recounted=int(row["recounted"]), cumulative=int(row["cumulative"]), difference=number("difference"),
        reasons={reason: n for reason in reasons() if (n := number(reason))}, residual=number("residual"),
        state=row["state"], note=notes.get((row["period"], code), ""),
    )  # fmt: skip


def _number(row: Mapping[Any, Any], name: str) -> int | None:
    return None if pd.isna(row[name]) else int(row[name])


def _or_none(value: Any) -> str | None:
    return None if pd.isna(value) else str(value)

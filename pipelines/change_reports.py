"""What is said of changes: records between two releases, the bridge of a measure, declared figures and a recount."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from pipelines.bridge.bridges import AFTER, BEFORE, Bridge
from pipelines.bridge.reasons import reasons
from pipelines.bridge.reconcile import EXPLAINED, Reconciliation
from pipelines.messages import say

if TYPE_CHECKING:
    from pipelines.changes import TableChanges  # loads pandera, which is slow

NOTHING = "–"


def changes_report(tables: "Sequence[TableChanges]", definitions: Mapping[str, Sequence[str]], rows: bool, language: str
                   ) -> str:  # fmt: skip
    """Numbers of records in each state for each table, which columns changed, and which definitions; if rows are asked
    for, the keys of the records and what changed in them.
    """
    lines = [say("diff.heading", language)]
    for each in tables:
        if not each.compared:
            lines.append(f"{each.table:<17}" + say("diff.not_sent", language))
            continue
        lines.append(f"{each.table:<17}" + "".join(f"{len(keys):>11}" for keys in each.keys.values()))
        lines += [say("diff.column", language, column=column, n=n) for column, n in each.columns.items()]
        if rows:
            lines += [say(f"diff.{state}", language, keys=", ".join(keys)) for state, keys in each.keys.items() if keys]
            lines += [say("diff.value", language, record=key, column=column, before=_shown(before), after=_shown(after))
                      for key, column, before, after in each.values.itertuples(index=False)]  # fmt: skip
    lines += [say(f"diff.{kind}", language, names=", ".join(names)) for kind, names in definitions.items()]
    return "\n".join(lines)


def bridge_report(found: Bridge, rows: bool, language: str) -> str:
    """Each cell that moved, with its reasons; with rows, the records that entered or left it."""
    if found.not_sent:
        return say("bridge.not_sent", language, tables=", ".join(found.not_sent))
    heading = "bridge.published" if found.recorded else "bridge.recounted"
    title = found.definition.title.in_language(language)
    lines = [say(heading, language, title=title, before=found.before, after=found.after)]
    cells = found.frame.to_dict("records")
    moved = [cell for cell in cells if any(cell[reason] for reason in reasons())]
    for cell in moved:
        name = _cell(cell, found, language)
        lines.append(say("bridge.cell", language, cell=name, before=cell[BEFORE], after=cell[AFTER]))
        lines += _reasons(cell, language)
    if rows:
        lines += [say("bridge.move", language, record=move["key"], direction="→" if move["change"] > 0 else "←",
                      cell=_cell(move, found, language), label=_label(move["reason"], language))
                  for move in found.moves.to_dict("records")]  # fmt: skip
    return "\n".join([*lines, say("bridge.unchanged", language, n=len(cells) - len(moved))])


def reconciliation_report(found: Reconciliation, language: str) -> str:
    """A line for each month's total and for each indication that differs, with the reasons."""
    lines = [say("reconcile.heading", language, release=found.release)]
    if not found.sent:
        lines.append(say("reconcile.none", language))
    lines.append(say("reconcile.columns", language))
    for row in found.frame.to_dict("records"):
        total = _shown(row["indication_code"]) == NOTHING
        if not total and row["state"] == EXPLAINED and not row["difference"]:
            continue
        name = say("reconcile.total", language) if total else row["indication_code"]
        numbers = [_shown(row[each]) for each in ("declared", "recounted", "difference", "cumulative", "residual")]
        lines.append(f"{row['period']:<9}{name:<14}" + "".join(f"{each:>9}" for each in numbers)
                     + "  " + say(f"reconcile.{row['state']}", language))  # fmt: skip
        lines += _reasons(row, language)
    n = int(found.frame["residual"].fillna(0).ne(0).sum())
    lines.append(say("reconcile.incomplete", language, n=n) if n else say("reconcile.complete", language))
    return "\n".join(lines)


def _reasons(cell: Mapping[Any, Any], language: str) -> list[str]:
    return [say("bridge.reason", language, n=f"{cell[reason]:+d}", label=_label(reason, language))
            for reason in reasons() if not pd.isna(cell[reason]) and cell[reason]]  # fmt: skip


def _label(reason: str, language: str) -> str:
    return reasons()[reason].label.in_language(language)


def _cell(values: Mapping[Any, Any], found: Bridge, language: str) -> str:
    return ", ".join(_shown(values[each]) for each in found.by) or say("bridge.everything", language)


def _shown(value: object) -> str:
    return NOTHING if pd.isna(value) else str(value)  # type: ignore[call-overload]

"""Words of a command, while it runs and when it ends.

What was found out about each file, what became of the rows, table by table, and why rows are in quarantine.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from data_schemas.rules import words
from pipelines.imported import Imported
from pipelines.messages import say
from pipelines.opened import Opened

SHOWN = 10


def import_summary(done: Imported, store: Path, language: str) -> str:
    """The closing summary of an import: read = loaded + quarantined for each table."""
    lines = [say("import.heading", language)]
    lines += [f"{count.table:<17}{count.read:>6}{count.loaded:>10}{count.quarantined:>13}{count.warned:>11}"
              for count in done.counts]  # fmt: skip
    if done.not_sent:
        lines.append(say("import.not_sent", language, tables=", ".join(done.not_sent)))
    if quarantined := sum(count.quarantined for count in done.counts):
        lines.append(say("import.quarantine", language, n=quarantined, store=store))
    outcome = "import.new" if done.is_new else "import.same"
    lines.append(say(outcome if done.in_service else "import.older", language, release=done.release.name))
    return "\n".join(lines)


def progress_line(step: str, details: Mapping[str, Any], language: str) -> str:
    """How far an import is; of a file, what was found out about it and on what that rests."""
    if step == "note":
        return say(f"import.note.{details['note']}", language, file=details["file"], n=details["n"])
    if step != "file":
        return say(f"import.{step}", language, **details)
    told = dict(details) | {"date_order": say(f"import.dates.{details['date_order']}", language)}
    told["separator"], told["decimal"] = f"« {details['separator'] or '–'} »", f"« {details['decimal']} »"
    for name, counts in details["evidence"].items():
        evidence = ", ".join(say(f"import.evidence.{what}", language, n=n) for what, n in counts.items())
        told[name] = say(f"import.found.{details['confidence'][name]}", language, found=told[name], evidence=evidence)
    return say("import.file", language, **told)


def quarantine_report(opened: Opened, language: str) -> str:
    """For each file the reasons, the lines on which they were found, and what to do."""
    rows = opened.query(
        """with reasons as (select table_name, file, line, unnest(reasons) as reason from quarantine)
        select table_name, file, reason, count(*) as n, list(line order by line)[1:10] as lines
        from reasons group by all order by table_name, file, n desc, reason"""
    )
    sizes = opened.query("select table_name, file, count(*) as n from quarantine group by all order by all")
    report = []
    for table, file, n in sizes.itertuples(index=False):
        report.append(say("quarantine.file", language, file=file, table=table, n=n))
        for row in rows[(rows["table_name"] == table) & (rows["file"] == file)].itertuples(index=False):
            report.append(_reason(str(row.reason), int(row.n), list(row.lines), language))
    return "\n".join(report) or say("quarantine.none", language)


def _reason(reason: str, n: int, lines: list[int], language: str) -> str:
    rule, _, column = reason.partition(":")
    shown = ", ".join(str(line) for line in lines)
    if n > SHOWN:
        shown = say("quarantine.more", language, lines=shown, n=n - SHOWN)
    said = words(rule)
    return say("quarantine.reason", language, column=column or "–", text=said.text.in_language(language),
               lines=shown, remedy=said.remedy.in_language(language))  # fmt: skip

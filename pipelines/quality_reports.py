"""What is said of rows in quarantine and of rules that fail; never a value of a row."""

from data_schemas.rules import words
from pipelines.findings import STABLE, states
from pipelines.messages import say
from pipelines.opened import Opened
from pipelines.release import Release
from pipelines.store import Store

SHOWN = 10


def quarantine_list(store: Store, language: str) -> str:
    """A line for each release: rows in quarantine, those only counted, rows warned of."""
    current = store.current()
    if current is None:
        return say("store.no_release", language, store=store.folder.name)
    lines = [say("quarantine.heading", language)]
    for release in store.releases():
        opened = Opened(release)
        no_text = len(opened.query("select 1 from quarantine where original is null"))
        opened.close()
        mark = "*" if release.name == current.name else " "
        lines.append(f"{mark} {release.name:<22}{release.total('quarantined'):>12}{no_text:>17}"
                     f"{release.total('warned'):>11}")  # fmt: skip
    return "\n".join([*lines, say("releases.mark", language)])


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


def findings_report(store: Store, release: Release, stable: bool, language: str) -> str:
    """For each rule that fails, or failed before: its state, numbers and words."""
    before = store.compared_with(release)
    name = before.name if before else say("findings.no_previous", language)
    frame = states(release, before)
    shown = frame if stable else frame[frame["state"] != STABLE]
    lines = [say("findings.heading", language, release=release.name, before=name)]
    lines.append(say("findings.columns" if len(shown) else "findings.none", language))
    for row in shown.itertuples(index=False):
        state = say(f"findings.{row.state}", language)
        lines.append(f"{state:<11}{row.n_failing:>8}{row.n_checked:>11}{row.n_new:>11}{row.n_persisting:>14}"
                     f"{row.n_resolved:>10}  {row.rule}")  # fmt: skip
        text = words(str(row.rule)).text.in_language(language)
        lines.append(say("findings.rule", language, table=row.table_name, column=row.column_name or "–", text=text))
    return "\n".join(lines)

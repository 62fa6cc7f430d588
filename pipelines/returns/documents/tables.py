"""The figures of a return as a CSV for machines and as a workbook."""

import csv
import datetime as dt
import io
from collections.abc import Sequence
from typing import Any

import xlsxwriter

from pipelines.bridge.reasons import every_reason
from pipelines.messages import say
from pipelines.returns.documents import content
from pipelines.returns.documents.content import Language
from pipelines.returns.drafts import Signature
from pipelines.returns.statement import Line, Statement

COLUMNS = ("period", "indication_code", "version", "declared", "sent_on", "imported", "recounted", "difference",
           "cumulative")  # fmt: skip
CREATED = dt.datetime(2000, 1, 1)  # noqa: DTZ001 - xlsxwriter writes it as it is
"""The workbook's own date: the return's dates stand in its sheets."""
WIDTH, WIDE = 14, 46


def as_csv(said: Statement) -> bytes:
    """One row for each month and indication, an empty code for the month's total; `;` and a BOM, for French Excel."""
    stream = io.StringIO()
    writer = csv.writer(stream, delimiter=";", lineterminator="\r\n")
    writer.writerow([*COLUMNS, *every_reason(), "residual", "state", "marking"])
    marking = content.marking(said, Language("fr"))
    for line in said.lines:
        values = line.model_dump(mode="json")
        numbers = [line.reasons.get(reason, 0) if line.decomposed else "" for reason in every_reason()]
        plain = [_plain(values[each]) for each in COLUMNS]
        writer.writerow([*plain, *numbers, _plain(line.residual), line.state, marking])
    return b"\xef\xbb\xbf" + stream.getvalue().encode()


def workbook(said: Statement, signatures: Sequence[Signature], language: str) -> bytes:
    """The return's tables, a sheet each."""
    to, stream = Language(language), io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
                                        "strings_to_numbers": False})  # fmt: skip
    book.set_properties({"title": f"{to.text(said.title)} {said.name}", "comments": content.marking(said, to),
                         "created": CREATED})  # fmt: skip
    head = book.add_format({"bold": True, "text_wrap": True, "bottom": 1, "valign": "top"})
    for name, rows in _sheets(said, signatures, to):
        sheet = book.add_worksheet(name)
        sheet.set_column(0, 0, WIDE)
        sheet.set_column(1, len(rows[0]), WIDTH)
        sheet.write_string(0, 0, content.marking(said, to), book.add_format({"bold": True}))
        if said.synthetic:
            sheet.write_string(1, 0, to("synthetic"))
        for row, values in enumerate(rows, start=2):
            for column, value in enumerate(values):
                sheet.write(row, column, value, head if row == 2 else None)  # noqa: PLR2004 - below the marking
        sheet.freeze_panes(3, 1)
    book.close()
    return stream.getvalue()


def _sheets(said: Statement, signatures: Sequence[Signature], to: Language) -> list[tuple[str, list[Sequence[Any]]]]:
    """Name → rows, the header first."""
    figure = said.figure, content.headline(said, to)
    identified = [(to("figure"), figure[0]), ("", figure[1]), *content.identifiers(said, to)]
    if said.reason:
        identified.append((to("reason"), said.reason))
    if said.undocumented:
        identified.append((to("undocumented"), said.undocumented))
    balances = [(content.indication(said, each.indication_code, to), each.declared, each.undeclared, each.difference,
                 each.new, each.cumulative) for each in said.balances]  # fmt: skip
    findings = [(content.finding(each, to), to(f"severity.{each.severity}")) for each in said.findings]
    labels = [to.text(reason.label) for reason in every_reason().values()]
    return [
        (to("figure"), [(to("item"), to("value")), *identified]),
        (to("by_indication"), [(to("indication"), to("declared_before"), to("undeclared"), to("difference"), to("new"),
                                to("cumulative")), *balances]),
        (to("month_by_month"), [(to("indication"), to("period"), to("version"), to("sent_on"), to("origin"),
                                 to("declared"), to("recounted"), to("difference"), to("cumulative"), *labels,
                                 to("residual"), to("state"), to("note")),
                                *(_row(said, line, to) for line in said.lines)]),
        (to("findings")[:31], [(to("findings"), ""), *(findings or [(to("findings.none"), "")])]),
        (to("signatures"), [(to("name"), to("role"), to("at")),
                            *(content.signed(signatures, to) or [(to("signatures.none"), "", "")])]),
        ("SHA-256", [(to("file"), "SHA-256"), *content.sources(said)]),
    ]  # fmt: skip


def _row(said: Statement, line: Line, to: Language) -> list[Any]:
    numbers = [line.reasons.get(reason, 0) if line.decomposed else content.NOTHING for reason in every_reason()]
    return [content.indication(said, line.indication_code, to), line.period, _or_dash(line.version),
            to.day(line.sent_on), content.origin(line, to), _or_dash(line.declared), line.recounted,
            _or_dash(line.difference), line.cumulative, *numbers, _or_dash(line.residual),
            say(f"reconcile.{line.state}", to.code), line.note]  # fmt: skip


def _plain(value: object) -> object:
    return "" if value is None else int(value) if isinstance(value, bool) else value


def _or_dash(value: int | None) -> int | str:
    return content.NOTHING if value is None else value

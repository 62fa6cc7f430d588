"""The columns and rows of a request, in the manner of a tidy table: one row each thing, one column each fact, codes.

Nothing is lost where a cell is empty: a count has its `state` beside it, and rows say in `empty_cells` for which column
what is not recorded and what nobody collects.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd
import pyarrow as pa

from data_schemas.dictionary import column_text, texts
from data_schemas.disclosure import Disclosure
from data_schemas.programme import Programme
from data_schemas.programme_parts import Text
from data_schemas.tables import TABLES, Table, metadata
from pipelines import sql
from pipelines.access.roles import Precision
from pipelines.definitions import count_texts, definition, dimensions
from pipelines.errors import ExtractError
from pipelines.extracts.pseudonyms import keyed, named, pseudonym
from pipelines.extracts.request import Figures, Ledger, Rows
from pipelines.measure import measure
from pipelines.messages import messages
from pipelines.opened import Opened
from pipelines.protected.lines import Ledger as Published
from pipelines.protected.reading import answer
from pipelines.selection import RELATIONS, Selection
from pipelines.states import NOT_COLLECTED, NOT_RECORDED, NOT_SENT

STATE, EMPTY = "state", "empty_cells"
STRETCH, SORTED = 8_192, 100_000
"""Rows that are handed over, and sorted, at a time."""
DAY_FORMATS: Mapping[Precision, str] = {"month": "%Y-%m", "year": "%Y"}
LETTERS: Mapping[Precision, int] = {"month": 7, "year": 4}
KINDS = {"integer": "integer", "decimal": "decimal", "date": "day"}
PATIENTS, EPISODES = "patient_id", "episode_id"


@dataclass(frozen=True)
class Column:
    """A column of an extract.

    Attributes:
        kind: `text`, `integer`, `decimal` or `day`.
        vocabulary: the list of its codes, if it has one.
        note: key of a remark on how it was made.
    """

    name: str
    kind: str
    label: Text
    meaning: Text
    vocabulary: str | None = None
    note: str = ""


@dataclass(frozen=True)
class Content:
    """What an extract holds.

    Attributes:
        title: what the file is called after; `grain` says what one row is.
        applied: the selection as it was applied, which may be less than what was asked for.
        statement, parameters: the SQL as run; a text in its place where nothing was queried.
        batches: the rows, each time anew; bound values that must not be written down are given here.
        remarks: what else a reader must know, each in both languages.
    """

    title: Text
    grain: Text
    columns: tuple[Column, ...]
    n_rows: int
    applied: Selection
    statement: str
    parameters: Mapping[str, object]
    batches: Callable[[Mapping[str, object]], Iterator[pa.RecordBatch]]
    remarks: tuple[Text, ...] = ()
    precision: Precision | None = None
    kinds: Mapping[str, str] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "kinds", {each.name: each.kind for each in self.columns})


def ledger_part(published: Published, asked: Ledger) -> Content:
    """A part of the ledger, each of its numbers in one row: `months`, `categories` or `events`."""
    frame = {"months": _months, "categories": _categories, "events": _events}[asked.part](published)
    kinds = {"n": "integer", "undivided": "integer", "depth": "integer"}
    columns = tuple(
        Column(name, kinds.get(name, "text"), *_said(f"extract.column.{name}"),
               "indication" if name == "indication_code" else None)
        for name in frame.columns
    )  # fmt: skip
    return Content(_message(f"extract.ledger.{asked.part}"), _message(f"extract.grain.{asked.part}"), columns,
                   len(frame), Selection(regime="protected"), "", {}, _from(frame, columns),
                   (_message("extract.note.ledger"),))  # fmt: skip


def _months(published: Published) -> pd.DataFrame:
    return answer(published, Selection(), by="month").frame


def _categories(published: Published) -> pd.DataFrame:
    return _by_indication(published, None, [each.column for each in _plan(published).variables])


def _events(published: Published) -> pd.DataFrame:
    frames = [_by_indication(published, each.event, [cut.column for cut in each.cuts])
              for each in _plan(published).chains]  # fmt: skip
    return pd.concat(frames, ignore_index=True) if frames else _by_indication(published, None, []).head(0)


def _plan(published: Published) -> Disclosure:
    return published.begun.plan


def _by_indication(published: Published, of: str | None, dimensions_: Sequence[str]) -> pd.DataFrame:
    """For each indication all its people, then each variable."""
    frames = []
    for code in published.begun.indications:
        selection = Selection(indications=(code,))
        total = answer(published, selection, of)
        whole = pd.DataFrame({"code": [""], "parent": [""], "depth": [0], "n": [total.total],
                              "undivided": [total.undivided], "state": [total.state]})  # fmt: skip
        frames.append(whole.assign(dimension=""))
        frames += [answer(published, selection, of, each).frame.assign(dimension=each) for each in dimensions_]
        for each in frames:
            if "indication_code" not in each:
                each.insert(0, "indication_code", code)
    names = ["event", "indication_code", "dimension", "code", "parent", "depth", "n", "undivided", "state"]
    frame = pd.concat([each.astype(object) for each in frames], ignore_index=True)
    frame["event"] = of or ""
    return frame[names].astype({"n": "Int64", "undivided": "Int64", "depth": "Int64"})


def figures(opened: Opened, asked: Figures, selection: Selection) -> Content:
    """A measure's cells, as the screen has them; one row that says so where its tables were not sent."""
    found = measure(opened, asked.measure, selection, asked.by)
    head = definition(asked.measure)
    frame = found.frame[[*found.by, *head.counts, STATE]]
    if found.not_sent:
        frame = pd.DataFrame([[*[None] * (len(frame.columns) - 1), NOT_SENT]], columns=frame.columns)
    columns = [
        *(Column(each, "text", dimensions()[each].label, dimensions()[each].label, dimensions()[each].vocabulary)
          for each in found.by),
        *(Column(each, "integer", count_texts()[each].label, head.unit) for each in head.counts),
        Column(STATE, "text", *_said("extract.column.state")),
    ]  # fmt: skip
    remarks = (head.question, head.denominator, head.included, head.excluded, *([head.not_additive] if head.not_additive
               else []))  # fmt: skip
    return Content(head.title, _message("extract.grain.figures"), tuple(columns), len(frame), selection,
                   found.statement, found.parameters, _from(frame, columns), remarks)  # fmt: skip


def _from(frame: pd.DataFrame, columns: Sequence[Column]) -> Callable[[object], Iterator[pa.RecordBatch]]:
    types = {"text": pa.string(), "integer": pa.int64()}
    target = pa.schema([(each.name, types[each.kind]) for each in columns])

    def batches(_: object) -> Iterator[pa.RecordBatch]:
        yield from pa.Table.from_pandas(frame, schema=target, preserve_index=False).to_batches(STRETCH)

    return batches


def rows(opened: Opened, asked: Rows, selection: Selection, precision: Precision) -> Content:
    """The rows of a table, in an order that tells nothing, with pseudonyms of their own.

    They come in stretches drawn by a keyed hash, each in an order of its own, so that one is sorted at a time.

    Raises:
        ExtractError: there is no such table or column, or the table was not sent.
    """
    table = TABLES.get(asked.table)
    if table is None:
        raise ExtractError("extract.unknown_table", known=", ".join(TABLES))
    if not opened.release.was_sent(table.name):
        raise ExtractError("extract.not_sent", table=table.name)
    if unknown := [each for each in asked.columns if each not in table.columns]:
        raise ExtractError("extract.unknown_column", table=table.name, n=len(unknown), known=", ".join(table.columns))
    chosen = [each for each in table.columns if not asked.columns or each in asked.columns]
    columns = [_column(table.name, each, precision, opened.programme) for each in chosen]
    selected = ", ".join(f"{_written(table.name, each, precision)} as {sql.name(each)}" for each in chosen)
    empty = _empty(table.name, chosen, opened.programme)
    applied, condition = _kept(table.name, table.columns, selection)
    source = f"core_{table.name} t{condition}"
    relations = f"with {RELATIONS}\n" if condition else ""
    drawn = f"hash($key_inner, {sql.row_key(table.key, 't.')}) % $stretches = $stretch"
    statement = (f"{relations}select {selected}, {empty} as {EMPTY}\nfrom {source}"
                 f"{' and ' if condition else ' where '}{drawn}\norder by {_order(table)}")  # fmt: skip
    asked_of = applied.parameters if condition else {}
    counted = opened.query(f"{relations}select count(*) as n from {source}", asked_of)
    n_rows = int(counted["n"].iloc[0])
    stretches = n_rows // SORTED + 1
    parameters = {**asked_of, "stretches": stretches}
    said = texts("tables")[table.name]
    columns.append(Column(EMPTY, "text", *_said(f"extract.column.{EMPTY}")))

    def batches(hidden: Mapping[str, object]) -> Iterator[pa.RecordBatch]:
        for stretch in range(stretches):
            yield from opened.batches(statement, {**parameters, **hidden, "stretch": stretch}, STRETCH)

    said_of = {**parameters, "stretch": f"0 … {stretches - 1}"}
    return Content(said["label"], said["text"], tuple(columns), n_rows, applied, statement, said_of, batches,
                   (_message("extract.note.rows"),), precision)  # fmt: skip


def _order(table: Table) -> str:
    """An order that tells nothing, as SQL: that of the pseudonyms of the rows' keys."""
    if len(table.key) == 1:
        return keyed(named(table.key[0], "t"))
    return keyed(f"{sql.literal('row:')} || {sql.row_key(table.key, 't.')}")


def _column(table: str, column: str, precision: Precision, programme: Programme) -> Column:
    said, about = column_text(table, column), metadata(table, column)
    kind = KINDS.get(about["kind"], "text")
    note = "extract.note.pseudonym" if about["kind"] == "identifier" else ""
    if about["kind"] in {"date", "partial_date"} and precision != "day":
        kind, note = "text", f"extract.note.{precision}"
    if not programme.collects(table, column):
        note = "extract.note.not_collected"
    return Column(column, kind, said["label"], said["text"], about.get("vocabulary"), note)


def _written(table: str, column: str, precision: Precision) -> str:
    """A column as SQL, as it may leave."""
    kind, name = metadata(table, column)["kind"], f"t.{sql.name(column)}"
    if kind == "identifier":
        return pseudonym(column, "t")
    if kind == "date" and precision != "day":
        return f"strftime({name}, {sql.literal(DAY_FORMATS[precision])})"
    if kind in {"partial_date", "month"} and precision != "day":
        return f"left({name}, {LETTERS[precision]})"
    return name


def _empty(table: str, columns: Sequence[str], programme: Programme) -> str:
    """Which cells of a row are empty, and why, as SQL."""
    states = {each: NOT_RECORDED if programme.collects(table, each) else NOT_COLLECTED for each in columns}
    parts = [f"case when t.{sql.name(each)} is null then {sql.literal(f'{each}:{state}')} end"
             for each, state in states.items()]  # fmt: skip
    return f"concat_ws(' ', {', '.join(parts)})"


def _kept(table: str, columns: Sequence[str], selection: Selection) -> tuple[Selection, str]:
    """The selection as a table can have it, and its condition: of patients, of regions for centres, none for others."""
    if table == "centres":
        regional = Selection(regions=selection.regions)
        inside = "t.centre_id in (select centre_id from selected_centres)"
        return regional, f" where {inside}" if selection.regions else ""
    if selection.is_everyone or not {PATIENTS, EPISODES} & set(columns):
        return Selection(), ""
    patients = "select patient_id from selected_patients"
    if PATIENTS in columns:
        return selection, f" where t.patient_id in ({patients})"
    episodes = f"select episode_id from core_initiations where patient_id in ({patients})"
    return selection, f" where t.episode_id in ({episodes})"


def _said(key: str) -> tuple[Text, Text]:
    label, _, _ = key.rpartition(".")
    return _message(key), _message(f"{label}.{key.rpartition('.')[2]}.meaning")


def _message(key: str) -> Text:
    return messages()[key]

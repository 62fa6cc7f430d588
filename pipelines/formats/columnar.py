"""Parquet and SAS transport files: typed columns turned into the text that a CSV file would hold.

Days become yyyy-mm-dd, numbers plain figures with a point, booleans 0 and 1. Rows are numbered from 1.
"""

import datetime as dt
import math
from collections.abc import Iterable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pyreadstat

from pipelines import sql
from pipelines.dialect import Content, Dialect
from pipelines.durable import sha256
from pipelines.errors import ExportRefused, Problem
from pipelines.formats import archive
from pipelines.formats.opening import Memory
from pipelines.formats.readable import Kinds, Readable

MOST_ROWS = 200_000_000
SHORT = 8
"""Names of the columns of a SAS transport file of version 5 are cut to so many letters."""

FIRST_DAY = dt.datetime(1960, 1, 1)  # noqa: DTZ001 - SAS counts from here, in no time zone
DATE, DATETIME = "DATE", "DATETIME"
DAY_FORMATS = ("DATE", "DDMMYY", "MMDDYY", "YYMMDD", "JULIAN", "E8601DA", "B8601DA", "IS8601DA", "WEEKDATE", "WORDDATE")
TIME_FORMATS = ("DATETIME", "E8601DT", "B8601DT", "IS8601DT", "DATEAMPM")


def read_parquet(name: str, path: Path) -> Readable:
    """A Parquet file as it is, with the SQL of each column's text.

    Raises:
        ExportRefused: not Parquet, damaged, too large, no column, or a column that is neither text, number nor day.
    """
    try:
        with pq.ParquetFile(path) as opened:
            schema, metadata = opened.schema_arrow, opened.metadata
            n_rows = metadata.num_rows
            size = sum(metadata.row_group(n).total_byte_size for n in range(metadata.num_row_groups))
    except (pa.ArrowException, OSError, ValueError):
        raise ExportRefused([Problem("columnar.unreadable", {"file": name})]) from None
    if n_rows > MOST_ROWS or size > archive.MOST_BYTES:
        details = {"file": name, "most": archive.MOST_BYTES >> 20}
        raise ExportRefused([Problem("archive.too_large", details)])
    texts = {title: _text(sql.name(title), schema.field(place).type) for place, title in enumerate(schema.names)}
    if problems := [Problem("columnar.no_text", {"file": name, "column": title.lower()})
                    for title, text in texts.items() if text is None]:  # fmt: skip
        raise ExportRefused(problems)
    header = _header(name, [title.strip().lower() for title in schema.names])
    expressions = {column: text for column, text in zip(header, texts.values(), strict=True) if text}
    return Readable(path, "parquet", _content(path, "parquet", n_rows), Dialect("", "", header, 0), expressions)


def _text(column: str, kind: pa.DataType) -> str | None:  # noqa: PLR0911 - one answer for each type
    if pa.types.is_dictionary(kind):
        return _text(column, kind.value_type)
    if pa.types.is_boolean(kind):
        return f"cast(cast({column} as integer) as varchar)"
    if pa.types.is_floating(kind):
        whole, plain = f"{column} = trunc({column}) and abs({column}) < 1e15", f"cast({column} as varchar)"
        integer = f"cast(cast({column} as bigint) as varchar)"
        return f"case when {whole} then {integer} when not isnan({column}) then {plain} end"
    if pa.types.is_decimal(kind):
        text = f"cast({column} as varchar)"
        return f"case when contains({text}, '.') then rtrim(rtrim({text}, '0'), '.') else {text} end"
    if pa.types.is_timestamp(kind):
        day = f"cast(cast({column} as date) as varchar)"
        return f"case when {column} = date_trunc('day', {column}) then {day} else cast({column} as varchar) end"
    if pa.types.is_integer(kind) or pa.types.is_date(kind) or pa.types.is_null(kind):
        return f"cast({column} as varchar)"
    return (
        column if pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind) else None
    )


def read_xport(name: str, path: Path, kinds: Kinds, memory: Memory) -> Readable:
    """A SAS transport file, with its cut names made long again where only one column of the contract fits.

    Raises:
        ExportRefused: not a transport file, damaged, or a name that several columns fit.
    """
    columns, metadata = _xport(name, path)
    header = _header(name, _long_names(name, [title.strip().lower() for title in columns], kinds))
    formats = metadata.original_variable_types
    texts = [pa.array(_texts(values, str(formats.get(title) or "")), pa.string()) for title, values in columns.items()]
    table = pa.table(texts, names=list(header))
    converted = memory(name)
    pq.write_table(table, converted)
    expressions = {column: sql.name(column) for column in header}
    content = _content(path, "xpt", table.num_rows)
    return Readable(converted, "xpt", content, Dialect("", "", header, 0), expressions)


def _xport(name: str, path: Path) -> tuple[dict[str, list[object]], pyreadstat.metadata_container]:
    for encoding in (None, "WINDOWS-1252"):  # naming UTF-8 would leave out, unsaid, an accent that is cut
        try:
            columns, metadata = pyreadstat.read_xport(
                path, encoding=encoding, output_format="dict", disable_datetime_conversion=True
            )
            if None not in columns:  # a name that is no text
                return columns, metadata
            break
        except UnicodeDecodeError:
            continue
        except (pyreadstat.ReadstatError, pyreadstat.PyreadstatError, OSError, ValueError, OverflowError):
            break
    raise ExportRefused([Problem("columnar.unreadable", {"file": name})])


def _texts(values: Iterable[object], sas_format: str) -> list[str | None]:
    name = sas_format.upper().rstrip("0123456789.")
    kind = DATETIME if name.startswith(TIME_FORMATS) else DATE if name.startswith(DAY_FORMATS) else ""
    return [_plain(value, kind) for value in values]


def _plain(value: object, kind: str) -> str | None:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return None
    if not isinstance(value, int | float):
        return str(value)
    if kind:
        try:
            moment = FIRST_DAY + (dt.timedelta(seconds=value) if kind == DATETIME else dt.timedelta(days=value))
        except OverflowError:
            return repr(value)  # no day: a row at fault
        return moment.date().isoformat() if moment.time() == dt.time() else moment.isoformat(" ")
    return str(int(value)) if value == int(value) else repr(value)


def _long_names(file: str, names: list[str], kinds: Kinds) -> list[str]:
    found, problems = [], []
    for name in names:
        fitting = [column for column in kinds if column.startswith(name)] if len(name) == SHORT else []
        if name in kinds or not fitting:
            found.append(name)
        elif len(fitting) == 1:
            found.append(fitting[0])
        else:
            details: dict[str, object] = {"file": file, "column": name, "columns": ", ".join(fitting)}
            problems.append(Problem("columnar.short_name", details))
    if problems:
        raise ExportRefused(problems)
    return found


def _header(file: str, names: list[str]) -> tuple[str, ...]:
    if not names:
        raise ExportRefused([Problem("export.not_a_table", {"file": file})])
    if "" in names:
        raise ExportRefused([Problem("export.blank_column", {"file": file, "place": names.index("") + 1})])
    if repeated := sorted({name for name in names if names.count(name) > 1}):
        raise ExportRefused([Problem("export.repeated_column", {"file": file, "column": name}) for name in repeated])
    return tuple(names)


def _content(path: Path, form: str, n_rows: int) -> Content:
    return Content(sha256(path), form, path.stat().st_size, n_rows, True, False, n_records=n_rows)

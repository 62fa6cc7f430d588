"""Text files that all executors read at once: those in which each line is a row, which all of its lines must prove.

A file with a quote that is not closed, a line break within quotes or a quote in the middle of a field is for the reader
of one machine, which follows such text from its beginning.
"""

import re
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path

from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as f

from pipelines.dialect import Dialect
from pipelines.engines import trailing_name

LONGEST = 2_000_000
"""Characters of a line that the reader of one machine takes."""
PLACE = (1 << 33) - 1
"""The part of Spark's own number of a row that counts within its piece of the file."""


@dataclass(frozen=True)
class LandedLines:
    """The rows of a file, with `rowid` from 0, and beside them the lines that are none."""

    rows: DataFrame
    broken: DataFrame


def land(session: SparkSession, path: Path, dialect: Dialect) -> LandedLines | None:
    """The rows of a UTF-8 file; none where a line alone does not say what it is."""
    columns = [*dialect.header, *map(trailing_name, range(dialect.n_trailing))]
    fields = _fields(dialect)
    every = session.read.text(str(path)).select(
        f.col("value"), f.spark_partition_id().alias("piece"),
        f.monotonically_increasing_id().bitwiseAND(f.lit(PLACE)).alias("place"))  # fmt: skip
    below = (f.col("piece") > 0) | (f.col("place") >= dialect.first_line)
    is_row = f.size(fields) == len(columns)
    counts = every.groupBy("piece").agg(
        f.count("*").alias("n_lines"), f.count_if(~_regular(dialect)).alias("n_irregular"),
        f.count_if(below & (f.col("value") != "") & is_row).alias("n_rows")).orderBy("piece").collect()  # fmt: skip
    if not counts or counts[0].n_lines < dialect.first_line or any(each.n_irregular for each in counts):
        return None
    if [each.piece for each in counts] != list(range(len(counts))):
        return None
    lines_before = _before([each.n_lines for each in counts])
    rows_before = _before([each.n_rows for each in counts])
    data = every.where(below & (f.col("value") != "")).withColumn("fields", fields)
    number = rows_before + f.monotonically_increasing_id().bitwiseAND(f.lit(PLACE))
    cells = [_cell(f.col("fields")[place], dialect).alias(column) for place, column in enumerate(columns)]
    rows = data.where(f.size("fields") == len(columns)).select(number.alias("rowid"), *cells)
    record = lines_before + f.col("place") + 1 - dialect.first_line
    broken = data.where(f.size("fields") != len(columns)).select(
        record.alias("record"), f.col("value").alias("original"), f.lit("malformed_line").alias("rule"))  # fmt: skip
    return LandedLines(rows, broken)


def _before(counts: list[int]) -> Column:
    """How many there are in the pieces before this one."""
    sums = [0, *accumulate(counts)][:-1]
    return f.element_at(f.array(*(f.lit(each).cast("bigint") for each in sums)), f.spark_partition_id() + 1)


def _quoted(dialect: Dialect) -> str:
    quote = re.escape(dialect.quote)
    return f"{quote}[^{quote}]*+(?:{quote}{quote}[^{quote}]*+)*+{quote}"


def _field(dialect: Dialect) -> str:
    return f"(?:{_quoted(dialect)}|[^{re.escape(dialect.quote + dialect.separator)}]*+)"


def _regular(dialect: Dialect) -> Column:
    """Whether a line says by itself what its fields are."""
    line, field = f.col("value"), _field(dialect)
    whole = f"^{field}(?:{re.escape(dialect.separator)}{field})*+$"
    return (f.octet_length(line) < LONGEST) & (~f.contains(line, f.lit(dialect.quote)) | line.rlike(whole))


def _fields(dialect: Dialect) -> Column:
    line, separator = f.col("value"), re.escape(dialect.separator)
    plain = f.split(line, separator)
    quoted = f.regexp_extract_all(
        f.concat(line, f.lit(dialect.separator)), f.lit(f"({_field(dialect)}){separator}"), f.lit(1)
    )
    return f.when(f.contains(line, f.lit(dialect.quote)), quoted).otherwise(plain)


def _cell(field: Column, dialect: Dialect) -> Column:
    """A field without its quotes; an empty one is null."""
    quote = f.lit(dialect.quote)
    bare = f.replace(f.substr(field, f.lit(2), f.length(field) - 2), f.concat(quote, quote), quote)
    text = f.when(f.startswith(field, quote), bare).otherwise(field)
    return f.nullif(text, f.lit(""))

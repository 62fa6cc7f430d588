"""A file of an export, made ready for the engine to read."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from pipelines.dialect import Content, Dialect
from pipelines.formats.opening import Openable

Form = Literal["csv", "xlsx", "parquet", "xpt"]
SUFFIXES: Mapping[str, Form] = {
    ".csv.gz": "csv", ".csv": "csv", ".tsv": "csv", ".txt": "csv", ".xlsx": "xlsx", ".parquet": "parquet",
    ".xpt": "xpt",
}  # fmt: skip
"""The longest first."""

LINE = "line of the sheet"
"""The column of a converted file that says where each row stood."""

Kinds = Mapping[str, frozenset[str]]
"""Column of a file → the kinds of the columns of the contract that are read from it."""


@dataclass(frozen=True)
class Readable:
    """What the engine reads in place of a file.

    Attributes:
        path: a text file, or, for any other form, the place of a Parquet file.
        expressions: for a form other than text, column → SQL of its text.
        has_lines: whether the Parquet file says on which line each row stood, in column `LINE`.
    """

    path: Openable
    form: Form
    content: Content
    dialect: Dialect
    expressions: Mapping[str, str] = field(default_factory=dict)
    has_lines: bool = False


def suffix_of(name: str) -> str | None:
    """The ending by which a file's form is known."""
    return next((suffix for suffix in SUFFIXES if name.lower().endswith(suffix)), None)


def stem_of(name: str) -> str:
    """The name of the table that a file is, in small letters."""
    return name[: len(name) - len(suffix_of(name) or "")].lower()

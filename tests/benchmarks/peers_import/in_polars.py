"""The same export checked by polars and Pandera: `python in_polars.py EXPORT FOLDER`, run by the peers' Python.

Reads each CSV as text, makes values of it, validates all columns of the contract lazily with Pandera's schemas for
polars, made from those of `data_schemas.tables`, leaves failing rows out and writes the rest as Parquet. What it does
not do is said in `in_pandas.py`.
"""

import pandera.errors
import pandera.polars as pa
import polars as pl
from asked import tables

from data_schemas.programme import Programme
from data_schemas.tables import Table, metadata, schema
from data_schemas.vocabularies import spellings

TYPES = {"date": pl.Date, "integer": pl.Int64, "decimal": pl.Float64}


def polars_schema(table: Table, programme: Programme) -> pa.DataFrameSchema:
    """The schema of a table, with the types of polars."""
    columns = {
        name: pa.Column(TYPES.get(column.metadata["kind"], pl.String), checks=column.checks, nullable=column.nullable,
                        required=column.required)
        for name, column in schema(table, programme).columns.items()
    }  # fmt: skip
    return pa.DataFrameSchema(columns, name=table.name, unique=list(table.key), strict=True)


def values(table: str, text: pl.DataFrame, programme: Programme) -> pl.DataFrame:
    """Text → values; what cannot be read is empty, and then fails if the column must be filled; labels become codes."""

    def made(name: str) -> pl.Expr:
        kind, column = metadata(table, name)["kind"], pl.col(name)
        if kind == "date":
            return column.str.to_date("%Y-%m-%d", strict=False)
        if kind == "code":
            return column.replace(spellings(metadata(table, name)["vocabulary"], programme))
        return column.cast(TYPES[kind], strict=False) if kind in TYPES else column

    return text.with_columns(made(name) for name in text.columns)


def main() -> None:
    """Check every table, and write what holds."""
    programme, sent = tables()
    for table, path, target in sent:
        frame = values(table.name, pl.read_csv(path, infer_schema=False), programme)
        try:
            frame = polars_schema(table, programme).validate(frame, lazy=True)
        except pandera.errors.SchemaErrors as found:
            bad = found.failure_cases["index"].drop_nulls().unique()
            frame = frame.with_row_index("row").filter(~pl.col("row").is_in(bad.implode())).drop("row")
        frame.write_parquet(target)


if __name__ == "__main__":
    main()

"""The same export checked by pandas and Pandera: `python in_pandas.py EXPORT FOLDER`, run by the peers' Python.

Reads each CSV as text, makes values of it, validates all columns of the contract lazily with Pandera's own schemas
(`data_schemas.tables`), leaves failing rows out and writes the rest as Parquet. What it does not do: tell encodings,
separators and conventions apart, search for identifiers of persons, rules between columns and tables, references,
derived tables, keep the text of rows that fail or say why to anyone, an immutable release.
"""

import pandas as pd
import pandera.errors
from asked import tables

from data_schemas.programme import Programme
from data_schemas.tables import metadata, schema
from data_schemas.vocabularies import spellings


def values(table: str, text: pd.DataFrame, programme: Programme) -> pd.DataFrame:
    """Text → values; what cannot be read is empty, and then fails if the column must be filled; labels become codes."""
    made = {}
    for name in text:
        kind, column = metadata(table, name)["kind"], text[name]
        if kind == "date":
            made[name] = pd.to_datetime(column, format="%Y-%m-%d", errors="coerce").astype("datetime64[us]")
        elif kind in ("integer", "decimal"):
            number = pd.to_numeric(column, errors="coerce")
            made[name] = number.where(number % 1 == 0).astype("Int64") if kind == "integer" else number.astype(float)
        elif kind == "code":
            made[name] = column.map(spellings(metadata(table, name)["vocabulary"], programme)).fillna(column)
        else:
            made[name] = column
    return pd.DataFrame(made)


def main() -> None:
    """Check every table, and write what holds."""
    programme, sent = tables()
    for table, path, target in sent:
        text = pd.read_csv(path, dtype=str, keep_default_na=False, na_values=[""])
        frame = values(table.name, text, programme)
        try:
            frame = schema(table, programme).validate(frame, lazy=True)
        except pandera.errors.SchemaErrors as found:
            frame = frame.drop(index=found.failure_cases["index"].dropna().unique())
        frame.to_parquet(target)


if __name__ == "__main__":
    main()

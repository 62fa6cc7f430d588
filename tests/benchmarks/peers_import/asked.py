"""What a peer is asked: which tables an export holds, and where each goes."""

import sys
from collections.abc import Iterator
from pathlib import Path

from data_schemas.programme import Programme, load
from data_schemas.tables import TABLES, Table


def tables() -> tuple[Programme, Iterator[tuple[Table, Path, Path]]]:
    """The programme, and for each table that was sent its CSV file and the Parquet file to write."""
    export, out = Path(sys.argv[1]), Path(sys.argv[2])
    out.mkdir()
    sent = ((table, export / f"{name}.csv", out / f"{name}.parquet") for name, table in TABLES.items())
    return load("thalidomide"), (each for each in sent if each[1].exists())

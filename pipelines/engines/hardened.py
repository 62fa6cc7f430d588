"""A connection to DuckDB that fetches nothing, and whose spill cannot be read."""

import duckdb

from pipelines import sql

Setting = str | bool | int | float | list[str]

HARDENED: dict[str, Setting] = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
    "python_enable_replacements": "false",
}

COMPARABLE = f"create macro comparable(written) as {sql.comparable('written')}"
"""`comparable(text)`, the spelling without case and accents: `sql.comparable` for statements that stand in files."""


def connect(settings: dict[str, Setting]) -> duckdb.DuckDBPyConnection:
    """A connection with further settings; its statements may call `comparable`.

    What it spills is encrypted with a key that no file holds. The engine draws this key without a cryptographic source
    (hence `unsafe`): it keeps text off the disk from who reads the disk later, and is no substitute for an encrypted
    disk.
    """
    connection = duckdb.connect(config=HARDENED | settings)
    connection.execute("set force_mbedtls_unsafe = true")
    connection.execute("set temp_file_encryption = true")
    connection.execute(COMPARABLE)
    return connection

"""The rows in quarantine as a CSV file, for those who correct them: place, reasons in words, original text.

The file holds data of patients; only its owner may read it. The rows of a patient who objects have no text.
"""

import csv
import os
from pathlib import Path

from data_schemas.rules import words
from pipelines.errors import StoreError
from pipelines.inert import inert
from pipelines.opened import Opened

COLUMNS = ("table", "file", "line", "reasons", "explanation", "original")


def write(opened: Opened, target: Path, language: str) -> int:
    """Write the file, which must not exist yet.

    Returns:
        Number of rows.

    Raises:
        StoreError: the file exists, or cannot be written.
    """
    rows = opened.query(
        "select table_name, file, line, reasons, original from quarantine order by table_name, file, line"
    )
    try:
        descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8-sig", newline="") as stream:
            writer = csv.writer(stream)
            writer.writerow(COLUMNS)
            for table, file, line, reasons, original in rows.itertuples(index=False):
                text = original if isinstance(original, str) else ""
                explained = " ; ".join(dict.fromkeys(_explained(reason, language) for reason in reasons))
                writer.writerow([table, file, line, " ".join(reasons), explained, inert(text)])
    except FileExistsError:
        raise StoreError("quarantine.file_exists", file=target.name) from None
    except OSError as error:
        raise StoreError("quarantine.cannot_write", file=target.name, reason=error.strerror) from None
    return len(rows)


def _explained(reason: str, language: str) -> str:
    rule, _, column = reason.partition(":")
    said = words(rule).text.in_language(language)
    return f"{column}: {said}" if column else said

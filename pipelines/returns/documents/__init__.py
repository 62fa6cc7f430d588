"""The files of a return that people read: PDF, workbook and CSV, from one statement, its signatures and a language."""

from collections.abc import Sequence

from pipelines.returns.documents.tables import as_csv, workbook
from pipelines.returns.documents.typeset import pdf
from pipelines.returns.drafts import Signature
from pipelines.returns.statement import Statement

LANGUAGES = ("fr", "en")


def documents(said: Statement, signatures: Sequence[Signature], languages: Sequence[str]) -> dict[str, bytes]:
    """File name → bytes; the same statement, signatures and languages always give the same."""
    files = {f"{said.name}.csv": as_csv(said)}
    for language in languages:
        files[f"{said.name}.{language}.pdf"] = pdf(said, signatures, language)
        files[f"{said.name}.{language}.xlsx"] = workbook(said, signatures, language)
    return files

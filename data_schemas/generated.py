"""Documents that are written from the schemas and kept beside them: which are stale, and writing them."""

from collections.abc import Mapping, Sequence
from pathlib import Path


def stale(documents: Mapping[Path, str]) -> list[str]:
    """The names of the documents whose file does not say what they should say."""
    return [path.name for path, text in documents.items()
            if not path.is_file() or path.read_text(encoding="utf-8") != text]  # fmt: skip


def write(documents: Mapping[Path, str]) -> list[str]:
    """Write the documents that are stale, and name them."""
    outdated = stale(documents)
    for path, text in documents.items():
        if path.name in outdated:
            path.write_text(text, encoding="utf-8")
    return outdated


def grid(heading: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table in Markdown."""
    lines = [heading, ["---"] * len(heading), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)

"""What the operator is told, in the language asked for."""

import functools
from collections.abc import Mapping
from pathlib import Path

from data_schemas import shipped
from data_schemas.errors import OperatorError
from data_schemas.programme_parts import Text
from pipelines.errors import ExportRefused

FILE = Path(__file__).parent / "messages.yml"
LANGUAGES = ("fr", "en")


@functools.cache
def messages() -> Mapping[str, Text]:
    """Every message by its key."""
    entries = shipped.read(FILE.read_text(encoding="utf-8"))
    return {key: Text.model_validate(entry) for key, entry in entries.items()}


def say(key: str, language: str, **details: object) -> str:
    """A message with its details filled in."""
    return messages()[key].in_language(language).format(**details)


def explain(error: OperatorError, language: str) -> str:
    """An error as the operator reads it, each reason on its own line."""
    lines = [say(error.key, language, **error.details)]
    if isinstance(error, ExportRefused):
        lines += [f"  {say(problem.key, language, **problem.details)}" for problem in error.problems]
    return "\n".join(lines)

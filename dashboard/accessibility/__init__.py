"""The accessibility statement: what holds, how it is checked, and what is Streamlit's own, written from `known.yml`.

`statement.fr.md` and `statement.en.md` beside this module are generated; the build fails when they are stale.
"""

import functools
from pathlib import Path

from pydantic import BaseModel, ConfigDict, TypeAdapter

from dashboard.wording import LANGUAGES, said, text_in
from data_schemas import shipped
from data_schemas.programme_parts import Text

FOLDER = Path(__file__).parent


class Known(BaseModel):
    """Something of Streamlit's that is not accessible.

    Attributes:
        selector: the elements concerned, in CSS.
        rule: the rule of axe that finds it; without one it was found by reading.
        issue: where it is discussed upstream, if anywhere.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    selector: str
    what: Text
    rule: str | None = None
    issue: str | None = None


@functools.cache
def known() -> tuple[Known, ...]:
    """The reviewed list."""
    entries = shipped.read((FOLDER / "known.yml").read_text(encoding="utf-8"))
    return tuple(TypeAdapter(list[Known]).validate_python(entries))


def render(language: str) -> str:
    """The statement in a language, as Markdown."""
    text = functools.partial(text_in, language)
    heads = [text("accessibility.what"), text("accessibility.rule"), text("accessibility.issue")]
    unruled, unfollowed = text("accessibility.by_reading"), text("accessibility.no_issue")
    rows = [[said(each.what, language), each.rule or unruled, each.issue or unfollowed] for each in known()]
    table = [heads, ["---"] * len(heads), *rows]
    parts = [
        f"# {text('accessibility.title')}",
        text("accessibility.made"),
        text("accessibility.scope"),
        f"## {text('accessibility.checked_title')}",
        text("accessibility.checked"),
        f"## {text('accessibility.known_title')}",
        text("accessibility.known"),
        "\n".join(f"| {' | '.join(row)} |" for row in table),
    ]
    return "\n\n".join(parts) + "\n"


def file(language: str) -> Path:
    """Where the statement stands."""
    return FOLDER / f"statement.{language}.md"


def write() -> None:
    """Write the statement in both languages."""
    for language in LANGUAGES:
        file(language).write_text(render(language), encoding="utf-8")


def stale() -> list[str]:
    """The files that are not what would be written."""
    written = {language: file(language).read_text(encoding="utf-8") if file(language).exists() else None
               for language in LANGUAGES}  # fmt: skip
    return [file(language).name for language in LANGUAGES if written[language] != render(language)]

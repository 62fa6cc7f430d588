"""The sheets of the measures: what each figure is, written from the heads of `measures/*.sql`.

`sheets.fr.md` and `sheets.en.md` in `measures` are generated; the build fails when they are stale.
"""

import functools
from collections.abc import Iterator, Mapping
from pathlib import Path

from data_schemas import shipped
from data_schemas.generated import grid
from data_schemas.programme_parts import Text
from pipelines.definitions import FOLDER, Definition, count_texts, definition, dimensions, names

FILE = Path(__file__).parent / "sheets.yml"
LANGUAGES = ("fr", "en")


@functools.cache
def words_in(language: str) -> Mapping[str, str]:
    """The words around what the heads say."""
    entries = shipped.read(FILE.read_text(encoding="utf-8"))
    return {key: Text.model_validate(text).in_language(language) for key, text in entries.items()}


def render(language: str) -> str:
    """All sheets in a language, as Markdown."""
    words = words_in(language)
    parts = [f"# {words['title']}", words["made"]]
    for name in names():
        parts += _sheet(definition(name), language)
    return "\n\n".join(parts) + "\n"


def documents() -> dict[Path, str]:
    """The files of the sheets and what they should say."""
    return {FOLDER / f"sheets.{language}.md": render(language) for language in LANGUAGES}


def _sheet(head: Definition, language: str) -> Iterator[str]:
    words = words_in(language)
    yield f"## {head.title.in_language(language)} – `{head.name}`"
    said = [(part, getattr(head, part)) for part in
            ("question", "unit", "denominator", "included", "excluded", "not_additive")]  # fmt: skip
    lines = [(words[part], text.in_language(language)) for part, text in said if text is not None]
    reasons = "; ".join(text.in_language(language) for text in head.exclusions.values())
    lines += [(words["exclusions"], reasons)] if reasons else []
    lines.append((words["dimensions"], ", ".join(dimensions()[each].label.in_language(language)
                                                 for each in head.dimensions)))  # fmt: skip
    lines.append((words["needs"], ", ".join(f"`{each}`" for each in head.needs)))
    if head.curve:
        lines.append((words["curve"], f"{head.curve.title.in_language(language)} – {words[head.curve.kind]}"))
    reviewed = words["reviewed"].format(author=head.review.author, day=head.review.reviewed_on.isoformat())
    lines.append((words["review"], reviewed))
    yield "\n".join(f"- **{key}{words['colon']}** {text}" for key, text in lines)
    yield from _figures(head, language)
    yield f"{words['sql']}{words['colon']}\n\n```sql\n{head.body}\n```"


def _figures(head: Definition, language: str) -> Iterator[str]:
    words = words_in(language)
    rows = []
    for name, count in head.counts.items():
        what = words["sum" if count.sum else "distinct"].format(key=count.key, sum=count.sum)
        condition = ", " + words["when"].format(when=count.when) if count.when else ""
        rows.append([f"`{name}`", count_texts()[name].label.in_language(language), what + condition])
    yield grid([words["name"], words["figure"], words["counts"]], rows)
    if head.estimates:
        methods = {name: words[each.kind].format(of=each.of, over=each.over) for name, each in head.estimates.items()}
        estimates = [[f"`{name}`", each.title.in_language(language), methods[name]]
                     for name, each in head.estimates.items()]  # fmt: skip
        yield grid([words["name"], words["estimate"], words["method"]], estimates)
    if head.quantities:
        quantities = [[f"`{name}`", each.title.in_language(language), each.unit.in_language(language)]
                      for name, each in head.quantities.items()]  # fmt: skip
        yield grid([words["name"], words["quantity"], words["in_unit"]], quantities)

"""The words of an extract: its dictionary, its read-me, its filters, and the name of its file."""

import re
import unicodedata
from collections.abc import Iterator, Sequence

from data_schemas.programme import Programme
from data_schemas.vocabularies import labels
from pipelines.definitions import definition
from pipelines.extracts.content import EMPTY, STATE, Column, Content
from pipelines.extracts.request import ENDINGS, Figures, Request, Rows
from pipelines.messages import say
from pipelines.selection_words import words
from pipelines.states import STATES, label

HEADS = ("part", "name", "code", "label", "meaning")
Lines = list[tuple[str, ...]]


def stem(content: Content, request: Request, programme: Programme, cutoff: str) -> str:
    """`<programme>_<title>_<cut-off>_<regime>`, in the language asked for; nothing in it is of a patient."""
    regime = slug(say(f"extract.regime.{request.regime}", request.language))
    title = slug(" ".join([content.title.in_language(request.language), *_apart(request)]))
    return f"{programme.name}_{title}_{cutoff}_{regime}"


def _apart(request: Request) -> list[str]:
    """What tells the names of two files of one title apart: that it holds rows, or another breakdown than usual."""
    asked = request.content
    if isinstance(asked, Rows):
        return [say("extract.rows", request.language)]
    if isinstance(asked, Figures) and asked.by is not None and asked.by != definition(asked.measure).by:
        return list(asked.by) or [say("extract.total", request.language)]
    return []


def file_name(content: Content, request: Request, programme: Programme, cutoff: str) -> str:
    """The file inside the pack."""
    return f"{stem(content, request, programme, cutoff)}.{ENDINGS[request.form]}"


def slug(title: str) -> str:
    """A title in plain small letters with hyphens."""
    bare = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", bare).strip("-")


def dictionary(content: Content, request: Request, programme: Programme) -> Lines:
    """Each column with its type, each code of its lists, the states of a cell, and how the file is written."""
    to = request.language
    lines = [tuple(say(f"extract.head.{each}", to) for each in HEADS)]
    for column in content.columns:
        note = f" {say(column.note, to)}" if column.note else ""
        kind = say(f"extract.kind.{column.kind}", to)
        lines.append(("column", column.name, kind, column.label.in_language(to),
                      f"{column.meaning.in_language(to)}{note}"))  # fmt: skip
    lines += _codes(content.columns, programme, to)
    if {STATE, EMPTY} & set(content.kinds):
        lines += [("state", STATE if STATE in content.kinds else EMPTY, each, label(each, to), "") for each in STATES]
    lines += [("note", "", "", "", each.in_language(to)) for each in content.remarks]
    return [*lines, ("note", "", "", "", say(f"extract.form.{request.form}", to))]


def _codes(columns: Sequence[Column], programme: Programme, to: str) -> Iterator[tuple[str, ...]]:
    for column in columns:
        known = labels(column.vocabulary, programme) if column.vocabulary else {}
        yield from (("code", column.name, code, said.in_language(to), "") for code, said in known.items())


def filters(content: Content, programme: Programme, to: str) -> Lines:
    """The selection as it was applied, in words and as fields."""
    said = words(content.applied, programme, to) if content.applied.regime == "exact" else say("selection.everyone", to)
    return [(say("extract.filter", to), ""), (say("extract.applied", to), said),
            *((name, ", ".join(value) if isinstance(value, list) else value)
              for name, value in content.applied.to_query().items())]  # fmt: skip


def read_me(content: Content, facts: dict[str, str], to: str) -> Lines:
    """What the workbook is."""
    return [(content.title.in_language(to), ""), (say("extract.read_me.grain", to), content.grain.in_language(to)),
            *((say(f"extract.read_me.{name}", to), value) for name, value in facts.items())]  # fmt: skip

"""The dictionary: every table, column, code and rule with its words, written from the schemas themselves.

`dictionary.fr.md` and `dictionary.en.md` beside this module are generated; the build fails when they are stale.
"""

import functools
from collections.abc import Iterator, Mapping
from pathlib import Path

from data_schemas import programme as programmes
from data_schemas import shipped
from data_schemas.generated import grid
from data_schemas.programme_parts import Text
from data_schemas.rules import Words, column_rules, named_rules
from data_schemas.tables import TABLES, Table, Use, definition
from data_schemas.vocabularies import labels, shared_names

FOLDER = Path(__file__).parent
HEADINGS = {
    "fr": {"title": "Dictionnaire des données", "tables": "Tables", "codes": "Listes de codes", "rules": "Règles",
           "column": "colonne", "label": "libellé", "meaning": "sens", "form": "forme", "filled": "remplie",
           "yes": "oui", "no": "peut manquer", "key": "Clé", "required": "table obligatoire", "code": "code",
           "rule": "règle", "table": "table", "severity": "sévérité", "text": "texte", "remedy": "que faire",
           "made": "Écrit à partir des schémas par `rtu dictionary` ; ne pas modifier à la main.",
           "of": "propres au programme"},
    "en": {"title": "Data dictionary", "tables": "Tables", "codes": "Code lists", "rules": "Rules",
           "column": "column", "label": "label", "meaning": "meaning", "form": "form", "filled": "filled",
           "yes": "yes", "no": "may be missing", "key": "Key", "required": "required table", "code": "code",
           "rule": "rule", "table": "table", "severity": "severity", "text": "text", "remedy": "what to do",
           "made": "Written from the schemas by `rtu dictionary`; not to be edited by hand.",
           "of": "of programme"},
}  # fmt: skip


@functools.cache
def texts(file: str) -> Mapping[str, Mapping[str, Text]]:
    """`columns` or `tables`: name → `label` and `text`."""
    entries = shipped.read((FOLDER / "texts" / f"{file}.yml").read_text(encoding="utf-8"))
    return {name: {part: Text.model_validate(text) for part, text in entry.items()} for name, entry in entries.items()}


def column_text(table: str, column: str) -> Mapping[str, Text]:
    """The label and the sentence of a column of a table."""
    return texts("columns").get(f"{table}.{column}") or texts("columns")[column]


def render(language: str) -> str:
    """The whole dictionary in a language, as Markdown."""
    words = HEADINGS[language]
    parts = [f"# {words['title']}", words["made"], f"## {words['tables']}"]
    for table in TABLES.values():
        parts += _table(table, language)
    parts.append(f"## {words['codes']}")
    parts += _codes(language)
    parts.append(f"## {words['rules']}")
    parts.append(_rules(language))
    return "\n\n".join(parts) + "\n"


def _table(table: Table, language: str) -> Iterator[str]:
    words, said = HEADINGS[language], texts("tables")[table.name]
    required = f" ({words['required']})" if table.required else ""
    yield f"### {table.name} – {said['label'].in_language(language)}{required}"
    yield f"{said['text'].in_language(language)} {words['key']} : {', '.join(f'`{column}`' for column in table.key)}."
    rows = [_column(table, use, language) for use in table.uses]
    yield grid([words[key] for key in ("column", "label", "form", "filled", "meaning")], rows)


def _column(table: Table, use: Use, language: str) -> list[str]:
    words, said = HEADINGS[language], column_text(table.name, use.column)
    column = definition(table.name, use.column)
    metadata = column.metadata or {}
    form = f"[{metadata['vocabulary']}]" if "vocabulary" in metadata else str(metadata["kind"])
    for check in column.checks:
        if check.name == "in_range":
            form += f" {check.statistics['min_value']:g}–{check.statistics['max_value']:g}"
    if use.refers_to:
        form += f" → {use.refers_to}"
    filled = words["no"] if use.nullable else words["yes"]
    return [f"`{use.column}`", said["label"].in_language(language), form, filled, said["text"].in_language(language)]


def _codes(language: str) -> Iterator[str]:
    loaded = [programmes.load(name) for name in programmes.names()]
    for name in shared_names():
        yield f"### {name}"
        yield _list(labels(name, loaded[0]), language)
    for programme in loaded:
        for name in ("indication", "indication_subtype", "age_group"):
            if entries := labels(name, programme):
                yield f"### {name} ({HEADINGS[language]['of']} {programme.name})"
                yield _list(entries, language)


def _list(entries: Mapping[str, Text], language: str) -> str:
    words = HEADINGS[language]
    rows = [[f"`{code}`", text.in_language(language)] for code, text in entries.items()]
    return grid([words["code"], words["label"]], rows)


def _rules(language: str) -> str:
    words = HEADINGS[language]
    rules: list[tuple[str, str, str, Words]] = [(name, "*", "reject", rule) for name, rule in column_rules().items()]
    rules += [(name, rule.table, rule.severity, rule) for name, rule in named_rules().items()]
    rows = [[f"`{name}`", table, severity, said.text.in_language(language), said.remedy.in_language(language)]
            for name, table, severity, said in rules]  # fmt: skip
    return grid([words[key] for key in ("rule", "table", "severity", "text", "remedy")], rows)


def documents() -> dict[Path, str]:
    """The files of the dictionary and what they should say."""
    return {FOLDER / f"dictionary.{language}.md": render(language) for language in HEADINGS}

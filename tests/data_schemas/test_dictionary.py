"""The written dictionary says what the schemas say."""

from data_schemas import dictionary, generated
from data_schemas.rules import column_rules, named_rules
from data_schemas.tables import TABLES


def test_the_written_dictionary_is_up_to_date() -> None:
    assert generated.stale(dictionary.documents()) == []


def test_a_changed_dictionary_is_called_stale(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(dictionary, "FOLDER", tmp_path)
    (tmp_path / "dictionary.fr.md").write_text("# Dictionnaire", encoding="utf-8")
    monkeypatch.setattr(dictionary, "render", lambda language: f"the dictionary in {language}")

    assert generated.stale(dictionary.documents()) == ["dictionary.fr.md", "dictionary.en.md"]
    generated.write(dictionary.documents())
    assert generated.stale(dictionary.documents()) == []


def test_every_table_column_and_rule_stands_in_it() -> None:
    text = dictionary.render("en")

    for table in TABLES.values():
        assert f"### {table.name} " in text
        assert all(f"| `{column}` |" in text for column in table.columns)
    assert all(f"| `{rule}` |" in text for rule in (*column_rules(), *named_rules()))

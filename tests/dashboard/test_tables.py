"""Tables and files: the cells of the measure, harmless and in the spreadsheet's own language."""

import csv
import io

import pandas as pd
import pytest

from dashboard import labels, tables
from dashboard.shown import Shown
from pipelines.definitions import definition, names
from pipelines.measure import line_list, lines_of, measure
from pipelines.opened import Opened
from pipelines.selection import Selection


def shown(opened: Opened, name: str, language: str = "fr", **asked: object) -> Shown:
    table = measure(opened, name, Selection(), **asked)  # type: ignore[arg-type]
    return Shown(table, opened.programme, language, opened.months)


def read(content: bytes, separator: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=separator))


@pytest.mark.parametrize(("language", "separator"), [("fr", ";"), ("en", ",")])
def test_the_file_holds_the_cells_of_the_measure(opened: Opened, language: str, separator: str) -> None:
    table = shown(opened, "new_patients", language)
    content = tables.csv_of(table)
    assert content.startswith(b"\xef\xbb\xbf")
    head, *rows = read(content, separator)
    assert head == [table.dimension("month"), "Indication", "Patients", table.text("card.state")]
    assert [row[0] for row in rows] == table.frame["month"].tolist()
    assert [int(row[2]) for row in rows] == table.frame["n_patients"].tolist()


def test_a_missing_value_is_a_dash_and_never_a_zero(opened: Opened) -> None:
    _, *rows = read(tables.csv_of(shown(opened, "new_patients", by=["indication_subtype"])), ";")
    assert ["–", "9", "observé"] in rows


def test_a_cell_that_is_not_collected_says_so(opened: Opened) -> None:
    table = shown(opened, "serious_effects")
    table.frame.loc[0, ["n_patients", "n_cases", "n_effects"]] = pd.NA
    table.frame.loc[0, "state"] = "not_collected"
    _, first, *_ = read(tables.csv_of(table), ";")
    assert first[1:] == ["n.\u00a0c."] * 3 + ["non collecté"]
    assert tables.readable(table).iloc[0, 1] == "n.\u00a0c."


@pytest.mark.parametrize("cell", ["=1+1", "+cmd", "-cmd", "@SUM(A1)", "\tx", "\rx"])
def test_no_cell_is_a_formula(cell: str) -> None:
    assert read(tables.csv_text(["a"], [[cell]], "fr"), ";")[1][0].startswith("'")


@pytest.mark.parametrize("cell", ["-3", "+3,5", "12", "–", "n. c."])
def test_numbers_and_signs_stay_as_they_are(cell: str) -> None:
    assert read(tables.csv_text(["a"], [[cell]], "fr"), ";")[1] == [cell]


def test_the_name_of_the_file_says_what_it_is(opened: Opened) -> None:
    name = tables.file_name(shown(opened, "new_patients"), "2022-08-31")
    assert name == "thalidomide_new-patients_2022-08-31_exact.csv"


def test_a_table_by_two_dimensions_has_the_second_across(opened: Opened) -> None:
    frame = tables.readable(shown(opened, "treated_patients", by=["indication_code", "sex"]))
    assert frame.columns.tolist() == ["Indication", "Femme", "Homme"]
    assert frame.iloc[0].tolist() == ["Aphtoses sévères", "2", "3"]


def test_measures_stand_side_by_side(opened: Opened) -> None:
    new = shown(opened, "new_patients", by=["indication_code"])
    treated = shown(opened, "treated_patients", by=["indication_code"])
    frame = tables.beside([("Nouveaux", new), ("Traités", treated)])
    assert frame.set_index("Indication").loc["Hors protocole"].tolist() == ["0", "1"]


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("name", names())
def test_every_column_of_a_line_list_has_its_own_heading(opened: Opened, name: str, language: str) -> None:
    lines, parameters = lines_of(definition(name), Selection(), {})
    columns = opened.columns(f"{lines} select * from lines limit 0", parameters)
    read = labels.readable_lines(pd.DataFrame(columns=columns), shown(opened, name, language))
    assert len(read.columns) == sum(not column.startswith(labels.FLAGS) for column in columns)


def test_what_a_criterion_was_judged_by_is_read_in_words(opened: Opened) -> None:
    table = shown(opened, "conformity_criteria")
    lines = pd.DataFrame({"found": ["COLCHICINE:NR + TOPIQUE:ECHEC", "5", None]})
    assert labels.readable_lines(lines, table)["Valeur trouvée"].tolist() == [
        "Colchicine – Non renseigné, Traitement local – Échec", "5", "–"]  # fmt: skip


def test_a_combination_is_read_in_words(opened: Opened) -> None:
    table = shown(opened, "prior_combinations")
    assert table.label("prior_combination", "TOPIQUE + COLCHICINE") == "Traitement local + Colchicine"
    lines = labels.readable_lines(line_list(opened, "prior_combinations", Selection()), table)
    assert len(lines) == len(line_list(opened, "new_patients", Selection()))

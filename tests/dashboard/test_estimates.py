"""Estimates, curves and distributions as shown: the numbers of the pipelines, in words, in a table and in a file."""

import csv
import io
from collections.abc import Callable

import pandas as pd
import plotly.graph_objects as go
import pytest

from dashboard import charts, estimate_tables, formats
from dashboard.estimated import Curved, Estimates, Spread
from dashboard.shown import Shown
from pipelines.distributions import distribution
from pipelines.estimates import estimate
from pipelines.measure import line_list, measure
from pipelines.opened import Opened
from pipelines.selection import Selection
from pipelines.survival import curves

Ask = Callable[..., Estimates]
EVERYONE, LUPUS = Selection(), Selection(indications=("LUPUS_CUT",))


@pytest.fixture
def ask(opened: Opened) -> Ask:
    def estimates(name: str, language: str = "fr", selection: Selection = EVERYONE, **asked: object) -> Estimates:
        table = measure(opened, name, selection, **asked)  # type: ignore[arg-type]
        found = {each: estimate(opened, table, each) for each in table.definition.estimates}
        return Estimates(Shown(table, opened.programme, language, opened.months), found)

    return estimates


def curved(opened: Opened, language: str = "fr", **asked: object) -> Curved:
    found = curves(opened, "first_effect", Selection(), **asked)  # type: ignore[arg-type]
    table = measure(opened, "first_effect", Selection(), found.by, asked.get("where"))  # type: ignore[arg-type]
    return Curved(Shown(table, opened.programme, language, opened.months, dict(asked.get("where", {}))), found)  # type: ignore[call-overload]


def rows_of(content: bytes, separator: str = ";") -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=separator))


def by_label(frame: pd.DataFrame, column: int) -> dict[str, str]:
    return dict(zip(frame.iloc[:, 0], frame.iloc[:, column], strict=True))


def test_a_share_has_n_of_n_a_percentage_and_its_exact_interval(ask: Ask) -> None:
    said = by_label(estimate_tables.of_estimates(ask("effect_ladder")), 1)
    assert said["Au moins un effet"] == "3/12 (25,0\u202f%) [5,5\u00a0–\u00a057,2]"
    assert said["Fatal"] == "0/12 (0,0\u202f%) [0\u00a0–\u00a026,5]"
    english = by_label(estimate_tables.of_estimates(ask("effect_ladder", "en")), 1)
    assert english["Any effect"] == "3/12 (25.0%) [5.5\u00a0–\u00a057.2]"


def test_no_event_is_a_result_with_an_upper_limit(ask: Ask) -> None:
    found = ask("effect_ladder")
    frame = estimate_tables.of_estimates(found)
    assert frame.columns[-1] == "Effets pour 100 patients-années [IC à 95\u202f%]"
    assert by_label(frame, -1)["Fatal"].startswith("0 [0\u00a0–\u00a0")
    assert found.state == "observed"
    nobody = ask("special_interest", selection=Selection(indications=("ENL",)))
    assert (nobody.shown.state, nobody.state) == ("empty", "observed")


def test_under_ten_there_is_no_percentage_no_dot_and_no_number_in_the_file(ask: Ask) -> None:
    found = ask("effect_ladder", selection=LUPUS)
    assert by_label(estimate_tables.of_estimates(found), 1)["Au moins un effet"] == "2/3"
    chart = charts.intervals(found, "share", in_order=True)
    assert go.Figure(chart.figure.to_dict()).data[0].x in {None, ()}
    assert "2/3" in [note["text"] for note in chart.figure.layout["annotations"]]
    head, *rows = rows_of(estimate_tables.file_of_estimates(found))
    share = next(row for row in rows if row[1] == "Part des patients traités")
    assert dict(zip(head, share, strict=True))["État"] == "effectif inférieur à 10, pas de pourcentage"
    assert share[3:8] == ["2", "3", "", "", ""]


@pytest.mark.parametrize(("language", "separator", "mark"), [("fr", ";", ","), ("en", ",", ".")])
def test_the_file_holds_every_number_of_the_estimate(ask: Ask, language: str, separator: str, mark: str) -> None:
    found = ask("effect_ladder", language)
    head, *rows = rows_of(estimate_tables.file_of_estimates(found), separator)
    assert len(head) == 9
    title = found.title("share")
    shares = [row for row in rows if row[1] == title]
    frame = found.found["share"].frame
    assert [row[3:5] for row in shares] == [
        [str(n), str(total)] for n, total in zip(frame["n"], frame["total"], strict=True)
    ]
    lows = [float(row[6].replace(mark, ".")) for row in shares]
    assert lows == pytest.approx([100 * low for low in frame["low"]], abs=1e-4)


def test_what_cannot_be_evaluated_is_said_and_not_counted_below_the_line(ask: Ask) -> None:
    found = ask("effect_reporting", by=["serious"])
    frame = estimate_tables.of_estimates(found).set_index("Gravité")
    assert frame.loc["Oui", "Non évaluables"] == "2"
    assert frame.iloc[0, 0] == formats.NOT_APPLICABLE
    written = [note["text"] for note in charts.intervals(found, "share").figure.layout["annotations"]]
    assert "·<br>+ 2 non évaluables" in written
    assert "Gravité\u00a0: oui" in written


@pytest.mark.parametrize("unit", ["share", "n_effects", "rate"])
def test_each_dot_is_a_cell_of_its_table_with_its_limits(ask: Ask, unit: str) -> None:
    found = ask("effects", by=["soc_code"])
    assert found.units == ("share", "n_effects", "rate")
    chart = charts.intervals(found, unit)
    dots = go.Figure(chart.figure.to_dict()).data[0]
    assert {mark[1]["soc_code"] for mark in dots.customdata} == set(found.shown.frame["soc_code"])
    assert chart.counted == ("n_patients" if unit == "share" else "n_effects")
    if unit == "n_effects":
        assert dots.error_x.array is None
        assert sum(dots.x) == found.shown.frame["n_effects"].sum()
    else:
        frame = found.found[unit].frame.set_index("soc_code")
        factor = 100 if unit == "share" else 1
        for x, more, less, mark in zip(
            dots.x, dots.error_x.array, dots.error_x.arrayminus, dots.customdata, strict=True
        ):
            cell = frame.loc[mark[1]["soc_code"]]
            assert (x - less, x, x + more) == pytest.approx([factor * cell[each] for each in ("low", "value", "high")])
    assert chart.alt.startswith(found.shown.title)
    assert chart.alt.endswith(".")


def test_rows_of_few_patients_can_be_left_out(ask: Ask) -> None:
    found = ask("effects", by=["soc_code", "pt_label"])
    assert len(found.shown.frame) == 5
    assert len(found.at_least(2).shown.frame) == 0
    assert found.at_least(1).found["share"].frame.equals(found.found["share"].frame)
    assert found.at_least(2).state == "empty"


def test_the_persons_at_risk_stand_under_the_months_of_the_curve(opened: Opened) -> None:
    found = curved(opened, where={"effect_class": "ANY"})
    (curve,) = found.found.curves.values()
    chart = charts.steps(found)
    figure = go.Figure(chart.figure.to_dict())
    ticks = list(figure.layout.xaxis.tickvals)
    under = [note.text for note in figure.layout.annotations if note.xref == "x"]
    assert ticks == found.months
    assert under == [str(found.point(curve, month).at_risk) for month in ticks]
    assert figure.data[-1].x[-1] <= found.last_day(curve) / 30
    assert curve.at_risk(found.last_day(curve)) >= formats.SMALLEST_BASE
    assert "patients à risque" in chart.alt
    assert len(line_list(opened, "first_effect", Selection(), {"effect_class": "ANY"})) == curve.n


def test_a_curve_of_few_persons_is_not_drawn_and_said_with_its_counts(opened: Opened) -> None:
    found = curved(opened, by=["indication_code"], where={"effect_class": "ANY"})
    assert found.curves == {}
    assert found.name(next(iter(found.too_few))) == "Aphtoses sévères"
    assert "Lupus cutané 1/3" in charts.steps(found).note
    table = estimate_tables.of_curves(found)
    assert set(table.iloc[:, -1]) == {formats.NOT_APPLICABLE}
    head, *rows = rows_of(estimate_tables.file_of_curves(found))
    assert {row[head.index("Estimation (%)")] for row in rows} == {""}
    assert {row[-1] for row in rows} == {"effectif inférieur à 10, pas de pourcentage"}


def test_the_file_of_a_curve_holds_its_steps(opened: Opened) -> None:
    found = curved(opened, "en", where={"effect_class": "ANY"})
    (curve,) = found.found.curves.values()
    _, *rows = rows_of(estimate_tables.file_of_curves(found), ",")
    assert [int(row[0]) for row in rows] == curve.steps["day"].tolist()
    assert [int(row[1]) for row in rows] == curve.steps["at_risk"].tolist()
    known = [(row[5], value) for row, value in zip(rows, curve.steps["estimate"], strict=True) if row[5]]
    assert known
    assert [float(written) for written, _ in known] == pytest.approx([100 * value for _, value in known], abs=1e-3)


def test_a_distribution_has_its_quantiles_in_the_table_the_file_and_the_box(opened: Opened) -> None:
    found = distribution(opened, "patient_time", "days", Selection())
    spread = Spread(
        Shown(measure(opened, "patient_time", Selection(), by=[]), opened.programme, "fr", opened.months), found
    )
    table = estimate_tables.of_spread(spread)
    assert table["n"].tolist() == ["12"]
    assert table["Médiane"].tolist() == [spread.number(found.frame["median"].iloc[0])]
    box = go.Figure(charts.boxes(spread).figure.to_dict()).data[0]
    assert (box.q1[0], box.median[0], box.q3[0]) == tuple(found.frame.loc[0, ["p25", "median", "p75"]])
    head, row = rows_of(estimate_tables.file_of_spread(spread))
    assert float(row[head.index("Médiane")].replace(",", ".")) == found.frame["median"].iloc[0]


def test_few_values_have_no_box_and_a_limit_is_drawn_across_its_row(opened: Opened) -> None:
    found = distribution(opened, "patient_time", "days", Selection(), by=["indication_code"])
    table = measure(opened, "patient_time", Selection(), by=["indication_code"])
    spread = Spread(Shown(table, opened.programme, "fr", opened.months), found)
    chart = charts.boxes(spread, {"APHTOSE": [30, 60]})
    figure = go.Figure(chart.figure.to_dict())
    assert [trace.type for trace in figure.data] == ["scatter"]
    assert [shape.x0 for shape in figure.layout.shapes] == [30, 60]
    assert any("5 valeurs" in note.text for note in figure.layout.annotations)


@pytest.mark.parametrize(
    ("value", "french", "english"),
    [
        (0, "0", "0"),
        (9.94, "9,9", "9.9"),
        (0.06, "0,06", "0.06"),
        (1234.5, "1\u202f234,5", "1,234.5"),
        (0.3, "0,3", "0.3"),
    ],
)
def test_a_small_rate_is_not_written_as_none(value: float, french: str, english: str) -> None:
    assert (formats.decimal(value, "fr"), formats.decimal(value, "en")) == (french, english)


def test_without_patients_there_is_an_empty_curve_and_nothing_to_draw(opened: Opened) -> None:
    later, where = Selection(from_month="2030-01"), {"effect_class": "ANY"}
    found = curves(opened, "first_effect", later, where=where)
    table = measure(opened, "first_effect", later, found.by, where)
    nobody = Curved(Shown(table, opened.programme, "fr", opened.months, where), found)
    assert [curve.n for curve in found.curves.values()] == [0]
    assert nobody.state == "empty"
    assert nobody.curves == nobody.too_few == {}

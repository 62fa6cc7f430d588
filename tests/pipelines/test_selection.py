"""The selection keeps patients by their first episode; its fields travel through an address and back."""

from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import Any

import pytest

from data_schemas.programme import Programme
from pipelines.errors import MeasureError
from pipelines.measure import line_list
from pipelines.opened import Opened
from pipelines.selection import DATE_BASES, DIMENSIONS, Selection, admitted, from_query
from pipelines.selection_words import words

EVERY_FIELD = Selection(
    from_month="2024-01", to_month="2024-12", indications=("APHTOSE", "LUPUS_CUT"), age_groups=("18-64",), sexes=("F",),
    regions=("11", "93"), products=("BMS",), date_basis="form_received", release="2026-10-31-0123456789",
)  # fmt: skip


@pytest.fixture(scope="module")
def four_patients(release: Callable[..., Opened]) -> Opened:
    return release(
        centres="""
            centre_id | region_code
            paris     | 11
            marseille | 93
        """,
        patients="""
            patient_id | sex | birth_year | centre_id
            a          | F   | 1980       | paris
            b          | M   | 1980       | paris
            c          | F   | 1950       | marseille
            d          | F   | 1980       | marseille
        """,
        initiations="""
            patient_id | treatment_start_date | form_signed_date | form_received_date | indication_code | product
            a          | 2024-01-10           | 2024-01-10       | 2024-03-01         | APHTOSE         | BMS
            b          | 2024-02-10           | 2024-02-10       | 2024-02-10         | LUPUS_CUT       | BMS
            c          | 2024-03-10           | 2024-04-10       | 2024-04-10         | APHTOSE         | ACCORD
            d          | 2024-04-10           | 2024-04-10       | 2024-04-10         | ENL             | CELGENE
        """,
        adverse_events="""
            patient_id | soc_label
            a          | SKIN
            c          | SKIN
        """,
    )


@pytest.mark.parametrize(
    ("chosen", "kept"),
    [
        ({}, "abcd"),
        ({"from_month": "2024-03"}, "cd"),
        ({"to_month": "2024-02"}, "ab"),
        ({"from_month": "2024-02", "to_month": "2024-03"}, "bc"),
        ({"indications": ("APHTOSE",)}, "ac"),
        ({"indications": ("APHTOSE", "ENL")}, "acd"),
        ({"age_groups": ("65-plus",)}, "c"),
        ({"sexes": ("M",)}, "b"),
        ({"regions": ("93",)}, "cd"),
        ({"products": ("BMS",)}, "ab"),
        ({"date_basis": "form_signed", "from_month": "2024-04"}, "cd"),
        ({"date_basis": "form_received", "from_month": "2024-03", "to_month": "2024-03"}, "a"),
        ({"indications": ("APHTOSE",), "sexes": ("F",), "regions": ("11",), "to_month": "2024-01"}, "a"),
        ({"indications": ("CROHN_PED",)}, ""),
    ],
    ids=str,
)
def test_a_field_keeps_the_patients_it_names(four_patients: Opened, chosen: dict[str, Any], kept: str) -> None:
    lines = line_list(four_patients, "treated_patients", Selection(**chosen))
    assert "".join(lines["patient_id"]) == kept


def test_the_selection_applies_to_the_effects_of_the_patients(
    four_patients: Opened, figures: Callable[..., Any]
) -> None:
    assert figures(four_patients, "effects", count="n_patients") == 2
    assert figures(four_patients, "effects", count="n_patients", regions=("11",)) == 1
    assert figures(four_patients, "effects", count="n_patients", from_month="2024-04") == 0


def test_every_field_is_tried_above() -> None:
    named = {field.name: field for field in fields(Selection)}
    assert set(named) == {"from_month", "to_month", "date_basis", "release", "regime", *DIMENSIONS.values()}
    assert all(getattr(EVERY_FIELD, name) != field.default for name, field in named.items() if name != "regime")


def test_an_address_neither_says_nor_sets_the_regime(thalidomide: Programme) -> None:
    assert Selection(regime="protected").to_query() == {}
    assert from_query({"regime": ["protected"]}, thalidomide) == Selection()


def test_release_and_regime_keep_everyone_and_bind_nothing() -> None:
    selection = Selection(release="2026-10-31-0123456789", regime="protected")
    assert selection.is_everyone
    assert selection.parameters == Selection().parameters


@pytest.mark.parametrize(
    ("selection", "french", "english"),
    [
        (Selection(), "Tous les patients", "All patients"),
        (
            Selection(indications=("CROHN_PED",), sexes=("F",), from_month="2021-01", to_month="2021-12"),
            "Crohn pédiatrique > 6 ans, filles, 2021",
            "Paediatric Crohn over 6, girls, 2021",
        ),
        (Selection(indications=("APHTOSE", "ENL"), sexes=("M",)), "Aphtoses sévères + Érythème noueux lépreux, hommes",
         "Severe aphthosis + Erythema nodosum leprosum, men"),
        (Selection(age_groups=("6-11", "12-17"), sexes=("M",)), "6–11 ans + 12–17 ans, garçons", "6–11 + 12–17, boys"),
        (Selection(age_groups=("12-17", "18-64"), sexes=("F",)), "12–17 ans + 18–64 ans, femmes",
         "12–17 + 18–64, women"),
        (Selection(from_month="2026-10", to_month="2026-10"), "oct. 2026", "Oct 2026"),
        (Selection(from_month="2021-01"), "depuis janv. 2021", "since Jan 2021"),
        (Selection(from_month="2021-01", to_month="2022-12"), "janv. 2021 – déc. 2022", "Jan 2021 – Dec 2022"),
        (Selection(to_month="2022-03", date_basis="form_received"),
         "jusqu’à mars 2022, mois de réception de la fiche", "until Mar 2022, month of receipt of the form"),
        (Selection(regions=("11",), release="2026-10-31-0123456789"),
         "Île-de-France, données arrêtées au 31/10/2026", "Île-de-France, data as of 31 Oct 2026"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_a_selection_is_said_in_words(selection: Selection, french: str, english: str, thalidomide: Programme) -> None:
    assert words(selection, thalidomide, "fr") == french
    assert words(selection, thalidomide, "en") == english


def in_lists(query: Mapping[str, str | list[str]]) -> dict[str, list[str]]:
    return {name: [value] if isinstance(value, str) else value for name, value in query.items()}


@pytest.mark.parametrize("selection", [Selection(), EVERY_FIELD, Selection(sexes=("F",), to_month="2024-02")], ids=str)
def test_a_selection_survives_its_address(selection: Selection, thalidomide: Programme) -> None:
    assert from_query(in_lists(selection.to_query()), thalidomide) == selection


def test_what_becomes_the_address_can_be_read_back_as_it_is(thalidomide: Programme) -> None:
    assert from_query(EVERY_FIELD.to_query(), thalidomide) == EVERY_FIELD


def test_an_empty_selection_leaves_the_address_bare() -> None:
    assert Selection().to_query() == {}
    assert Selection().is_everyone
    assert Selection(date_basis="form_signed").is_everyone
    assert not Selection(sexes=("F",)).is_everyone


def test_the_order_in_an_address_does_not_matter(thalidomide: Programme) -> None:
    one, other = (
        from_query({"indications": values}, thalidomide) for values in (["ENL", "APHTOSE"], ["APHTOSE", "ENL"])
    )
    assert one == other


def test_foreign_and_empty_parameters_are_left_alone(thalidomide: Programme) -> None:
    assert from_query({"lang": ["fr"], "sexes": [""], "from_month": []}, thalidomide) == Selection()


@pytest.mark.parametrize(
    "query",
    [
        {"sexes": ["F", "X"]},
        {"indications": ["aphtose"]},
        {"age_groups": ["6-12"]},
        {"regions": ["98765"]},
        {"products": ["'; drop view core_patients; --"]},
        {"date_basis": ["birth"]},
        {"release": ["../../etc"]},
        {"release": ["latest"]},
        {"from_month": ["2024-13"]},
        {"to_month": ["2024-1"]},
        {"from_month": ["24-01"]},
        {"from_month": ["2024-05"], "to_month": ["2024-04"]},
    ],
    ids=str,
)
def test_a_value_that_the_programme_does_not_know_is_refused_and_not_repeated(
    query: dict[str, list[str]], thalidomide: Programme
) -> None:
    with pytest.raises(MeasureError) as refused:
        from_query(query, thalidomide)
    assert not any(value in str(refused.value) for values in query.values() for value in values if len(value) > 1)


def test_a_month_followed_by_a_line_break_is_refused(thalidomide: Programme) -> None:
    with pytest.raises(MeasureError):
        from_query({"from_month": ["2024-01\n"]}, thalidomide)


def test_every_listed_value_is_admitted(thalidomide: Programme) -> None:
    for field in DIMENSIONS.values():
        values = admitted(field, thalidomide)
        assert values
        assert getattr(from_query({field: values}, thalidomide), field) == tuple(values)
    for basis in DATE_BASES:
        assert from_query({"date_basis": [basis]}, thalidomide).date_basis == basis

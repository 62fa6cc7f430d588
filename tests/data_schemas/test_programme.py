"""The shipped programmes load, hold together and are frozen; a programme with an error says where it is."""

import datetime as dt
import re
from pathlib import Path

import pytest
from pydantic import ValidationError

import data_schemas
from data_schemas.errors import ProgrammeError
from data_schemas.programme import FOLDER, Programme, load, names, parse
from data_schemas.programme_parts import Source, Wording
from data_schemas.rules import named_rules
from data_schemas.tables import TABLES, Table, definition
from data_schemas.vocabularies import codes

ROOT = Path(data_schemas.__file__).parent.parent

SMALL = """\
name: small
label: {fr: Petit, en: Small}
medicine: {fr: Essai, en: Trial}
framework: {fr: Cadre, en: Framework}
established_on: 2020-01-01
most_dose_mg_day: 100
indications:
  - code: FIRST
    label: {fr: Première, en: First}
  - code: SECOND
    label: {fr: Seconde, en: Second}
age_bands:
  - {code: young, at_least: 0, below: 18, label: {fr: Jeunes, en: Young}}
  - {code: old, at_least: 18, label: {fr: Autres, en: Others}}
"""


@pytest.fixture(params=names())
def programme(request: pytest.FixtureRequest) -> Programme:
    return load(request.param)


def collected(programme: Programme, table: Table) -> list[str]:
    return [column for column in table.columns if programme.collects(table.name, column)]


def test_the_two_programmes_are_shipped() -> None:
    assert {"thalidomide", "cdisc-pilot"} <= set(names())


def test_a_programme_bears_the_name_of_its_file_and_the_hash_of_its_text(programme: Programme) -> None:
    assert (FOLDER / f"{programme.name}.yml").is_file()
    assert re.fullmatch(r"[0-9a-f]{64}", programme.sha256)


def test_a_programme_can_be_read_from_ones_own_file(tmp_path: Path) -> None:
    own = tmp_path / "own.yml"
    own.write_text(SMALL, encoding="utf-8")
    assert load(str(own)).name == "small"


def test_a_programme_is_frozen_at_every_depth(programme: Programme) -> None:
    parts = [programme, programme.label, programme.indications[0], programme.age_bands[0], programme.disclosure]
    for part in parts:
        for field in type(part).model_fields:
            with pytest.raises(ValidationError):
                setattr(part, field, None)


def test_the_figure_for_the_regulator_counts_the_four_indications_only() -> None:
    indications = load("thalidomide").indications
    assert [each.code for each in indications if each.counted] == ["APHTOSE", "LUPUS_CUT", "ENL", "CROHN_PED"]
    assert [each.code for each in indications if not each.counted] == ["HORS_PROTOCOLE"]


def test_over_six_means_sixth_birthday_passed() -> None:
    rule = load("thalidomide").indication("CROHN_PED").age
    assert rule is not None
    assert (rule.at_least, rule.below) == (6, 18)


def test_one_antimalarial_is_enough_whatever_the_wording_of_the_day() -> None:
    lupus = load("thalidomide").indication("LUPUS_CUT")
    assert [set(each.any_of) for each in lupus.prior_treatments] == [{"HYDROXYCHLOROQUINE", "CHLOROQUINE"}]
    assert {"et chloroquine" in each.quoted for each in lupus.wordings} == {True, False}


def test_severe_aphthosis_needs_both_topical_treatment_and_colchicine() -> None:
    groups = load("thalidomide").indication("APHTOSE").prior_treatments
    assert [set(each.any_of) for each in groups] == [{"TOPIQUE"}, {"COLCHICINE"}]


def follow_on(wordings: tuple[Wording, ...]) -> bool:
    """Each wording begins the day after the one before it ends, and the last has no end."""
    ends = [each.holds_until and each.holds_until + dt.timedelta(days=1) for each in wordings]
    return ends == [*(each.holds_from for each in wordings[1:]), None]


def test_on_each_day_of_the_framework_one_wording_is_in_force(programme: Programme) -> None:
    for indication in programme.indications:
        if indication.wordings:
            assert indication.wordings[0].holds_from == programme.established_on, indication.code
            assert follow_on(indication.wordings), indication.code


def test_criteria_name_treatment_classes_of_the_contract(programme: Programme) -> None:
    named = {code for each in programme.indications for group in each.prior_treatments for code in group.any_of}
    assert named <= set(codes("treatment_class", programme))


def test_dose_bands_follow_on_without_a_gap(programme: Programme) -> None:
    bands = programme.dose_bands
    assert [band.up_to for band in bands[:-1]] == [band.above for band in bands[1:]]


def test_no_code_names_two_things(programme: Programme) -> None:
    subtypes = [code for indication in programme.indications for code in indication.subtypes]
    effects = [each.code for each in programme.special_interest]
    doses = [band.code for band in programme.dose_bands]
    for listed in (subtypes, effects, doses):
        assert len(set(listed)) == len(listed)


def test_no_effect_is_listed_twice_under_one_special_interest(programme: Programme) -> None:
    for each in programme.special_interest:
        folded = [term.casefold() for term in each.preferred_terms]
        assert len(set(folded)) == len(folded), each.code


def test_severities_and_columns_not_collected_exist(programme: Programme) -> None:
    assert set(programme.severities) <= set(named_rules())
    for table, columns in programme.not_collected.items():
        assert set(columns) <= set(TABLES[table].columns), table


def test_every_mapping_leads_to_a_column_of_the_contract(programme: Programme) -> None:
    for name, mapping in programme.mapping.items():
        assert set(mapping.columns) <= set(TABLES[name].columns), name


def test_every_column_of_a_mapped_table_is_either_mapped_or_not_collected(programme: Programme) -> None:
    for name, mapping in programme.mapping.items():
        assert sorted(mapping.columns) == sorted(collected(programme, TABLES[name])), name


def test_every_required_table_is_mapped_when_any_is(programme: Programme) -> None:
    if programme.mapping:
        assert {table.name for table in TABLES.values() if table.required} <= set(programme.mapping)


def yields(source: Source) -> set[str]:
    """The values that a source is known to give."""
    return set(source.codes.values()) | ({source.value} if source.value else set())


def test_every_mapped_code_is_in_its_list(programme: Programme) -> None:
    for name, mapping in programme.mapping.items():
        for column, source in mapping.columns.items():
            vocabulary = (definition(name, column).metadata or {}).get("vocabulary")
            if vocabulary:
                assert yields(source) <= set(codes(vocabulary, programme)), f"{name}.{column}"


def test_no_column_is_both_mapped_and_ignored(programme: Programme) -> None:
    for name, mapping in programme.mapping.items():
        assert not {source.column for source in mapping.columns.values()} & set(mapping.ignored), name


def test_no_other_module_names_the_medicine_or_an_indication() -> None:
    words = {"thalidomide", "xanomeline"} | {each.code for name in names() for each in load(name).indications}
    pattern = re.compile(rf"(?<![a-z0-9])({'|'.join(map(re.escape, sorted(words)))})(?![a-z0-9])", re.IGNORECASE)
    named = [
        f"{path.relative_to(ROOT)}:{number}"
        for package in ("data_schemas", "pipelines", "dashboard")
        for path in sorted((ROOT / package).rglob("*"))
        if path.suffix in {".py", ".sql"}
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if pattern.search(line)
    ]
    assert named == []


def refused(text: str) -> ProgrammeError:
    with pytest.raises(ProgrammeError) as caught:
        parse(text, "own.yml")
    return caught.value


def problems(text: str) -> str:
    error = refused(text)
    assert error.key == "programme.invalid"
    assert error.details["file"] == "own.yml"
    return str(error.details["problems"])


def test_the_small_programme_of_these_tests_is_right() -> None:
    assert parse(SMALL, "own.yml").name == "small"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        pytest.param(SMALL.replace("{fr: Petit, en: Small}", "{fr: Petit, en: Small"), 3, id="bracket-not-closed"),
        pytest.param(SMALL.replace("    label: {fr: Prem", "\tlabel: {fr: Prem"), 9, id="tab"),
        pytest.param(SMALL + "name: again\n", 15, id="key-given-twice"),
    ],
)
def test_a_text_that_is_not_yaml_is_refused_with_its_line(text: str, line: int) -> None:
    error = refused(text)
    assert (error.key, error.details["line"]) == ("programme.not_yaml", line)


@pytest.mark.parametrize(
    ("before", "after", "place"),
    [
        pytest.param("name: small", "name: small\ncolour: red", "line 2, colour:", id="unknown-key"),
        pytest.param("code: FIRST", "code: FIRST\n    colour: red", "line 9, indications.0.colour:", id="nested-key"),
        pytest.param(", en: Trial}", "}", "line 3, medicine.en:", id="missing-language"),
        pytest.param("established_on: 2020-01-01\n", "", "established_on: Field required", id="missing-key"),
        pytest.param("2020-01-01", "01/01/2020", "line 5, established_on:", id="date-in-another-format"),
        pytest.param("day: 100", "day: plenty", "line 6, most_dose_mg_day:", id="not-a-number"),
        pytest.param("day: 100", "day: 0", "line 6, most_dose_mg_day:", id="out-of-range"),
        pytest.param("code: SECOND", "code: the second", "line 10, indications.1.code:", id="code-with-a-space"),
        pytest.param("at_least: 18,", "at_least: 18, below: 9,", "line 14, age_bands.1:", id="upside-down-ages"),
    ],
)
def test_a_wrong_key_or_value_is_refused_with_its_line(before: str, after: str, place: str) -> None:
    assert place in problems(SMALL.replace(before, after))


def test_every_error_is_listed_at_once() -> None:
    found = problems(SMALL.replace("2020-01-01", "soon").replace("day: 100", "day: plenty"))
    assert "established_on" in found
    assert "most_dose_mg_day" in found


def test_an_indication_given_twice_is_refused() -> None:
    assert "indications" in problems(SMALL.replace("code: SECOND", "code: FIRST"))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param("at_least: 18", "at_least: 19", id="gap"),
        pytest.param("at_least: 18", "at_least: 17", id="overlap"),
        pytest.param("at_least: 0", "at_least: 1", id="does-not-begin-at-0"),
        pytest.param("at_least: 18", "at_least: 18, below: 99", id="ends"),
    ],
)
def test_age_bands_that_leave_out_or_repeat_an_age_are_refused(before: str, after: str) -> None:
    assert "age_bands" in problems(SMALL.replace(before, after))


def test_a_threshold_below_five_is_refused() -> None:
    assert "disclosure.threshold" in problems(SMALL + "disclosure: {threshold: 4}\n")


@pytest.mark.parametrize(
    "source",
    ["{value: A, column: b}", "{separator: +}", "{column: b, file: other}", "{value: A, file: other, by: key}"],
)
def test_a_mapped_column_has_exactly_one_origin(source: str) -> None:
    mapping = f"mapping: {{centres: {{file: sites, columns: {{centre_id: {source}}}}}}}\n"
    assert "line 15, mapping.centres.columns.centre_id" in problems(SMALL + mapping)


@pytest.mark.parametrize("text", ["", "- a list\n", "a word\n"])
def test_a_text_that_is_no_programme_at_all_is_refused(text: str) -> None:
    assert "line 1" in problems(text)


def test_an_unknown_programme_is_refused_with_those_that_are_known() -> None:
    with pytest.raises(ProgrammeError) as caught:
        load("no-such-programme")
    assert caught.value.key == "programme.unknown"
    assert "cdisc-pilot" in str(caught.value.details["known"])

"""Traps of the engine, each seen once by running it: what would lose rows, mix up users or open a door."""

import contextlib
import dataclasses
import datetime as dt
import os
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines import parse, sql
from pipelines.dialect import Dialect
from pipelines.engines import duckdb as engine
from pipelines.engines.serving import HELD, Reader, _place, sweep
from pipelines.errors import MeasureError
from pipelines.measure import measure
from pipelines.opened import Opened
from pipelines.selection import Selection, from_query


@pytest.fixture
def builder(tmp_path: Path) -> Iterator[engine.Builder]:
    with engine.builder(tmp_path) as connection:
        yield connection


def test_a_bad_value_after_many_good_ones_keeps_its_row(builder: engine.Builder, tmp_path: Path) -> None:
    path = tmp_path / "days.csv"
    path.write_text("d,x\n" + "2024-01-05,1\n" * 30_000 + "inconnu,1\n", encoding="utf-8")
    builder.land_csv(path, Dialect("utf-8", ",", ("d", "x")), "days")
    assert builder.execute("select count(*), count(try_cast(d as date)) from days").fetchone() == (30_001, 30_000)


def test_a_cast_in_the_reader_fails_or_loses_the_row_so_text_is_landed_first(builder: engine.Builder) -> None:
    disabled = builder.execute("select current_setting('disabled_optimizers')").fetchone()
    assert disabled == ("in_clause,type_pushdown",)


def test_no_option_that_loses_rows_is_used() -> None:
    code = Path(engine.__file__).read_text(encoding="utf-8")
    assert "store_rejects=true" in code
    assert not [option for option in ("ignore_errors", "strict_mode", "null_padding") if option in code]


def test_columns_named_like_the_engines_words_are_columns(builder: engine.Builder, tmp_path: Path) -> None:
    path = tmp_path / "words.csv"
    path.write_text('select,"a\'b",rowid\n1,2,3\n', encoding="utf-8")
    builder.land_csv(path, Dialect("utf-8", ",", ("select", "a'b", "rowid")), "words")
    assert builder.execute("from words").fetchall() == [("1", "2", "3")]


@pytest.fixture(scope="module")
def opened(release: Callable[..., Opened]) -> Opened:
    sexes = [{"patient_id": f"p{n}", "sex": "FM"[n % 2]} for n in range(41)]
    return release(patients=sexes, initiations=[{"patient_id": row["patient_id"]} for row in sexes])


def test_eight_threads_get_the_answers_to_their_own_questions(opened: Opened) -> None:
    expected, wrong = {"F": 21, "M": 20}, []

    def ask(sex: str) -> None:
        for _ in range(40):
            frame = opened.query("select sex from core_treated_patients where sex = $sex", {"sex": sex})
            if set(frame["sex"]) != {sex} or len(frame) != expected[sex]:
                wrong.append(sex)

    threads = [threading.Thread(target=ask, args=("FM"[n % 2],)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


FORBIDDEN = [
    "select * from read_csv('{elsewhere}/secret.csv')",
    "select * from read_text('{elsewhere}/secret.csv')",
    "select * from '{elsewhere}/secret.csv'",
    "select * from read_text('{folder}/../../current')",
    "select * from glob('{elsewhere}/*')",
    "copy (select 1) to '{elsewhere}/out.csv'",
    "attach '{elsewhere}/other.duckdb'",
    "export database '{elsewhere}/all'",
    "install httpfs",
    "load httpfs",
    "set threads = 8",
    "set enable_external_access = true",
    "set lock_configuration = false",
    "reset memory_limit",
    "select * from local_frame",
]


@pytest.mark.parametrize("statement", FORBIDDEN)
def test_a_release_opened_for_reading_opens_nothing_else(opened: Opened, tmp_path: Path, statement: str) -> None:
    local_frame = pd.DataFrame({"x": [1]})
    assert len(local_frame) == 1
    (tmp_path / "secret.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises((duckdb.Error, ValueError)):
        opened.query(statement.format(elsewhere=tmp_path, folder=opened.release.folder))
    assert [path.name for path in tmp_path.iterdir()] == ["secret.csv"]


def test_a_release_opened_for_reading_cannot_be_written(opened: Opened) -> None:
    added = opened.release.folder / "added.csv"
    try:
        with pytest.raises((duckdb.Error, ValueError)):
            opened.query(f"copy (select 1) to '{added}'")
        assert not added.exists()
    finally:
        added.unlink(missing_ok=True)


def test_a_neighbour_whose_name_begins_alike_is_not_open(opened: Opened) -> None:
    neighbour = opened.release.folder.with_name(opened.release.name + "-other")
    neighbour.mkdir()
    (neighbour / "secret.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises((duckdb.Error, ValueError)):
        opened.query(f"from read_csv('{neighbour}/secret.csv')")
    assert (neighbour / "secret.csv").exists()


def test_values_are_bound_and_never_become_sql(opened: Opened) -> None:
    hostile: Any = "F' or '1'='1"
    assert opened.query("from core_treated_patients where sex = $sex", {"sex": hostile}).empty


def test_a_statement_that_takes_too_long_is_stopped_and_the_next_one_answers(opened: Opened) -> None:
    reader = Reader({"main": (opened.release.folder, ["core_patients"])}, seconds=0.3)
    with contextlib.closing(reader):
        with pytest.raises(MeasureError, match=r"measure\.too_long"):
            reader.query("select count(*) from range(100000000000) as a, range(1000) as b")
        assert len(reader.query("from core_patients")) == 41
        with pytest.raises(ValueError, match="one SELECT"):
            reader.query("select * from range(1); set max_execution_time = 0")
    with pytest.raises(ValueError, match="one SELECT"):
        opened.query("select 1; select 2")


MANY = "select 'MARKED-' || random() || i as r from range(3000000) as t(i) order by r"


def test_what_finds_no_room_in_memory_is_refused_and_written_nowhere(
    opened: Opened, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    reader = Reader({"main": (opened.release.folder, ["core_patients"])}, memory="40MB")
    with contextlib.closing(reader):
        assert reader.query("select current_setting('temp_directory') as t")["t"].tolist() == [""]
        with pytest.raises(MeasureError, match=r"measure\.too_large"):
            reader.query(f"select count(*) from ({MANY})")
        assert len(reader.query("from core_patients")) == 41
    assert list(tmp_path.iterdir()) == []


def test_what_a_reader_spills_is_encrypted_for_the_owner_alone_and_goes_with_them(
    opened: Opened, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    spill = opened.release.spill
    assert spill
    assert spill.stat().st_mode & 0o077 == 0
    reader = Reader({"main": (opened.release.folder, ["core_patients"])}, memory="40MB", spill=spill)
    with contextlib.closing(reader):
        rows = reader._connection.execute(MANY)
        [mine] = spill.iterdir()
        written = b"".join(path.read_bytes() for path in mine.iterdir())
        assert len(written) > 1_000_000
        assert b"MARKED-" not in written
        assert len(rows.fetchmany(5)) == 5
    assert list(spill.iterdir()) == list(tmp_path.iterdir()) == []


def test_what_is_left_of_readers_that_are_gone_is_removed_and_no_more(tmp_path: Path) -> None:
    here = _place()
    gone, elsewhere = tmp_path / f"{here}-999999999-0", [tmp_path / f"other-1-{n}" for n in "ab"]
    mine = tmp_path / f"{here}-{os.getpid()}-0"
    for each in (gone, mine, *elsewhere):
        each.mkdir()
    long_ago = time.time() - HELD - 1
    for each in (mine, elsewhere[0]):
        os.utime(each, (long_ago, long_ago))
    sweep(tmp_path)
    assert sorted(tmp_path.iterdir()) == sorted([mine, elsewhere[1]])


SIGNS = st.text(st.sampled_from("'\"`;-/*()=%_\\ \x00#|&<>${}abc019é"), min_size=1, max_size=30)
PAYLOADS = st.one_of(SIGNS, st.sampled_from([
    "' OR 1=1--", "') UNION SELECT patient_id FROM core_patients--", "1; DROP TABLE core_patients", "F'||(SELECT 1)||'",
    "' AND (SELECT count(*) FROM range(100000000)) > 0--", "$$;copy core_patients to '/tmp/x'", "{{7*7}}",
    "../../etc/passwd", "%27%20OR%201%3D1", "admin'/*",
    "\\'; ATTACH '/tmp/x.db'--", "read_csv('/etc/passwd')", "0x27204f52", "F\x00",
]))  # fmt: skip
NAMES = [each.name for each in dataclasses.fields(Selection)]


@settings(deadline=None, derandomize=True, max_examples=150)
@given(st.sampled_from(NAMES), PAYLOADS)
def test_nothing_in_an_address_becomes_sql(opened: Opened, name: str, payload: str) -> None:
    with contextlib.suppress(MeasureError):
        selection = replace(from_query({name: payload}, opened.programme), release="")
        assert measure(opened, "treated_patients", selection, []).single == 41


@settings(deadline=None, derandomize=True, max_examples=100)
@given(st.sampled_from(["sex", "indication_code", "centre_id", "region_code"]), PAYLOADS)
def test_nothing_in_a_chosen_cell_becomes_sql(opened: Opened, dimension: str, payload: str) -> None:
    with contextlib.suppress(MeasureError):
        assert measure(opened, "treated_patients", Selection(), [], {dimension: payload}).single == 0
    with pytest.raises(MeasureError):
        measure(opened, "treated_patients", Selection(), [payload])
    with pytest.raises(MeasureError):
        measure(opened, "treated_patients", Selection(), [], {payload: "F"})


DAYS = ["2024-01-05", "2024-02-29", "0001-01-01", "9999-12-31"]
NO_DAYS = ["2024-02-30", "2024-1-5", "2024-01", "2024/01/05", "05/01/2024", "2024-01-05 10:00:00", "2024-01-05 ",
           "0000-01-01", "10000-01-01", "-999-01-01", "+2024-01-05", "inf", "infinity", "-infinity", "epoch", "today",
           "2024-01-0५", "x", ""]  # fmt: skip


@pytest.mark.parametrize("written", DAYS + NO_DAYS)
def test_a_day_is_read_only_as_it_would_be_written(builder: engine.Builder, written: str) -> None:
    day = parse.value("date", "t", Dialect("utf-8", ",", (), date_order="iso"))
    found = builder.execute(f"select {day} from (select $1 as t)", [written]).fetchone()
    assert found == ((dt.date.fromisoformat(written),) if written in DAYS else (None,))


@pytest.mark.parametrize(
    "written", ["1.5", "1e3", "0x1F", "1_000", "12.", "1.0", " 12 ", "١٢", "12\n", "9" * 19, "inf"]
)
def test_a_cast_that_the_engine_would_round_or_guess_is_no_whole_number(builder: engine.Builder, written: str) -> None:
    number = parse.value("integer", "t", Dialect("utf-8", ",", ()))
    assert builder.execute(f"select {number} from (select $1 as t)", [written]).fetchone() == (None,)


def test_an_empty_field_is_null_even_in_quotes(builder: engine.Builder, tmp_path: Path) -> None:
    path = tmp_path / "empty.csv"
    path.write_text('a,b\n,1\n"",2\nx,3\n', encoding="utf-8")
    builder.land_csv(path, Dialect("utf-8", ",", ("a", "b")), "empty")
    assert builder.execute("select a from empty").fetchall() == [(None,), (None,), ("x",)]


WRITTEN = ["É`t’É", "  Œdème ", "SKIN`s", "e\u0301te\u0301", "\u00a0Âge\u202f", "plain", "", "'", "  A B  "]


@pytest.mark.parametrize("written", WRITTEN)
def test_the_engine_and_python_compare_spellings_alike(builder: engine.Builder, written: str) -> None:
    found = builder.execute(f"select {sql.comparable('t')} from (select $1 as t)", [written]).fetchone()
    assert found == (sql.comparable_text(written),)


def test_the_same_rows_are_the_same_file_in_whatever_order_threads_left_them(
    builder: engine.Builder, tmp_path: Path
) -> None:
    for name, direction in (("up", "asc"), ("down", "desc")):
        builder.execute(f"create temp table {name} as select range as n from range(300000) order by n {direction}")
        builder.write_parquet(name, tmp_path / f"{name}.parquet", order="n")
    assert (tmp_path / "up.parquet").read_bytes() == (tmp_path / "down.parquet").read_bytes()


def test_rows_left_out_of_a_landed_table_leave_the_others_their_numbers(
    builder: engine.Builder, tmp_path: Path
) -> None:
    path = tmp_path / "words.csv"
    path.write_text("a,b\n1,x\n2,y\n3,z\n", encoding="utf-8")
    builder.land_csv(path, Dialect("utf-8", ",", ("a", "b")), "words")
    builder.leave_out_rows("words", "select 2")
    builder.leave_out_columns("words", ["b"])
    assert builder.execute("select a, rowid + 1 from words").fetchall() == [("1", 1), ("3", 3)]
    assert [name for name, *_ in builder.execute("describe words").fetchall()] == ["a", "rowid"]


@pytest.mark.parametrize("way", ["as they stand", "mixed by a join"])
def test_held_rows_are_written_in_the_order_of_their_numbers(builder: engine.Builder, tmp_path: Path, way: str) -> None:
    builder.execute("create temp table rows as select range + 1 as record_no, range % 7 as v from range(700000)")
    builder.execute("create temp table words as select range as v, 'w' || range as word from range(7)")
    rows = "from rows" if way == "as they stand" else "select record_no, v, word from rows join words using (v)"
    builder.hold("kept", rows, "select record_no from rows where v = 3 and record_no < 500000")
    builder.write_parquet("kept", tmp_path / "kept.parquet", order="record_no")
    numbers = pd.read_parquet(tmp_path / "kept.parquet")["record_no"]
    assert list(numbers) == [n for n in range(1, 700_001) if (n - 1) % 7 != 3 or n >= 500_000]


def test_lists_of_values_do_not_become_joins_that_mix_the_rows(builder: engine.Builder) -> None:
    listed = ", ".join(f"'{n}'" for n in range(100))
    (plan,) = builder.execute(
        f"explain select count(*) from range(10) t(n) where cast(n as varchar) in ({listed})"
    ).fetchall()
    assert "JOIN" not in plan[1].upper()

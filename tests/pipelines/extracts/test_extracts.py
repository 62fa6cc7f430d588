"""What leaves: types and texts come back as they were, identifiers do not, and a changed byte is found."""

import csv
import datetime as dt
import hashlib
import hmac
import io
import json
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import fastexcel
import pandas as pd
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from data_schemas.tables import TABLES
from pipelines import packed, sealing, signing
from pipelines.access.events import TABLES as JOURNALLED
from pipelines.errors import ExtractError
from pipelines.extracts import content as contents
from pipelines.extracts import pack
from pipelines.extracts.catalogue import catalogue
from pipelines.extracts.pack import Taking
from pipelines.extracts.pseudonyms import Pseudonyms
from pipelines.extracts.request import FORMS, Figures, Form, Ledger, Request, Rows
from pipelines.inert import inert, original
from pipelines.measure import measure
from pipelines.opened import Opened
from pipelines.selection import Selection

LABELS = ["=1+1", "+33", "-2", "@cmd", "'apostrophe", 'a;b,c "d"', "M1", "plain"]
VISITS = "patient_id | episode_id\np-one | e-one\np-two | e-two"
SECRET = b"a secret that was drawn for this"


@pytest.fixture(scope="module")
def opened(release: Callable[..., Opened]) -> Opened:
    visits = [{"visit_id": f"v-{n}", "episode_id": "e-one" if n % 2 else "e-two", "visit_label": label,
               "visit_date": f"2024-06-{n + 1:02}", "dose_mg_day": "62.5" if n else "",
               "neuro_grade": str(n % 4)} for n, label in enumerate(LABELS)]  # fmt: skip
    return release(initiations=VISITS, visits=visits)


def taking(number: str = "0" * 16, recipient: str = "a", key: Ed25519PrivateKey | None = None) -> Taking:
    return Taking(number, recipient, "f" * 32, "demonstration", SECRET, key)


def taken(opened: Opened, request: Request, by: Taking | None = None) -> dict[str, bytes]:
    sink = io.BytesIO()
    found = pack.prepared(request, opened)
    found.write(sink, by or taking())
    with zipfile.ZipFile(sink) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def data_of(files: Mapping[str, bytes]) -> bytes:
    return next(content for name, content in files.items() if name.startswith("thalidomide_"))


def read(content: bytes, form: Form) -> pd.DataFrame:
    if form == "parquet":
        return parquet.read_table(io.BytesIO(content)).to_pandas()
    if form == "xlsx":
        book = fastexcel.read_excel(content)
        return book.load_sheet(1).to_pandas()
    french = form == "csv-fr"
    return pd.read_csv(io.BytesIO(content), sep=";" if french else ",", decimal="," if french else ".",
                       encoding="utf-8-sig", parse_dates=["visit_date"])  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
def test_types_and_texts_come_back_as_they_were(opened: Opened, form: Form) -> None:
    frame = read(data_of(taken(opened, Request(Rows("visits"), form))), form)
    texts = [str(each) for each in frame["visit_label"]]
    if form in {"csv", "csv-fr"}:
        assert all(not each.startswith(("=", "+", "-", "@")) for each in texts)
        texts = [original(each) for each in texts]
    assert sorted(texts) == sorted(LABELS)
    assert sorted(frame["dose_mg_day"].dropna()) == [62.5] * (len(LABELS) - 1)
    assert frame["dose_mg_day"].isna().sum() == 1
    assert {pd.Timestamp(each).date() for each in frame["visit_date"]} == {
        dt.date(2024, 6, n + 1) for n in range(len(LABELS))
    }
    assert sorted(frame["neuro_grade"]) == [0, 0, 1, 1, 2, 2, 3, 3]
    states = frame.loc[frame["dose_mg_day"].isna(), "empty_cells"].iloc[0].split()
    assert "dose_mg_day:not_recorded" in states


def test_french_excel_opens_the_file_as_it_is(opened: Opened) -> None:
    content = data_of(taken(opened, Request(Rows("visits"))))
    assert content.startswith(b'\xef\xbb\xbf"visit_id";')
    assert content.endswith(b"\r\n")
    assert b"\n" not in content.replace(b"\r\n", b"")
    assert b'"62,5"' in content
    assert b"62.5" not in content


def test_the_file_for_software_has_points_and_commas(opened: Opened) -> None:
    content = data_of(taken(opened, Request(Rows("visits"), "csv")))
    assert content.startswith(b'"visit_id",')
    assert b",62.5," in content


@given(st.text(max_size=20))
@settings(derandomize=True, deadline=None)
def test_taking_one_apostrophe_away_gives_the_text_back(text: str) -> None:
    assert original(inert(text)) == text
    assert not inert(text).startswith(("=", "+", "-", "@", "\t", "\r", "\n"))


def test_pseudonyms_are_those_of_the_extract_and_its_recipient(opened: Opened) -> None:
    def episodes(by: Taking) -> dict[str, str]:
        frame = read(data_of(taken(opened, Request(Rows("visits"), "parquet"), by)), "parquet")
        return dict(zip(frame["visit_label"], frame["episode_id"], strict=True))

    first, again = episodes(taking()), episodes(taking())
    assert first == again
    assert len(set(first.values())) == 2
    assert first["=1+1"] == first["-2"] != first["+33"]
    key = Pseudonyms.of(SECRET, "0" * 16, "a").key
    assert first["+33"] == hmac.new(key, b"episode_id:e-one", hashlib.sha256).hexdigest()[:16]
    others = [episodes(taking(number="1" * 16)), episodes(taking(recipient="b"))]
    assert len({*first.values(), *others[0].values(), *others[1].values()}) == 6


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("table", [each for each in TABLES if each in {"initiations", "visits", "patients", "centres"}])
def test_no_identifier_of_the_store_and_no_key_leaves(opened: Opened, table: str, form: Form) -> None:
    identifiers = {"p-one", "p-two", "e-one", "e-two", *(f"v-{n}" for n in range(len(LABELS)))}
    key = Pseudonyms.of(SECRET, "0" * 16, "a").key
    files = taken(opened, Request(Rows(table), form))
    cells = read_text(data_of(files), form)
    assert cells
    assert not identifiers & cells
    assert json.loads(files["manifest.json"])["parameters"]["key_inner"] == "(secret)"
    assert not any(key.hex().encode() in each or key in each for each in files.values())


def read_text(content: bytes, form: Form) -> set[str]:
    if form in {"parquet", "xlsx"}:
        return {str(each) for each in read(content, form).to_numpy().ravel()}
    text = content.decode("utf-8-sig")
    return {cell for row in csv.reader(io.StringIO(text), delimiter=";" if form == "csv-fr" else ",") for cell in row}


def test_the_order_of_the_rows_tells_nothing(opened: Opened) -> None:
    orders = [tuple(read(data_of(taken(opened, Request(Rows("visits"), "parquet"), taking(f"{n:016}"))), "parquet")
                    ["visit_label"]) for n in range(4)]  # fmt: skip
    assert len(set(orders)) > 1
    assert tuple(LABELS) not in orders


def test_rows_that_are_sorted_in_stretches_are_all_there_once(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contents, "SORTED", 2)
    files = taken(opened, Request(Rows("visits"), "parquet"))
    assert sorted(read(data_of(files), "parquet")["visit_label"]) == sorted(LABELS)
    assert json.loads(files["manifest.json"])["parameters"]["stretch"] == "0 … 4"


@pytest.mark.parametrize(("precision", "dates"), [("month", {"2024-06"}), ("year", {"2024"})])
def test_dates_are_as_exact_as_the_role_may_have_them(opened: Opened, precision: Any, dates: set[str]) -> None:
    files = taken(opened, Request(Rows("visits"), "parquet", precision=precision))
    assert set(read(data_of(files), "parquet")["visit_date"]) == dates
    assert b"2024-06-0" not in b"".join(files.values())
    assert json.loads(files["manifest.json"])["dates"] == precision


def test_a_table_that_was_not_sent_gives_no_empty_file(release: Callable[..., Opened]) -> None:
    opened = release(patients="patient_id\np-one")
    with pytest.raises(ExtractError) as error:
        taken(opened, Request(Rows("visits")))
    assert error.value.key == "extract.not_sent"
    frame = read(data_of(taken(opened, Request(Figures("effects"), "parquet"))), "parquet")
    assert list(frame["state"]) == ["not_sent"]
    assert frame.drop(columns="state").isna().all(axis=None)


SELECTIONS = st.builds(
    Selection,
    from_month=st.sampled_from(["", "2024-01", "2024-03"]),
    to_month=st.sampled_from(["", "2024-03", "2024-05"]),
    indications=st.sampled_from([(), ("APHTOSE",), ("LUPUS_CUT", "ENL")]),
    sexes=st.sampled_from([(), ("F",), ("M",)]),
)


@pytest.fixture(scope="module")
def months(release: Callable[..., Opened]) -> Opened:
    codes = ["APHTOSE", "LUPUS_CUT", "ENL"]
    rows = [{"patient_id": f"p{n}", "treatment_start_date": f"2024-0{n % 5 + 1}-10", "indication_code": codes[n % 3]}
            for n in range(12)]  # fmt: skip
    return release(patients=[{"patient_id": f"p{n}", "sex": "FM"[n % 2]} for n in range(12)], initiations=rows)


@given(selection=SELECTIONS, name=st.sampled_from(["new_patients", "treated_patients", "episodes_begun"]))
@settings(max_examples=20, derandomize=True, deadline=None)
def test_the_same_selection_gives_the_same_figures_on_screen_and_in_the_file(
    months: Opened, selection: Selection, name: str
) -> None:
    files = taken(months, Request(Figures(name), "csv", selection=selection))
    shown = measure(months, name, selection).frame
    frame = pd.read_csv(io.BytesIO(data_of(files)), dtype=str, keep_default_na=False)
    expected = shown[list(frame.columns)].astype(object).where(shown[list(frame.columns)].notna(), "").astype(str)
    assert frame.to_numpy().tolist() == expected.to_numpy().tolist()
    manifest = json.loads(files["manifest.json"])
    assert manifest["filters"] == json.loads(json.dumps(selection.to_query()))
    assert manifest["rows"] == len(frame)


def test_the_rows_of_a_selection_are_those_of_its_patients(months: Opened) -> None:
    selection = Selection(indications=("ENL",))
    files = taken(months, Request(Rows("initiations", ("indication_code",)), "csv", selection=selection))
    assert set(pd.read_csv(io.BytesIO(data_of(files)))["indication_code"]) == {"ENL"}
    assert json.loads(files["manifest.json"])["filters"] == {"indications": ["ENL"]}
    centres = json.loads(taken(months, Request(Rows("centres"), selection=selection))["manifest.json"])
    assert centres["filters"] == {}


def test_a_changed_byte_is_found_and_its_file_is_named(opened: Opened, tmp_path: Path) -> None:
    key = Ed25519PrivateKey.generate()
    files = taken(opened, Request(Rows("visits")), taking(key=key))
    assert sealing.verify(packed.packed(files), signing.public_half(key)).known is True
    for name, content in files.items():
        changed = content[:-3] + bytes([content[-3] ^ 1]) + content[-2:]
        faults = sealing.verify(packed.packed(files | {name: changed})).faults
        assert [(each.key, each.details["file"]) for each in faults] == [("pack.changed", name)]
    path = tmp_path / "pack.zip"
    path.write_bytes(packed.zipped(files))
    assert packed.found(path) == packed.packed(files)


def test_without_a_key_the_manifest_says_so_and_a_signature_cannot_be_taken_away(opened: Opened) -> None:
    files = taken(opened, Request(Rows("visits")))
    found = sealing.verify(packed.packed(files))
    assert (found.faults, found.signed, found.public_key) == ((), False, None)
    assert json.loads(files["manifest.json"])["signed"] is False
    signed = taken(opened, Request(Rows("visits")), taking(key=Ed25519PrivateKey.generate()))
    seal = json.loads(signed["seal.json"]) | {"signature": None, "public_key": None}
    stripped = signed | {"seal.json": signing.canonical(seal)}
    assert [each.details["file"] for each in sealing.verify(packed.packed(stripped)).faults] == ["seal.json"]
    other = sealing.verify(packed.packed(files), "0" * 64)
    assert [each.key for each in other.faults] == ["pack.not_by_key"]


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("name", [name for name, each in catalogue().items() if not isinstance(each, Ledger)])
def test_every_standard_extract_is_made_with_its_dictionary(opened: Opened, name: str, language: str
                                                            ) -> None:  # fmt: skip
    asked = catalogue()[name]
    if isinstance(asked, Rows) and not opened.release.was_sent(asked.table):
        pytest.skip("covered where the table is sent")
    files = taken(opened, Request(asked, "csv", language))
    columns = list(pd.read_csv(io.BytesIO(data_of(files)), nrows=0).columns)
    separator = ";" if language == "fr" else ","
    lines = list(csv.reader(io.StringIO(files["dictionary.csv"].decode("utf-8-sig")), delimiter=separator))
    assert [line[1] for line in lines if line[0] == "column"] == columns
    assert all(line[3] and line[4] for line in lines if line[0] == "column")


def test_the_journal_can_say_of_every_table_that_its_rows_were_taken() -> None:
    assert set(JOURNALLED) == set(TABLES)

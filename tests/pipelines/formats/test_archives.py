"""A zip is read like the folder it holds; one that could do harm is refused by the name of its member."""

import gzip
import io
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from pipelines.errors import Problem
from pipelines.formats import archive
from pipelines.importing import Imported
from pipelines.opened import Opened

CENTRES = b"centre_id,region_code\nC1,11\n"


def keys(problems: list[Problem]) -> list[str]:
    return [problem.key for problem in problems]


@pytest.mark.parametrize("inside", ["", "export/", "a/b/"])
def test_a_zip_gives_what_its_folder_gives(
    export: Callable[..., Path], imported: Callable[..., Imported], zipped: Callable[..., Path], inside: str
) -> None:
    folder = export()
    assert imported(folder=zipped(folder, inside=inside)).release.name == imported(folder=folder).release.name


def test_the_cut_off_may_stand_in_the_name_of_the_zip(
    export: Callable[..., Path], imported: Callable[..., Imported], zipped: Callable[..., Path]
) -> None:
    folder = export()
    (folder / "manifest.json").unlink()
    record = imported(folder=zipped(folder, name="export-2026-09-30.zip")).release.record
    assert (record["cutoff"], record["cutoff_origin"]) == ("2026-09-30", "folder")


def test_what_systems_leave_in_a_zip_is_no_part_of_the_export(
    export: Callable[..., Path], imported: Callable[..., Imported], zipped: Callable[..., Path]
) -> None:
    files = {path.name: path.read_bytes() for path in export().iterdir()}
    files |= {"__MACOSX/._centres.csv": b"\x00", ".DS_Store": b"\x00"}
    assert imported(folder=zipped(files)).is_new


@pytest.mark.parametrize(
    "name", ["../centres.csv", "/root/centres.csv", "a/../../centres.csv", "a\\centres.csv", "C:centres.csv"]
)
def test_a_member_that_leads_out_of_the_zip_is_refused(
    zipped: Callable[..., Path], problems: Callable[..., list[Problem]], tmp_path: Path, name: str
) -> None:
    found = problems(zipped({name: CENTRES}))
    assert keys(found) == ["archive.escapes"]
    assert found[0].details == {"file": "2026-10-31.zip", "member": name}
    assert not (tmp_path.parent / "centres.csv").exists()


def test_a_link_in_a_zip_is_refused(tmp_path: Path, problems: Callable[..., list[Problem]]) -> None:
    link = zipfile.ZipInfo("centres.csv")
    link.create_system, link.external_attr = 3, 0o120777 << 16
    with zipfile.ZipFile(tmp_path / "e.zip", "w") as opened:
        opened.writestr(link, "/etc/passwd")
    assert keys(problems(tmp_path / "e.zip")) == ["archive.no_plain_file"]


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("second", ["centres.csv", "CENTRES.csv", "a/centres.csv"])
def test_two_members_of_one_name_are_refused(
    tmp_path: Path, problems: Callable[..., list[Problem]], second: str
) -> None:
    with zipfile.ZipFile(tmp_path / "e.zip", "w") as opened:
        opened.writestr("centres.csv", CENTRES)
        opened.writestr(second, CENTRES)
    assert keys(problems(tmp_path / "e.zip")) == ["archive.twice"] * 2


def test_files_in_several_folders_are_refused(
    zipped: Callable[..., Path], problems: Callable[..., list[Problem]]
) -> None:
    found = problems(zipped({"a/centres.csv": CENTRES, "b/patients.csv": CENTRES}))
    assert keys(found) == ["archive.several_folders"]


def test_an_encrypted_member_is_refused(zipped: Callable[..., Path], problems: Callable[..., list[Problem]]) -> None:
    path = zipped({"centres.csv": CENTRES})
    content = bytearray(path.read_bytes())
    for signature, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(signature) + place] |= 1
    path.write_bytes(content)
    assert keys(problems(path)) == ["archive.encrypted"]


@pytest.mark.parametrize("content", [b"", b"no zip", b"PK\x03\x04 cut"])
def test_what_is_no_zip_is_refused(tmp_path: Path, problems: Callable[..., list[Problem]], content: bytes) -> None:
    (tmp_path / "e.zip").write_bytes(content)
    assert keys(problems(tmp_path / "e.zip")) == ["archive.damaged"]


def test_a_damaged_member_is_refused(zipped: Callable[..., Path], problems: Callable[..., list[Problem]]) -> None:
    path = zipped({"centres.csv": CENTRES * 50})
    content = bytearray(path.read_bytes())
    content[50] ^= 0xFF
    path.write_bytes(content)
    assert keys(problems(path)) == ["archive.damaged"]


def test_a_zip_that_announces_too_much_is_refused(
    zipped: Callable[..., Path], problems: Callable[..., list[Problem]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "MOST_BYTES", 1000)
    assert keys(problems(zipped({"centres.csv": b"0" * 1001}))) == ["archive.too_large"]


def test_a_zip_that_announces_too_little_is_refused(
    zipped: Callable[..., Path], problems: Callable[..., list[Problem]]
) -> None:
    path = zipped({"centres.csv": b"0" * 100_000})
    content = bytearray(path.read_bytes())
    for signature, place in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        at = content.index(signature) + place
        content[at : at + 4] = struct.pack("<I", 10)
    path.write_bytes(content)
    assert keys(problems(path)) == ["archive.damaged"]


def test_what_really_comes_out_is_counted_too() -> None:
    with pytest.raises(archive._TooLargeError):
        archive._copy(io.BytesIO(b"0" * 1001), None, 1000)


def test_a_zip_of_too_many_files_is_refused(
    zipped: Callable[..., Path], problems: Callable[..., list[Problem]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "MOST_MEMBERS", 2)
    found = problems(zipped({f"{n}.csv": CENTRES for n in range(3)}))
    assert keys(found) == ["archive.too_many"]
    assert found[0].details == {"file": "2026-10-31.zip", "n": 3, "most": 2}


def test_a_gzip_file_is_read_like_what_it_holds(release: Callable[..., Opened]) -> None:
    given = release(files={"centres.csv.gz": gzip.compress(CENTRES)}, centres=None, manifest={"files": {}})
    assert list(given.query("select centre_id from core_centres")["centre_id"]) == ["C1"]


@pytest.mark.parametrize(
    ("content", "key"),
    [
        (gzip.compress(CENTRES * 99, mtime=0), "archive.too_large"),
        (CENTRES, "archive.damaged"),
        (gzip.compress(CENTRES, mtime=0)[:-5], "archive.damaged"),
    ],
)
def test_a_gzip_file_that_is_damaged_or_too_large_is_refused(
    export: Callable[..., Path], problems: Callable[..., list[Problem]], monkeypatch: pytest.MonkeyPatch,
    content: bytes, key: str,
) -> None:  # fmt: skip
    monkeypatch.setattr(archive, "MOST_BYTES", 1000)
    assert keys(problems(export(files={"visits.csv.gz": content}))) == [key]


def test_a_table_sent_in_two_forms_is_refused(
    export: Callable[..., Path], problems: Callable[..., list[Problem]]
) -> None:
    assert keys(problems(export(files={"centres.csv.gz": gzip.compress(CENTRES)}))) == ["export.table_twice"]

"""Damaged exports: whatever happens to the bytes of a valid one, it is refused or loaded, and no row is lost."""

import random
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from data_schemas.errors import OperatorError
from data_schemas.programme import Programme
from pipelines import read
from pipelines.engines import duckdb as engine
from pipelines.errors import ExportRefused
from pipelines.export import open_export
from pipelines.formats.opening import memory
from pipelines.importing import import_export
from pipelines.mapping import map_tables
from pipelines.messages import LANGUAGES, explain
from pipelines.store import Store

PIECES = [
    b'"', b"\n", b"\r", b"\r\n", b";", b",", b"\t", b"\x00", b"\xff", b"\xe9", b"\xc3\xa9", b"\xc2\xa0", b"'", b"--",
    b"=", b"0x1F", b"1e3", b"NaN", b"inf", b"-1", b"31/02/2024", b"2024-13-01", b"\xef\xbb\xbf", b"sep=;\n",
    b"null", b"{}", b"%", b"$cutoff", b"'; drop table x; --", b"\xe2\x80\xaf", b"A" * 300, b"", b" ",
]  # fmt: skip
ROWS = 8


def mutate(content: bytes, chance: random.Random) -> bytes:
    """One to four changes: a piece put in, taken out, doubled, moved, or a bit flipped."""
    for _ in range(chance.randint(1, 4)):
        start = chance.randrange(len(content) + 1)
        end = min(len(content), start + chance.choice([0, 1, 2, 5, 40]))
        match chance.randrange(5):
            case 0:
                content = content[:start] + chance.choice(PIECES) + content[end:]
            case 1:
                content = content[:start] + content[end:]
            case 2:
                content = content[:end] + content[start:end] + content[end:]
            case 3:
                place = chance.randrange(len(content) + 1)
                content = content[:place] + content[start:end] + content[place:]
            case _ if content:
                place = chance.randrange(len(content))
                content = content[:place] + bytes([content[place] ^ 1 << chance.randrange(8)]) + content[place + 1 :]
    return content


@pytest.fixture(scope="module")
def valid(export: Callable[..., Path]) -> Path:
    patients = [{"patient_id": f"p{n}", "sex": "FM"[n % 2]} for n in range(ROWS)]
    starts = [{"patient_id": row["patient_id"], "episode_id": f"e{n}"} for n, row in enumerate(patients)]
    visits = [{"visit_id": f"v{n}", "episode_id": f"e{n}", "visit_label": "Mois 3"} for n in range(ROWS)]
    effects = [{"ae_id": f"a{n}", "patient_id": f"p{n}", "episode_id": f"e{n}"} for n in range(ROWS)]
    unlisted: dict[str, object] = {"files": {}}  # with hashes, every mutant would be refused at the door
    return export(patients=patients, initiations=starts, visits=visits, adverse_events=effects, manifest=unlisted)


@pytest.fixture(scope="module")
def store(new_store: Callable[[], Store], valid: Path, thalidomide: Programme) -> Store:
    filled = new_store()
    import_export(valid, thalidomide, filled)
    return filled


def try_mutant(seed: int, valid: Path, store: Store, programme: Programme, folder: Path) -> str:
    """Import one mutant; what became of it."""
    chance = random.Random(seed)  # noqa: S311
    folder.mkdir()
    for path in sorted(valid.iterdir()):
        (folder / path.name).write_bytes(path.read_bytes())
    victim = chance.choice(sorted(folder.glob("*.*")))
    victim.write_bytes(mutate(victim.read_bytes(), chance))
    before = {path.name for path in (store.folder / "releases").iterdir()}
    try:
        done = import_export(folder, programme, store)
    except OperatorError as refusal:
        refused: OperatorError | None = refusal
    else:
        refused = None
    assert not list(store.folder.glob("tmp-*"))
    if refused is not None:
        assert {path.name for path in (store.folder / "releases").iterdir()} == before
        assert all(explain(refused, language) for language in LANGUAGES)
        return "refused" if isinstance(refused, ExportRefused) else "stopped"
    assert all(count.read == count.loaded + count.quarantined for count in done.counts)
    return "loaded"


def read_mutant(seed: int, valid: Mapping[str, bytes], programme: Programme, folder: Path) -> str:
    """Read one mutant as far as its damaged file has landed, ten times faster than an import; what became of it."""
    chance = random.Random(seed)  # noqa: S311
    victim = chance.choice(sorted(valid))
    for name, content in (dict(valid) | {victim: mutate(valid[victim], chance)}).items():
        (folder / name).write_bytes(content)
    with engine.builder(folder / "scratch") as connection, memory() as held:
        try:
            export = open_export(folder, programme, held)
            tables, problems = map_tables(export, programme)
            landed = read.land(connection, tables, [] if problems else export.files.values())
        except ExportRefused as refusal:
            problems, landed = refusal.problems, {}
    assert all(problem.key and explain(ExportRefused([problem]), "en") for problem in problems)
    assert problems or all(each.n_rows + each.n_broken >= 1 for each in landed.values())
    return "refused" if problems else "loaded"


def test_fifty_damaged_exports_are_refused_or_read_and_no_record_is_lost(
    valid: Path, thalidomide: Programme, tmp_path: Path
) -> None:
    contents = {path.name: path.read_bytes() for path in valid.iterdir()}
    outcomes = {read_mutant(seed, contents, thalidomide, tmp_path) for seed in range(50)}
    assert outcomes == {"refused", "loaded"}


@pytest.mark.parametrize("batch", range(2))
def test_a_damaged_export_is_refused_or_loaded_and_nothing_is_lost(
    valid: Path, store: Store, thalidomide: Programme, tmp_path: Path, batch: int
) -> None:
    outcomes = [try_mutant(1_000 * batch + n, valid, store, thalidomide, tmp_path / f"mutant-{n}") for n in range(12)]
    assert set(outcomes) <= {"refused", "loaded"}


@pytest.mark.nightly
@pytest.mark.parametrize("batch", range(20))
def test_ten_thousand_damaged_exports_are_refused_or_read_and_no_record_is_lost(
    valid: Path, thalidomide: Programme, tmp_path: Path, batch: int
) -> None:
    contents = {path.name: path.read_bytes() for path in valid.iterdir()}
    first = 10_000 + 500 * batch
    outcomes = {read_mutant(seed, contents, thalidomide, tmp_path) for seed in range(first, first + 500)}
    assert outcomes == {"refused", "loaded"}


@pytest.mark.nightly
@pytest.mark.parametrize("batch", range(20))
def test_a_thousand_damaged_exports_are_imported_or_leave_the_store_as_it_was(
    valid: Path, store: Store, thalidomide: Programme, tmp_path: Path, batch: int
) -> None:
    first = 20_000 + 50 * batch
    outcomes = {
        try_mutant(seed, valid, store, thalidomide, tmp_path / f"mutant-{seed}") for seed in range(first, first + 50)
    }
    assert outcomes == {"refused", "loaded"}

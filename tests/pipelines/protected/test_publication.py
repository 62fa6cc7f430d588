"""The ledger follows the releases of a store: it only ever grows, and what it needs to go on stays in the store."""

import itertools
import stat
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from data_schemas.disclosure import Disclosure
from data_schemas.programme import Programme
from pipelines.erase import erase
from pipelines.errors import LedgerError, SigningError, StoreError
from pipelines.imported import Imported
from pipelines.protected import audit
from pipelines.protected.files import LedgerFiles
from pipelines.protected.publication import Published, follow, published
from pipelines.signing import VARIABLE, load_key, make_key
from pipelines.store import Store

Rows = Sequence[dict[str, str]]


def starts(n: int, month: str, first: int = 0, **values: str) -> list[dict[str, str]]:
    return [{"patient_id": f"p{first + k}", "treatment_start_date": f"{month}-10", **values} for k in range(n)]


@pytest.fixture
def key() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(bytes(32))


@pytest.fixture
def store(new_store: Callable[[], Store]) -> Store:
    return new_store()


@pytest.fixture
def publish(store: Store, key: Ed25519PrivateKey, export: Callable[..., Path], imported: Callable[..., Imported]
            ) -> Callable[..., Published]:  # fmt: skip
    """Import treatment starts known at a cut-off, and let the ledger follow."""

    def run(rows: Rows, cutoff: str, **tables: Any) -> Published:
        folder = export(initiations=rows, manifest={"cutoff_date": cutoff}, **tables)
        imported(folder, store)
        return follow(store, key)

    return run


def content(store: Store) -> bytes:
    return LedgerFiles(store, "thalidomide").content()


def numbers(store: Store) -> list[tuple[str, int]]:
    ledger = published(store, "thalidomide")
    assert ledger is not None
    return [(each.last_month, each.n) for each in ledger.entries if each.kind == "block"]


def test_a_release_is_published_once(store: Store, key: Ed25519PrivateKey, publish: Callable[..., Published]) -> None:
    done = publish(starts(12, "2024-01"), "2024-01-31")
    before = content(store)

    assert (done.outcome, done.n_entries, numbers(store)) == ("published", 1, [("2024-01", 12)])
    assert follow(store, key).outcome == "already"
    assert content(store) == before


def test_late_forms_corrections_and_erasures_leave_what_was_published(
    store: Store, key: Ed25519PrivateKey, publish: Callable[..., Published]
) -> None:
    seen = []
    january = starts(12, "2024-01")
    publish(january, "2024-01-31")
    seen.append(content(store))
    late = [*january, *starts(3, "2024-01", 50), *starts(9, "2024-02", 60)]
    publish(late, "2024-02-29")
    seen.append(content(store))
    corrected = [*starts(12, "2024-03"), *late[12:], *starts(11, "2024-03", 80)]
    publish(corrected, "2024-03-31")
    seen.append(content(store))
    erase(store, "p1")
    assert follow(store, key).outcome == "already"
    publish([*corrected, *starts(2, "2024-04", 100)], "2024-04-30")
    seen.append(content(store))

    assert numbers(store) == [("2024-01", 12), ("2024-02", 12), ("2024-03", 11)]
    assert all(later.startswith(earlier) for earlier, later in itertools.pairwise(seen))


def test_going_back_and_on_again_adds_nothing(store: Store, key: Ed25519PrivateKey,
                                              publish: Callable[..., Published]) -> None:  # fmt: skip
    publish(starts(12, "2024-01"), "2024-01-31")
    first = store.current()
    publish([*starts(12, "2024-01"), *starts(12, "2024-02", 30)], "2024-02-29")
    second, before = store.current(), content(store)
    assert first is not None
    assert second is not None
    store.roll_back(first.name)

    assert follow(store, key).outcome == "already"
    store.roll_back(second.name)
    assert follow(store, key).outcome == "already"
    assert content(store) == before


def test_a_release_of_an_earlier_cut_off_adds_nothing(
    store: Store, key: Ed25519PrivateKey, imported: Callable[..., Imported], export: Callable[..., Path]
) -> None:
    january = imported(export(initiations=starts(12, "2024-01"), manifest={"cutoff_date": "2024-01-31"}), store).release
    imported(export(initiations=starts(12, "2024-01"), manifest={"cutoff_date": "2024-02-29"}), store)
    follow(store, key)
    store.roll_back(january.name)

    assert follow(store, key).outcome == "older"


def test_a_ledger_as_of_a_release_is_a_beginning_of_it(store: Store, publish: Callable[..., Published]) -> None:
    first = publish(starts(12, "2024-01"), "2024-01-31").release
    publish([*starts(12, "2024-01"), *starts(12, "2024-02", 30)], "2024-02-29")
    then, now = published(store, "thalidomide", first.name), published(store, "thalidomide")

    assert then is not None
    assert now is not None
    assert now.entries[: len(then.entries)] == then.entries
    assert len(now.entries) > len(then.entries)


def test_the_ledger_after_an_erasure_is_still_found_by_the_name_of_its_release(
    store: Store, publish: Callable[..., Published]
) -> None:
    publish(starts(12, "2024-01"), "2024-01-31")
    length = len(content(store))
    publish([*starts(12, "2024-01"), *starts(12, "2024-02", 30)], "2024-02-29")
    done = erase(store, "p1")
    then = published(store, "thalidomide", min(each.after.name for each in done))

    assert then is not None
    assert len(then.entries) == len(content(store)[:length].splitlines()) - 1


def test_no_pseudonym_and_no_small_number_is_in_the_ledger_nor_a_pseudonym_beside_it(
    store: Store, publish: Callable[..., Published]
) -> None:
    publish([*starts(12, "2024-01"), *starts(10, "2024-01", 30, indication_code="LUPUS_CUT")], "2024-01-31")
    files = [path for path in (store.folder / "ledger").iterdir() if path.is_file()]

    assert len(files) == 2
    assert all(b'"p1"' not in path.read_bytes() for path in files)
    assert b'"n":10' not in content(store)
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in files)


@pytest.mark.parametrize("stops_after", [0, 1])
def test_killed_in_between_the_store_has_the_ledger_before_and_the_next_try_finishes(
    stops_after: int, store: Store, key: Ed25519PrivateKey, publish: Callable[..., Published],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    publish(starts(12, "2024-01"), "2024-01-31")
    before = content(store)
    write, done = LedgerFiles._write, list[Path]()

    def killed(self: LedgerFiles, path: Path, data: bytes) -> None:
        if len(done) == stops_after:
            raise KeyboardInterrupt
        done.append(path)
        write(self, path, data)

    with monkeypatch.context() as patched:
        patched.setattr(LedgerFiles, "_write", killed)
        with pytest.raises(KeyboardInterrupt):
            publish([*starts(12, "2024-01"), *starts(12, "2024-02", 30)], "2024-02-29")
    assert content(store) == before
    assert numbers(store) == [("2024-01", 12)]

    follow(store, key)
    assert numbers(store) == [("2024-01", 12), ("2024-02", 12)]
    assert len(list((store.folder / "ledger").iterdir())) == 2


def refused(run: Callable[[], object], kind: type[Exception] = LedgerError) -> str:
    with pytest.raises(kind) as error:
        run()
    return str(error.value.key)  # type: ignore[attr-defined]


def test_where_the_audit_fails_nothing_is_published(store: Store, publish: Callable[..., Published],
                                                    monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    publish(starts(12, "2024-01"), "2024-01-31")
    before, release = content(store), store.current()
    monkeypatch.setattr(audit, "breaks", lambda _: iter([4]))

    key = refused(lambda: publish([*starts(12, "2024-01"), *starts(12, "2024-02", 30)], "2024-02-29"))
    assert key == "ledger.against_plan"
    assert content(store) == before
    assert store.current() != release


def test_a_programme_without_a_plan_has_no_protected_world(store: Store, key: Ed25519PrivateKey, thalidomide: Programme,
                                                           imported: Callable[..., Imported]) -> None:  # fmt: skip
    imported(store=store)
    without = thalidomide.model_copy(update={"disclosure": Disclosure()})

    assert refused(lambda: follow(store, key, programme=without)) == "ledger.no_plan"


def test_another_plan_is_refused_other_labels_are_not(store: Store, key: Ed25519PrivateKey, thalidomide: Programme,
                                                      publish: Callable[..., Published]) -> None:  # fmt: skip
    publish(starts(12, "2024-01"), "2024-01-31")
    plan = thalidomide.disclosure
    other = thalidomide.model_copy(update={"disclosure": plan.model_copy(update={"batch_size": 81})})
    worded = plan.variables[0].model_copy(update={"tree": tuple(
        node.model_copy(update={"label": None}) for node in plan.variables[0].tree)})  # fmt: skip
    labels = thalidomide.model_copy(
        update={"disclosure": plan.model_copy(update={"variables": (worded, *plan.variables[1:])})})  # fmt: skip

    assert refused(lambda: follow(store, key, programme=other)) == "ledger.other_plan"
    assert follow(store, key, programme=labels).outcome == "already"


def test_another_key_is_refused(store: Store, publish: Callable[..., Published]) -> None:
    publish(starts(12, "2024-01"), "2024-01-31")

    assert refused(lambda: follow(store, Ed25519PrivateKey.generate())) == "ledger.other_key"


def test_without_what_is_remembered_nothing_is_added(store: Store, key: Ed25519PrivateKey,
                                                     publish: Callable[..., Published]) -> None:  # fmt: skip
    publish(starts(12, "2024-01"), "2024-01-31")
    next((store.folder / "ledger").glob("*.exact.json")).unlink()

    assert refused(lambda: follow(store, key)) == "ledger.forgotten"


def test_without_the_key_of_the_fingerprints_nobody_is_counted_again(
    store: Store, publish: Callable[..., Published]
) -> None:
    publish(starts(12, "2024-01"), "2024-01-31")
    before = content(store)
    (store.folder / "erased.key").unlink()

    assert refused(lambda: publish([*starts(12, "2024-01"), *starts(12, "2024-02", 30)], "2024-02-29"),
                   StoreError) == "store.key_lost"  # fmt: skip
    assert content(store) == before


def test_a_damaged_ledger_is_not_gone_on_with(store: Store, key: Ed25519PrivateKey,
                                              publish: Callable[..., Published]) -> None:  # fmt: skip
    publish(starts(12, "2024-01"), "2024-01-31")
    path = store.folder / "ledger" / "thalidomide.jsonl"
    path.write_bytes(path.read_bytes().replace(b'"n":12', b'"n":13'))

    assert refused(lambda: follow(store, key)) == "ledger.broken"


def test_an_empty_store_has_nothing_to_publish(store: Store, key: Ed25519PrivateKey) -> None:
    assert refused(lambda: follow(store, key), StoreError) == "store.no_release"
    assert published(store, "thalidomide") is None


def test_a_key_is_its_owners_and_never_in_the_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    store = tmp_path / "store"
    store.mkdir()
    public = make_key(tmp_path / "key")

    assert stat.S_IMODE((tmp_path / "key").stat().st_mode) == 0o600
    assert (tmp_path / "key.pub").read_text().strip() == public
    assert refused(lambda: make_key(tmp_path / "key"), SigningError) == "signing.key_exists"
    assert refused(lambda: make_key(store / "key", store), SigningError) == "signing.key_in_store"
    assert refused(lambda: load_key(None, store), SigningError) == "signing.no_key"
    (tmp_path / "key").chmod(0o640)
    assert refused(lambda: load_key(tmp_path / "key", store), SigningError) == "signing.key_open"
    (store / "key").write_text("x")
    assert refused(lambda: load_key(store / "key", store), SigningError) == "signing.key_in_store"
    (tmp_path / "none").write_text("x")
    (tmp_path / "none").chmod(0o600)
    assert refused(lambda: load_key(tmp_path / "none", store), SigningError) == "signing.key_unreadable"

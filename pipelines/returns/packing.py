"""What goes into a pack, and the same made again from the release of a pack that was sealed long ago."""

from collections.abc import Sequence
from importlib.metadata import version

from data_schemas.programme import parse
from pipelines.errors import ReturnError
from pipelines.recorded import hashes
from pipelines.returns.documents import LANGUAGES, documents
from pipelines.returns.drafts import Draft, Note, Signature
from pipelines.returns.making import make
from pipelines.returns.packs import MEASURE, PROGRAMME, SIGNATURES, STATEMENT, Pack, signatures_as_json
from pipelines.returns.statement import Statement
from pipelines.signing import canonical
from pipelines.store import Store

KIND = "return"
"""What the manifest of a sealed return says that it is."""
LIBRARIES = ("typst", "xlsxwriter", "cryptography")
"""What the bytes of the files depend on beside the content."""


def files_of(said: Statement, signatures: Sequence[Signature], languages: Sequence[str], programme: str
             ) -> dict[str, bytes]:  # fmt: skip
    """The files of a pack before it is sealed: nothing decides them but these four."""
    return {
        **documents(said, signatures, languages), STATEMENT: said.canonical(),
        SIGNATURES: canonical(signatures_as_json(tuple(signatures))), MEASURE: f"{said.statement}\n".encode(),
        PROGRAMME: programme.encode(),
    }  # fmt: skip


def rests_on(said: Statement) -> dict[str, object]:
    """What the manifest of a pack says beside its files."""
    return {
        "kind": KIND, "return": said.name, "release": said.release, "cutoff": said.cutoff.isoformat(),
        "sources": said.sources,
        "tables": said.tables, "programme": {"name": said.programme, "sha256": said.programme_sha256},
        "software": {"version": said.software, "definitions": said.definitions, "libraries": _libraries()},
        "sql": said.statement, "parameters": said.parameters,
    }  # fmt: skip


def rebuilt(store: Store, pack: Pack) -> dict[str, bytes]:
    """The files of a sealed pack made again from its release, to be held against them; without manifest and seal.

    Everything is counted and laid out anew, by the programme in the pack; only the version of the software and the
    hashes of its definitions are those that were sealed (`changed` says where they are no longer the same).

    Raises:
        ReturnError: patients were erased from the release since.
        StoreError: the store does not hold it.
    """
    said, signatures, text = pack.statement, pack.signatures, pack.contents[PROGRAMME].decode()
    release = store.release(said.release)
    if release.name != said.release:
        raise ReturnError("return.not_rebuildable", release=said.release)
    notes = tuple(Note(period=line.period, indication_code=line.indication_code, text=line.note)
                  for line in said.lines if line.note)  # fmt: skip
    decided = Draft(period=said.period, version=said.version, programme=said.programme, release=said.release,
                    locked_at=pack.signed_at, reason=said.reason, undocumented=said.undocumented, notes=notes,
                    signatures=signatures)  # fmt: skip
    again = make(store, decided, pack.signed_at, parse(text, PROGRAMME))
    same = again.model_copy(update={"software": said.software, "definitions": said.definitions})
    return files_of(same, signatures, [each for each in LANGUAGES if each in pack.languages], text)


def changed(pack: Pack) -> list[str]:
    """Definitions and libraries that are no longer as they were when a pack was sealed."""
    said = pack.statement
    now = hashes(parse(pack.contents[PROGRAMME].decode(), PROGRAMME))
    definitions = [each for kind in sorted({*said.definitions, *now})
                   for each in sorted({*said.definitions.get(kind, {}), *now.get(kind, {})})
                   if said.definitions.get(kind, {}).get(each) != now.get(kind, {}).get(each)]  # fmt: skip
    return definitions + [f"{name} {then}" for name, then in pack.libraries.items() if _libraries().get(name) != then]


def _libraries() -> dict[str, str]:
    return {each: version(each) for each in LIBRARIES}

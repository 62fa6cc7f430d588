"""An extract as one `.zip`: the table, its dictionary, its manifest and its seal.

<programme>_<title>_<cut-off>_<regime>.<csv|xlsx|parquet>   the rows
dictionary.csv                                              columns, codes, states, how the file is written
manifest.json                                               release or ledger, filters as applied, SQL, rows, hashes
seal.json                                                   SHA-256 of the manifest and its Ed25519 signature

The rows go through in pieces. Without a signing key the manifest says `"signed": false`: its hashes then find damage,
and nobody can be shown to have made it.
"""

import datetime as dt
import hashlib
import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from typing import IO, Any

import pyarrow as pa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from data_schemas.programme import Programme
from pipelines.access.events import Purpose
from pipelines.errors import ExtractError
from pipelines.extracts import content as contents
from pipelines.extracts import words, writers
from pipelines.extracts.content import Content
from pipelines.extracts.pseudonyms import HIDDEN, Pseudonyms
from pipelines.extracts.request import Figures, Form, Ledger, Request
from pipelines.messages import say
from pipelines.opened import Opened
from pipelines.packed import MOMENT
from pipelines.protected.lines import Ledger as Published
from pipelines.release import Release
from pipelines.sealing import EXTRACT, KIND, sealed

DICTIONARY = "dictionary.csv"
DICTIONARY_FORMS: Mapping[str, Form] = {"fr": "csv-fr", "en": "csv"}
SHEETS = ("read_me", "data", "dictionary", "filters")


@dataclass(frozen=True)
class Taking:
    """Who takes an extract, and for what.

    Attributes:
        number: of this extract alone; pseudonyms derive from it.
        recipient: who it is for, as their identity is named; pseudonyms derive from it.
        fingerprint: what the manifest says of the recipient, which only the holder of the journal's key can compare.
        secret: what pseudonyms derive from.
        key: the signing key; none where there is none.
    """

    number: str
    recipient: str
    fingerprint: str
    purpose: Purpose
    secret: bytes
    key: Ed25519PrivateKey | None = None


@dataclass(frozen=True)
class Origin:
    """What the rows come from: a release, or the protected ledger, of which no release is told.

    Attributes:
        source: how the manifest names it.
        cutoff: as `yyyy-mm-dd`.
        programme: its name and, of a release, the hash of its file.
    """

    source: Mapping[str, str]
    cutoff: str
    synthetic: bool
    programme: Mapping[str, str]

    @classmethod
    def of_release(cls, release: Release) -> "Origin":
        """The rows are those of a release."""
        record = release.record
        return cls({"release": release.name}, release.cutoff.isoformat(), release.synthetic,
                   {"name": record["programme"], "sha256": record["programme_sha256"]})  # fmt: skip

    @classmethod
    def of_ledger(cls, ledger: Published, synthetic: bool) -> "Origin":
        """The rows were published in the ledger, up to the line of this hash."""
        return cls({"ledger": ledger.head}, ledger.cutoff, synthetic, {"name": ledger.begun.programme})


@dataclass(frozen=True)
class Prepared:
    """A request whose rows are known, before anything was written.

    Attributes:
        origin, programme: what the rows are of.
    """

    request: Request
    content: Content
    origin: Origin
    programme: Programme

    @property
    def file_name(self) -> str:
        """The pack."""
        return f"{self._stem}.zip"

    @property
    def _stem(self) -> str:
        return words.stem(self.content, self.request, self.programme, self.origin.cutoff)

    def write(self, sink: IO[bytes], taking: Taking) -> None:
        """Write the pack.

        Raises:
            ExtractError: a worksheet has no room for the rows.
        """
        hashes: dict[str, str] = {}
        content, request = self.content, self.request
        file = words.file_name(content, request, self.programme, self.origin.cutoff)
        lines = words.dictionary(content, request, self.programme)
        hidden = Pseudonyms.of(taking.secret, taking.number, taking.recipient).parameters
        packing = zipfile.ZIP_DEFLATED if request.form in {"csv", "csv-fr"} else zipfile.ZIP_STORED
        with zipfile.ZipFile(sink, "w", packing, compresslevel=1) as archive:
            with _Hashed(archive, file, hashes) as stream:
                n_rows = writers.write(request.form, content.kinds, content.batches(hidden), stream,
                                       self._sheets(lines, taking))  # fmt: skip
            if n_rows != content.n_rows:
                raise ExtractError("extract.other_rows", n=n_rows, known=content.n_rows)
            form = DICTIONARY_FORMS[request.language]
            with _Hashed(archive, DICTIONARY, hashes) as stream:
                writers.write(form, *_as_rows(lines), stream, {})
            for name, written in sealed(hashes, self._manifest(taking), taking.key).items():
                archive.writestr(zipfile.ZipInfo(name, MOMENT), written)

    def _sheets(self, lines: words.Lines, taking: Taking) -> dict[str, Sequence[Sequence[str]]]:
        to, origin = self.request.language, self.origin
        facts = {**origin.source, "cutoff": origin.cutoff, "programme": self.programme.name,
                 "regime": say(f"extract.regime.{self.request.regime}", to), "rows": str(self.content.n_rows),
                 "extract": taking.number}  # fmt: skip
        held: tuple[words.Lines, ...] = (words.read_me(self.content, facts, to), [], lines,
                words.filters(self.content, self.programme, to))  # fmt: skip
        return {say(f"extract.sheet.{name}", to): each for name, each in zip(SHEETS, held, strict=True)}

    def _manifest(self, taking: Taking) -> dict[str, object]:
        content, origin = self.content, self.origin
        bound = dict(content.parameters) | (dict.fromkeys(HIDDEN, "(secret)") if content.precision else {})
        asked = "ledger" if isinstance(self.request.content, Ledger) else (
            "figures" if isinstance(self.request.content, Figures) else "rows")  # fmt: skip
        return {
            KIND: EXTRACT, "extract": taking.number, "content": asked, "subject": self.request.subject,
            "title": content.title.in_language(self.request.language), "regime": self.request.regime,
            "form": self.request.form, "language": self.request.language, "purpose": taking.purpose,
            "recipient": taking.fingerprint, **origin.source, "cutoff": origin.cutoff,
            "synthetic": origin.synthetic, "programme": dict(origin.programme),
            "filters": content.applied.to_query(), "sql": content.statement, "parameters": bound,
            "rows": content.n_rows, "columns": [[each.name, each.kind] for each in content.columns],
            "dates": content.precision, "made_at": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
            "software": version("rtu-follow-up"),
        }  # fmt: skip


def prepared(request: Request, opened: Opened) -> Prepared:
    """The rows of a request for exact figures or rows of a release.

    Raises:
        ExtractError: there is nothing of this name.
        MeasureError: an unknown measure or dimension.
        ValueError: what is asked for is of the ledger.
    """
    asked = request.content
    if isinstance(asked, Ledger):
        raise ValueError("a part of the ledger comes from no release")  # noqa: TRY004 - of the request's content
    if isinstance(asked, Figures):
        held = contents.figures(opened, asked, request.selection)
    else:
        held = contents.rows(opened, asked, request.selection, request.precision)
    return Prepared(request, held, Origin.of_release(opened.release), opened.programme)


def of_ledger(request: Request, asked: Ledger, ledger: Published | None, programme: Programme, synthetic: bool
              ) -> Prepared:  # fmt: skip
    """The rows of a request for a part of the ledger; no release is needed.

    Raises:
        ExtractError: nothing was published.
    """
    if ledger is None:
        raise ExtractError("extract.no_ledger")
    return Prepared(request, contents.ledger_part(ledger, asked), Origin.of_ledger(ledger, synthetic), programme)


def _as_rows(lines: words.Lines) -> tuple[dict[str, str], list[pa.RecordBatch]]:
    """The dictionary as columns of text."""
    heads, body = lines[0], lines[1:]
    arrays = [pa.array([line[place] for line in body], pa.string()) for place in range(len(heads))]
    return dict.fromkeys(heads, "text"), [pa.RecordBatch.from_arrays(arrays, names=list(heads))]


class _Hashed(io.RawIOBase):
    """A file of the pack, whose hash is known once it is closed."""

    def __init__(self, archive: zipfile.ZipFile, name: str, hashes: dict[str, str]) -> None:
        self._stream, self._name = archive.open(name, "w", force_zip64=True), name
        self._hashes, self._digest = hashes, hashlib.sha256()

    def writable(self) -> bool:
        return True

    def write(self, piece: Any) -> int:
        held = bytes(piece)
        self._digest.update(held)
        return self._stream.write(held)

    def close(self) -> None:
        if not self.closed:
            self._stream.close()
            self._hashes[self._name] = self._digest.hexdigest()
        super().close()

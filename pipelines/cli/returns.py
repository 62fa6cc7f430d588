"""`rtu return`: the monthly return, step by step, and what is asked of a sealed one."""

from pathlib import Path

import click

from pipelines import packed, sealing, signing
from pipelines.access.events import Step
from pipelines.access.journal import operator
from pipelines.cli.common import FORMAT, LANG, STORE, journalled, rendered, told
from pipelines.cli.packs import hold
from pipelines.errors import ReturnError, StoreError
from pipelines.messages import LANGUAGES, say
from pipelines.return_reports import (
    balance_report,
    check_report,
    comparison_report,
    explanation_report,
    history_frame,
    history_report,
    lines_frame,
    status_report,
)
from pipelines.returns import clock, packing, packs, steps
from pipelines.returns.drafts import drafts
from pipelines.returns.history import compare, history
from pipelines.store import Store

PERIOD = click.argument("period", metavar="YYYY-MM")
KEY = click.option("--key", "key_file", type=click.Path(path_type=Path),
                   help=f"File of the signing key; the variable {signing.VARIABLE} if not given.")  # fmt: skip


@click.group("return")
def return_group() -> None:
    """Prepare, explain, sign and seal the monthly return to the regulator."""


@return_group.command("lock")
@PERIOD
@click.option("--release", "name", default="", help="The release that counts; the only one of the month if not given.")
@click.option("--reason", default="", help="Why a month that was declared before is declared again.")
@STORE
@LANG
def lock(period: str, name: str, reason: str, store_folder: Path, language: str) -> None:
    """Bind a release to a month that is over."""
    with told(language):
        store = Store(store_folder)
        _decided(store, "lock", period, name or None)
        done = steps.lock(store, period, name, reason)
        click.echo(say("return.locked", language, name=done.name, release=done.release, period=period))


@return_group.command("status")
@PERIOD
@STORE
@LANG
def status(period: str, store_folder: Path, language: str) -> None:
    """Say which steps are done."""
    with told(language):
        click.echo(status_report(steps.progress(Store(store_folder), period), language))


@return_group.command("check")
@PERIOD
@STORE
@LANG
def check(period: str, store_folder: Path, language: str) -> None:
    """List the findings that touch the figure, those that forbid signing first."""
    with told(language):
        click.echo(check_report(steps.progress(Store(store_folder), period), language))


@return_group.command("reconcile")
@PERIOD
@FORMAT
@STORE
@LANG
def reconcile(period: str, form: str, store_folder: Path, language: str) -> None:
    """Declared then, recounted now, new in the month, in all: by indication, or as data for every month."""
    with told(language):
        said = steps.progress(Store(store_folder), period).statement
        click.echo(balance_report(said, language) if form == "table" else rendered(lines_frame(said), form))


@return_group.command("explain")
@PERIOD
@click.option("--rows", is_flag=True, help="The records behind each reason: pseudonyms, restricted circle.")
@click.option("--month", metavar="YYYY-MM", help="The difference to annotate: its month …")
@click.option("--indication", help="… and its indication; the month's total if not given.")
@click.option("--note", help="A note on that difference; numbers and reasons are not touched. Empty: take it away.")
@click.option("--take-over", metavar="REASON", help="Why imported figures without a release stand undecomposed.")
@STORE
@LANG
def explain_command(period: str, rows: bool, month: str | None, indication: str | None, note: str | None,
                    take_over: str | None, store_folder: Path, language: str) -> None:  # fmt: skip
    """Decompose each difference by record; annotate one; or take over those that no release can explain."""
    with told(language):
        store = Store(store_folder)
        if note is not None:
            _decided(store, "annotate", period)
            steps.annotate(store, period, month or period, indication, note)
            click.echo(say("return.noted", language))
        elif take_over is not None:
            _decided(store, "take_over", period)
            steps.take_over(store, period, take_over)
            click.echo(say("return.taken_over", language))
        else:
            found = steps.progress(store, period)
            click.echo(explanation_report(found.statement, found.reconciled.moves if rows else None, language))


@return_group.command("sign")
@PERIOD
@click.option("--name", required=True, help="Who answers for the figure.")
@click.option("--role", required=True, help="In which capacity.")
@STORE
@LANG
def sign(period: str, name: str, role: str, store_folder: Path, language: str) -> None:
    """Sign what the return says now."""
    with told(language):
        store = Store(store_folder)
        _decided(store, "sign", period)
        done = steps.sign(store, period, name, role, account=operator().account)
        required = steps.progress(store, period).statement.required_signatures
        click.echo(say("return.signed_by", language, name=done.name, n=len(done.signatures), required=required,
                       sha256=done.signatures[-1].statement))  # fmt: skip


@return_group.command("archive")
@PERIOD
@click.option("--in", "languages", type=click.Choice(LANGUAGES), multiple=True, default=["fr"], show_default=True,
              help="Languages of the documents; may be repeated.")  # fmt: skip
@KEY
@STORE
@LANG
def archive(period: str, languages: tuple[str, ...], key_file: Path | None, store_folder: Path, language: str) -> None:
    """Seal the signed return: PDF, workbook, CSV, manifest and signature, never changed again."""
    with told(language):
        store = Store(store_folder)
        key = signing.load_key(key_file, store.folder)
        _decided(store, "archive", period)
        done = steps.archive(store, period, key, languages)
        click.echo(say("return.archived", language, name=done.name, folder=done.folder))


@return_group.command("discard")
@PERIOD
@STORE
@LANG
def discard(period: str, store_folder: Path, language: str) -> None:
    """Give up a return that is being prepared."""
    with told(language):
        store = Store(store_folder)
        _decided(store, "discard", period)
        steps.discard(store, period)
        click.echo(say("return.discarded", language, period=period))


@return_group.command("history")
@FORMAT
@STORE
@LANG
def history_command(form: str, store_folder: Path, language: str) -> None:
    """Every figure declared, version by version, imported ones included."""
    with told(language):
        store = Store(store_folder)
        found = history(store, store.current())
        click.echo(
            history_report(found, drafts(store), language) if form == "table" else rendered(history_frame(found), form)
        )


@return_group.command("compare")
@click.argument("first", metavar="A")
@click.argument("second", metavar="B")
@FORMAT
@STORE
@LANG
def compare_command(first: str, second: str, form: str, store_folder: Path, language: str) -> None:
    """Hold two sealed returns against each other, such as 2022-07-v1 and 2022-08-v1."""
    with told(language):
        store = Store(store_folder)
        frame = compare(packs.pack(store, first), packs.pack(store, second))
        click.echo(comparison_report(first, second, frame, language) if form == "table" else rendered(frame, form))


@return_group.command("reopen")
@click.argument("name", metavar="RETURN")
@click.option("--out", type=click.Path(path_type=Path), help="File to write the sealed return to, .zip; exact figures.")
@STORE
@LANG
def reopen(name: str, out: Path | None, store_folder: Path, language: str) -> None:
    """Make a sealed return again from its release, and say whether every byte is the same; write it as one file."""
    with told(language):
        store = Store(store_folder)
        pack = packs.pack(store, name)
        if out:
            journalled("return", store, pack.statement.release, "reopen", pack.statement.period)
            _write(out, packed.zipped(pack.contents))
            click.echo(say("return.written", language, file=out.name))
        hold(sealing.verify(packed.packed(pack.contents)), language)
        again = packing.rebuilt(store, pack)
        if other := [each for each in again if pack.contents[each] != again[each]]:
            changed = ", ".join(packing.changed(pack)) or "–"
            raise ReturnError("return.not_same_again", n=len(other), files=", ".join(other), names=changed)
        click.echo(say("return.same_again", language, release=pack.statement.release))


def _decided(store: Store, step: Step, period: str, release: str | None = None) -> None:
    """Write down what is about to be done to the return of a month."""
    clock.first_day(period)
    journalled("return", store, release, step, period)


def _write(out: Path, content: bytes) -> None:
    try:
        with out.open("xb") as stream:
            stream.write(content)
    except FileExistsError:
        raise ReturnError("return.file_exists", file=out.name) from None
    except OSError as error:
        raise StoreError.cannot_write(out.name, error) from None

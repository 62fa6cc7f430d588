"""Commands on the protected ledger: its key, what is in it, whether it is whole, and what can be told from it."""

import os
from pathlib import Path

import click

from data_schemas.programme import load
from pipelines import signing
from pipelines.cli.common import LANG, STORE, STORE_HELP, StorePlace, journalled, store_at, told
from pipelines.errors import LedgerError, StoreError
from pipelines.ledger_reports import audit_report, entry_line, published_report
from pipelines.messages import say
from pipelines.objects.places import STORE_VARIABLE
from pipelines.protected import facts as elsewhere
from pipelines.protected.audit import DRAWN, audit
from pipelines.protected.files import LedgerFiles
from pipelines.protected.lines import verified
from pipelines.protected.publication import follow, follow_if_signed, has_protected_world
from pipelines.store import Store


def _or_named(context: click.Context, _option: click.Parameter, given: Path | None) -> Path | None:
    """The store that the variable names, where neither a file nor a store is asked about."""
    named = os.environ.get(STORE_VARIABLE)
    if given or context.params.get("file") or not named:
        return given
    with told(str(context.params["language"])):
        return store_at(named)


KEY = click.option("--key", "key_file", type=click.Path(path_type=Path),
                   help=f"File of the signing key; the variable {signing.VARIABLE} if not given.")  # fmt: skip
FILE = click.argument("file", required=False, type=click.Path(path_type=Path, exists=True, dir_okay=False))
WHERE = click.option("--store", "store_folder", type=StorePlace(), callback=_or_named,
                     help=f"{STORE_HELP[:-1]} and no FILE is.")  # fmt: skip
FACTS = click.option("--facts", "facts_file", type=click.Path(path_type=Path),
                     help="YAML list of numbers that were published elsewhere.")  # fmt: skip
PROGRAMME = click.option(
    "--programme", help="Of several ledgers in the store; that of the release in service otherwise."
)


@click.group("ledger")
def ledger_group() -> None:
    """The protected ledger: figures that may leave the circle."""


@ledger_group.command("publish")
@KEY
@STORE
@LANG
def publish_command(key_file: Path | None, store_folder: Path, language: str) -> None:
    """Add to the ledger what the release in service adds; `import`, `publish` and `rollback` do it by themselves."""
    with told(language):
        store = Store(store_folder)
        release = store.current()
        if release is None:
            raise StoreError("store.no_release", store=store.folder.name)
        key = signing.load_key(key_file, store.folder)
        journalled("ledger", store, release.name)
        click.echo(published_report(follow(store, key), language))


@ledger_group.command("known")
@click.argument("facts_file", metavar="FILE", type=click.Path(path_type=Path))
@STORE
@PROGRAMME
@LANG
def known_command(facts_file: Path, store_folder: Path, programme: str | None, language: str) -> None:
    """Keep a YAML list of numbers published elsewhere, with which every publication is audited from then on."""
    with told(language):
        store, files = Store(store_folder), _files(store_folder, programme)
        n = len(elsewhere.read(facts_file, load(files.programme).disclosure))
        journalled("ledger", store)
        with store.writing():
            files.put_known(facts_file.read_bytes())
        click.echo(say("ledger.known", language, n=n))


@ledger_group.command("show")
@FILE
@WHERE
@PROGRAMME
@LANG
def show(file: Path | None, store_folder: Path | None, programme: str | None, language: str) -> None:
    """List the entries of a ledger, in a file or in a store."""
    with told(language):
        for entry in verified(_content(file, store_folder, programme)).entries:
            click.echo(entry_line(entry, language))


@ledger_group.command("verify")
@FILE
@WHERE
@PROGRAMME
@click.option("--public-key", type=click.Path(path_type=Path, exists=True, dir_okay=False),
              help="Public key (.pub), received by another way.")  # fmt: skip
@click.option("--length", type=int, help="Bytes that the ledger is known to have at least.")
@LANG
def verify(file: Path | None, store_folder: Path | None, programme: str | None, public_key: Path | None,
           length: int | None, language: str) -> None:  # fmt: skip
    """Say whether every line is the one that was signed in its place, or which is the first that is not."""
    with told(language):
        content = _content(file, store_folder, programme)
        if length is None and store_folder is not None and file is None:
            length = _files(store_folder, programme).noted()
        ledger = verified(content, signing.public_key(public_key) if public_key else None, length)
        click.echo(say("ledger.whole", language, lines=len(ledger.entries) + 1, length=len(content), head=ledger.head,
                       public=ledger.begun.public_key))  # fmt: skip


@ledger_group.command("audit")
@FILE
@WHERE
@PROGRAMME
@FACTS
@click.option(
    "--questions", type=int, default=DRAWN, show_default=True, help="How many are put, drawn at random; 0: all."
)
@click.option("--seed", help="With which they are drawn; the hash of the last line if not given.")
@LANG
def audit_command(file: Path | None, store_folder: Path | None, programme: str | None, facts_file: Path | None,
                  questions: int, seed: str | None, language: str) -> None:  # fmt: skip
    """Attack a ledger by integer programming: can a small number of people be told from it?"""
    with told(language):
        ledger = verified(_content(file, store_folder, programme))
        plan = ledger.begun.plan
        known = elsewhere.read(facts_file, plan) if facts_file else []
        if store_folder is not None:
            known += elsewhere.known(_files(store_folder, programme), plan)
        report = audit(ledger, known, questions or None, seed)
        click.echo(audit_report(report, plan.threshold, language))
        if not report.is_safe:
            raise SystemExit(LedgerError.exit_code)


def kept(store: Store, language: str) -> None:
    """After a release was put in service: let the ledger follow, if there is a key to sign it with."""
    release = store.current()
    if release is None or not has_protected_world(release):
        return
    done = follow_if_signed(store)
    if done is None:
        click.echo(say("ledger.not_kept", language, variable=signing.VARIABLE), err=True)
    else:
        click.echo(published_report(done, language))


def _content(file: Path | None, store_folder: Path | None, programme: str | None) -> bytes:
    if (file is None) == (store_folder is None):
        raise click.UsageError("FILE or --store")
    if file is not None:
        return file.read_bytes()
    return _files(Path(str(store_folder)), programme).content()


def _files(store_folder: Path, programme: str | None) -> LedgerFiles:
    store = Store(store_folder)
    release = None if programme else store.current()
    if programme is None and release is None:
        raise StoreError("store.no_release", store=store.folder.name)
    return LedgerFiles(store, programme or (release.record["programme"] if release else ""))

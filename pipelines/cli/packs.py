"""`rtu verify`: what is asked of any sealed pack, a monthly return or an extract."""

from pathlib import Path

import click

from pipelines import packed, sealing, signing
from pipelines.cli.common import LANG, told
from pipelines.errors import PackError
from pipelines.messages import explain, say


@click.command("verify")
@click.argument("pack", type=click.Path(path_type=Path))
@click.option("--key", "key_file", type=click.Path(exists=True, path_type=Path, dir_okay=False),
              help="Public key (.pub) of the one who sealed it, received by another way.")  # fmt: skip
@LANG
def verify(pack: Path, key_file: Path | None, language: str) -> None:
    """Say whether a sealed return or an extract, a folder or a .zip, is as it was sealed; no network, no store."""
    with told(language):
        found = sealing.verify(packed.found(pack), signing.public_key(key_file) if key_file else None)
        hold(found, language)
        if not found.signed:
            click.echo(say("pack.not_signed", language, name=pack.name))
            return
        click.echo(say("pack.whole", language, name=pack.name, public=found.public_key))
        click.echo(say("pack.key_known" if found.known else "pack.key_unknown", language))


def hold(found: sealing.Verdict, language: str) -> None:
    """Name every fault of a pack.

    Raises:
        PackError: there is one.
    """
    for fault in found.faults:
        click.echo(explain(fault, language), err=True)
    if found.faults:
        raise PackError("pack.broken", n=len(found.faults))

"""`rtu`: one command for each intention; figures, errors and summaries, no computation of its own."""

import click

from pipelines.cli.backup import backup_group, restore
from pipelines.cli.changes import diff, reconcile_command
from pipelines.cli.data_quality import quality_command
from pipelines.cli.extracts import extract_command
from pipelines.cli.figures import aggregate, measure_command
from pipelines.cli.journal import journal_command
from pipelines.cli.ledger import ledger_group
from pipelines.cli.packs import verify
from pipelines.cli.quality import findings, quarantine
from pipelines.cli.releases import check, discard, erase, import_command, publish, releases, rollback, upgrade
from pipelines.cli.returns import return_group
from pipelines.cli.tools import dashboard, dictionary, key

COMMANDS: tuple[click.Command, ...] = (
    import_command, publish, discard, releases, check, upgrade, rollback, diff, reconcile_command, erase, quarantine,
    findings, quality_command, measure_command, aggregate, extract_command, return_group, verify, ledger_group,
    journal_command, backup_group, restore, key, dashboard, dictionary,
)  # fmt: skip


@click.group()
@click.version_option(package_name="rtu-follow-up")
def main() -> None:
    """Follow-up of medicines under a compassionate-use framework."""


for _command in COMMANDS:
    main.add_command(_command)

"""`rtu`: one command for each intention; figures, errors and summaries, no computation of its own."""

import click

from pipelines.cli.figures import measure_command
from pipelines.cli.quality import findings, quarantine
from pipelines.cli.releases import diff, discard, erase, import_command, publish, releases, rollback
from pipelines.cli.tools import dashboard, dictionary

COMMANDS: tuple[click.Command, ...] = (
    import_command, publish, discard, releases, rollback, diff, erase, quarantine, findings, measure_command, dashboard,
    dictionary,
)  # fmt: skip


@click.group()
@click.version_option(package_name="rtu-follow-up")
def main() -> None:
    """Follow-up of medicines under a compassionate-use framework."""


for _command in COMMANDS:
    main.add_command(_command)

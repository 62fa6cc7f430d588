"""Numbers published elsewhere: a YAML list that an audit reckons with, kept beside the ledger or given for once.

- {indication: FIRST, first_month: 2022-01, last_month: 2022-03, n: 42}
- {indication: FIRST, first_month: 2022-01, last_month: 2022-03, column: sex, code: F, n: 20}
"""

from pathlib import Path

from pydantic import TypeAdapter, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from data_schemas.disclosure import Disclosure
from data_schemas.programme_parts import Code, Part
from pipelines.errors import LedgerError
from pipelines.protected.entries import Month
from pipelines.protected.files import LedgerFiles
from pipelines.protected.questions import Fact


class Written(Part):
    """A number as it is written down."""

    indication: Code
    first_month: Month
    last_month: Month
    n: int
    column: Code | None = None
    code: Code | None = None


LIST: TypeAdapter[list[Written]] = TypeAdapter(list[Written])


def read(path: Path, plan: Disclosure) -> list[Fact]:
    """The numbers in a file.

    Raises:
        LedgerError: it is no such list, or names a category that the plan does not have.
    """
    try:
        written = LIST.validate_python(YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8")))
        return [_fact(each, plan) for each in written]
    except (OSError, UnicodeDecodeError, YAMLError, ValidationError, KeyError):
        raise LedgerError("ledger.facts_unreadable", file=path.name) from None


def known(files: LedgerFiles, plan: Disclosure) -> list[Fact]:
    """The numbers that are kept beside a ledger.

    Raises:
        LedgerError: the list is damaged, or does not fit the plan.
    """
    path = files.known()
    return read(path, plan) if path else []


def _fact(written: Written, plan: Disclosure) -> Fact:
    leaves = frozenset[str]()
    if written.column is not None:
        tree = plan.variable(written.column).tree_of(written.indication)
        nodes = {node.code: node for root in tree for node in root.walk()}
        leaves = frozenset(leaf.code for leaf in nodes[written.code or ""].leaves)
    return Fact(written.indication, written.first_month, written.last_month, written.n, written.column, leaves)

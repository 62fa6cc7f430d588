"""The protected world's only door to data: what the ledger of the store answers, and nothing else.

A reader whose role sees figures in the protected regime reads no release, no measure and nothing derived from one:
`dashboard.data` refuses them. Two stores with one and the same ledger look the same from here.
"""

from collections.abc import Sequence

from dashboard import wording
from dashboard.places import store_folder
from dashboard.told import Figure, Told
from data_schemas.programme import Programme, load
from pipelines.errors import LedgerError
from pipelines.protected.lines import Ledger
from pipelines.protected.reading import answer, sources
from pipelines.protected.standing import standing
from pipelines.selection import Selection
from pipelines.store import Store


def has_ledger() -> bool:
    """Whether anything was published.

    Raises:
        LedgerError: the ledger is not whole.
    """
    return standing(Store(store_folder())) is not None


def ledger() -> Ledger:
    """The ledger of the store.

    Raises:
        LedgerError: there is none, or it is not whole.
    """
    found = standing(Store(store_folder()))
    if found is None:
        raise LedgerError("ledger.empty")
    return found


def programme() -> Programme:
    """The programme that the ledger is of."""
    return load(ledger().begun.programme)


def indications() -> Sequence[str]:
    """The indications of the plan: the only thing that a reader can select."""
    return ledger().begun.indications


def told(figure: Figure, chosen: Sequence[str]) -> Told:
    """What the ledger tells of a figure.

    Args:
        chosen: indications; none for all.
    """
    found, selection = ledger(), Selection(indications=tuple(chosen), regime="protected")
    return Told(figure, answer(found, selection, figure.of, figure.by), sources(found, selection, figure.of, figure.by),
                found, programme(), wording.language())  # fmt: skip

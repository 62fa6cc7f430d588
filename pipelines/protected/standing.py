"""The ledger as it stands in a store, for those who read neither releases nor what is remembered."""

import functools

from pipelines.protected.files import FOLDER, LedgerFiles
from pipelines.protected.lines import Ledger, verified
from pipelines.store import Store


def standing(store: Store) -> Ledger | None:
    """The ledger of a store; of several that with the latest publication; none before the first.

    Raises:
        LedgerError: one is not whole, or shorter than the name of what is remembered with it says.
    """
    names = sorted(path.stem for path in (store.folder / FOLDER).glob("*.jsonl"))
    found = [_verified(files.content(), files.noted()) for files in (LedgerFiles(store, name) for name in names)]
    return max(found, key=lambda each: (each.cutoff, each.begun.programme), default=None)


@functools.lru_cache(maxsize=8)
def _verified(content: bytes, length: int) -> Ledger:
    return verified(content, length=length)

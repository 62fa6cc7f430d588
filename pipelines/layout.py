"""The layout of a store, a number in its file `layout`: what a version of this software may open, and how it goes up.

    1   until July 2026: no number, and records without headline figures, hashes of definitions or evidence of files
    2   the number; a folder for what readers spill

Both are read and written by this version: what a record of layout 1 lacks is said to be unknown where it is asked for.
A store of a later layout is refused, for reading and for writing: this version would not know what it leaves out.
"""

from pathlib import Path

from pipelines.errors import StoreError

FILE, LATEST = "layout", 2


def number(folder: Path) -> int:
    """The layout of the store in a folder; 1 where it says none.

    Raises:
        StoreError: what it says is no number.
    """
    try:
        return int((folder / FILE).read_text(encoding="ascii"))
    except FileNotFoundError:
        return 1
    except (OSError, ValueError):
        raise StoreError("store.layout_unreadable", store=folder.name, file=FILE) from None


def require(folder: Path) -> None:
    """Go on only with a store that this version knows.

    Raises:
        StoreError: a later version made it.
    """
    if (found := number(folder)) > LATEST:
        raise StoreError("store.newer", store=folder.name, found=found, known=LATEST)


def say_latest(folder: Path) -> None:
    """Note that a store has the latest layout, at once and for good."""
    temporary = folder / f"{FILE}.tmp"
    temporary.write_text(f"{LATEST}\n", encoding="ascii")
    temporary.replace(folder / FILE)

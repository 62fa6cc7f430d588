"""Which spaces a text file holds: where no cell can begin or end with one, no text is trimmed.

To trim every cell costs an eighth of an import; to look at the bytes beside every space, next to nothing.
"""

from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from pipelines import sql
from pipelines.dialect import Dialect
from pipelines.formats.opening import BLOCK

WIDE = tuple(space.encode() for space in sql.SPACES)
SEAM = max(map(len, WIDE)) - 1
"""Bytes of a block that are looked at again with the next one."""


def with_spaces(path: Path, dialect: Dialect) -> Dialect:
    """The dialect with what spaces occur: wide ones anywhere, and any beside a separator, a quote or a line's end.

    Args:
        path: a file in an encoding that writes ASCII as ASCII.
    """
    in_utf8 = dialect.encoding.startswith("utf-8")
    is_edge = np.zeros(256, dtype=bool)
    is_edge[list(f"{dialect.separator}{dialect.quote}\r\n".encode())] = True
    wide, beside, text = dialect.special_spaces and not in_utf8, False, b"\n"
    with path.open("rb") as stream:
        while (block := stream.read(BLOCK)) and not (wide and beside):
            text = text[-SEAM:] + block
            wide = wide or (dialect.special_spaces and any(space in text for space in WIDE))
            beside = beside or _beside(text, is_edge)
    return replace(dialect, special_spaces=wide, padded=wide or beside or text.endswith(b" "))


def _beside(text: bytes, is_edge: npt.NDArray[np.bool_]) -> bool:
    """Whether a space stands beside one of the bytes."""
    characters = np.frombuffer(text, dtype=np.uint8)
    (places,) = np.nonzero(characters == ord(" "))
    before, after = places[places > 0] - 1, places[places < len(characters) - 1] + 1
    return bool(is_edge[characters[before]].any() or is_edge[characters[after]].any())

"""The classes of failure of the pipelines; each ends a command with its own exit code."""

import errno
import os
from collections.abc import Sequence
from dataclasses import dataclass, field

from data_schemas.errors import OperatorError


@dataclass(frozen=True)
class Problem:
    """One reason for which an export is refused: the key of its text, and what the text mentions."""

    key: str
    details: dict[str, object] = field(default_factory=dict)


class ExportRefused(OperatorError):  # noqa: N818 - a refusal is an answer, not a fault
    """The export as a whole cannot be used; the release in service stays in service."""

    exit_code = 4

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("export.refused", n_problems=len(problems))
        self.problems = list(problems)

    def __str__(self) -> str:
        return "; ".join(str(OperatorError(problem.key, **problem.details)) for problem in self.problems)


FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
FORBIDDEN = {errno.EACCES, errno.EPERM, errno.EROFS}


class StoreError(OperatorError):
    """The store or one of its releases cannot be read or written."""

    exit_code = 5

    @classmethod
    def cannot_write(cls, store: str, error: OSError) -> "StoreError":
        """What a failed write means to the operator: no room, no right, or something else."""
        if error.errno in FULL:
            return cls("store.full", store=store)
        if error.errno in FORBIDDEN:
            return cls("store.forbidden", store=store)
        return cls("store.cannot_write", store=store, reason=os.strerror(error.errno or errno.EIO))


class MeasureError(OperatorError):
    """A measure, a dimension or a value asked for does not exist."""

    exit_code = 6


class ReturnError(OperatorError):
    """A monthly return cannot take the step asked for."""

    exit_code = 7


class SigningError(OperatorError):
    """A signing key cannot be made or used."""

    exit_code = 8


class LedgerError(OperatorError):
    """The protected ledger cannot be added to, or is not what was signed."""

    exit_code = 9


class BackupError(OperatorError):
    """A back-up cannot be made, or is not what was written."""

    exit_code = 11


class PackError(OperatorError):
    """A sealed pack is not what was sealed, or is no pack."""

    exit_code = 12


class ExtractError(OperatorError):
    """An extract cannot be made as it was asked for."""

    exit_code = 13

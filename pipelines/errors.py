"""The classes of failure of the pipelines; each ends a command with its own exit code."""

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


class StoreError(OperatorError):
    """The store or one of its releases cannot be read or written."""

    exit_code = 5


class MeasureError(OperatorError):
    """A measure, a dimension or a value asked for does not exist."""

    exit_code = 6

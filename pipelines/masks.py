"""The checks of a table as bits, so that one pass over the rows finds every reason of every row."""

from collections.abc import Sequence
from dataclasses import dataclass

from pipelines import sql
from pipelines.checks import Check

BITS = 62


def _acts_as(check: Check) -> str:
    return "warn" if check.severity == "warn" else "reject"


@dataclass(frozen=True)
class Masks:
    """The checks in the order of their bits; columns `failed_0`, `failed_1` … hold 62 each."""

    checks: tuple[Check, ...]

    def sql(self) -> list[str]:
        """For each mask, its value as SQL over the row and its joined tables."""
        return [
            " | ".join(
                f"case when {check.fails_when} then {1 << bit} else cast(0 as bigint) end"
                for bit, check in enumerate(self.checks[start : start + BITS])
            )
            for start in range(0, len(self.checks), BITS)
        ]

    def any_fails(self) -> str:
        """Whether a row fails any check, as SQL over the row and its joined tables: far cheaper than its masks."""
        return " or ".join(f"({check.fails_when})" for check in self.checks)

    def any_of(self, checks: Sequence[Check]) -> str:
        """SQL over the masks: whether the row fails one of the checks."""
        wanted: dict[int, int] = {}
        for position, check in enumerate(self.checks):
            if check in checks:
                wanted[position // BITS] = wanted.get(position // BITS, 0) | 1 << (position % BITS)
        return " or ".join(f"failed_{n} & {mask} <> 0" for n, mask in wanted.items()) or "false"

    def failing(self, severity: str) -> str:
        """SQL over the masks: whether the row fails a check of the severity; a blocking one refuses the row too."""
        return self.any_of([check for check in self.checks if _acts_as(check) == severity])

    def reasons(self, severity: str) -> str:
        """SQL over the masks: the list of reasons of the severity."""
        parts = ", ".join(
            f"case when failed_{position // BITS} & {1 << (position % BITS)} <> 0 then {sql.literal(check.reason)} end"
            for position, check in enumerate(self.checks)
            if _acts_as(check) == severity
        )
        return f"list_filter([{parts}], lambda reason: reason is not null)" if parts else "cast([] as varchar[])"

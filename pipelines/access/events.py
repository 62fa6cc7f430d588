"""What the journal can say. Every field is of a closed vocabulary or a fixed form, so that neither a patient's
identifier nor a small count finds room in it: sizes are bands, subjects are names of figures, pages and lists.
"""

import hashlib
import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self, get_args

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from pipelines import definitions
from pipelines.access.roles import PAGES, RoleName

Kind = Literal["sign_in", "sign_out", "refusal", "import", "publication", "discard", "rollback", "rows", "download",
               "return", "ledger", "erasure", "settings", "retention", "backup",
               "restore"]  # fmt: skip
Step = Literal["lock", "annotate", "take_over", "sign", "archive", "discard", "reopen"]
Purpose = Literal["monthly_review", "safety", "data_quality", "reply_to_centre", "inspection", "study", "demonstration"]
Size = Literal["under_100", "under_1000", "under_10000", "from_10000"]
Reason = Literal["not_verified", "unknown", "role_removed", "too_old", "idle", "signed_out", "page", "action",
                 "list_unusable"]  # fmt: skip

KINDS: tuple[Kind, ...] = get_args(Kind)
PURPOSES: tuple[Purpose, ...] = get_args(Purpose)
SIZES: tuple[Size, ...] = get_args(Size)
REASONS: tuple[Reason, ...] = get_args(Reason)
RETURN_STEPS: tuple[Step, ...] = get_args(Step)
LISTS = ("rules", "rows_behind_rule", "record_changes", "completeness", "duplicates", "submissions", "delays",
         "silent", "quarantine", "findings", "journal", "session", "ledger")  # fmt: skip
"""Lists and files that are neither a measure nor a page."""
ROWS = "rows_of_"
"""Before the name of a table whose rows were taken out."""
TABLES = ("centres", "patients", "initiations", "prior_treatments", "discontinuations", "visits", "dispensings",
          "pregnancy_tests", "contraceptions", "adverse_events", "pregnancies", "declarations")  # fmt: skip
"""The tables of the contract, whose own module is slow to load."""

LOCAL = "local"
"""The issuer of those who work on the machine itself; their subject is their user number there."""

DEMONSTRATION = "demonstration"
"""The issuer of readers of synthetic data, who do not sign in."""

_LIMITS = {"under_100": 100, "under_1000": 1_000, "under_10000": 10_000}
_PERIOD = r"^[0-9]{4}-(0[1-9]|1[0-2])$"
_RELEASE = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}-[0-9a-f]{10}$"
_LINE = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]")


def size(n: int) -> Size:
    """The band of a number of rows; the first holds 0 to 99, so that it tells nothing of small numbers."""
    return next((name for name in SIZES if n < _LIMITS.get(name, n + 1)), SIZES[-1])


def _known(what: str) -> str:
    if what not in {*PAGES, *LISTS, *definitions.names(), *(f"{ROWS}{table}" for table in TABLES)}:
        raise ValueError("names no figure, page or list")
    return what


def _one_line(text: str) -> str:
    if _LINE.search(text):
        raise ValueError("holds a control character")
    return text


What = Annotated[str, AfterValidator(_known)]
Text = Annotated[str, Field(min_length=1, max_length=255), AfterValidator(_one_line)]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Actor(_Frozen):
    """Who: as the issuer of their identity names them, and the role they had; none where they had none."""

    issuer: Text
    subject: Text
    role: RoleName | None = None

    @property
    def account(self) -> str:
        """SHA-256 of issuer and subject: tells accounts apart where they are not to be named."""
        return hashlib.sha256(f"{self.issuer}\n{self.subject}".encode()).hexdigest()


class Event(_Frozen):
    """One thing that was done or refused.

    Attributes:
        what: a figure, a page or a list.
        step: what was done to the return of the month `period`.
        content: keyed fingerprint of the file that was given, by which a file found elsewhere is known again.
        session: keyed fingerprint of the sign-in; `selection`, of which rows of a list were shown.
        upto: the last line that was removed when its time was over, and `anchor`, its seal; the last line that a
            restored journal has lost.
    """

    kind: Kind
    actor: Actor
    what: What | None = None
    release: Annotated[str, Field(pattern=_RELEASE)] | None = None
    step: Step | None = None
    period: Annotated[str, Field(pattern=_PERIOD)] | None = None
    regime: Literal["exact", "protected"] | None = None
    purpose: Purpose | None = None
    size: Size | None = None
    reason: Reason | None = None
    content: Annotated[str, Field(pattern="^[0-9a-f]{64}$")] | None = None
    session: Annotated[str, Field(pattern="^[0-9a-f]{32}$")] | None = None
    selection: Annotated[str, Field(pattern="^[0-9a-f]{32}$")] | None = None
    upto: Annotated[int, Field(ge=1)] | None = None
    anchor: Annotated[str, Field(pattern="^[0-9a-f]{64}$")] | None = None

    @model_validator(mode="after")
    def _complete(self) -> Self:
        needed = {"download": ("what", "purpose", "size", "content", "regime"), "rows": ("what", "release"),
                  "settings": ("content",), "refusal": ("reason",), "return": ("step", "period"),
                  "retention": ("upto", "anchor")}  # fmt: skip
        if missing := [each for each in needed.get(self.kind, ()) if getattr(self, each) is None]:
            raise ValueError(f"a {self.kind} says {', '.join(missing)}")
        return self

    def said(self) -> Mapping[str, Any]:
        """What is written down: the fields that have a value."""
        return self.model_dump(exclude_none=True)

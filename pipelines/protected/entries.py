"""What a ledger says, one entry a line: the plan, each publication, and the numbers that were published."""

from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from data_schemas.disclosure import Disclosure
from data_schemas.programme_parts import AgeBand, Code, Frozen, Part

Month = Annotated[str, Field(pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])$")]
Day = Annotated[str, Field(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")]


class Begun(Part):
    """The first entry: whose ledger this is, the plan, and the key that signs every line.

    The first month is the programme's, not that of its first patient.
    """

    kind: Literal["plan"] = "plan"
    programme: Code
    indications: tuple[Code, ...]
    first_month: Month
    age_bands: tuple[AgeBand, ...]
    plan: Disclosure
    public_key: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class Publication(Part):
    """A release was published; what was new by then follows."""

    kind: Literal["publication"] = "publication"
    cutoff: Day


class Block(Part):
    """New patients of an indication who entered the ledger in some months, both included."""

    kind: Literal["block"] = "block"
    indication: Code
    number: int
    first_month: Month
    last_month: Month
    n: int


class Link(Part):
    """People of an indication who had an event for the first time and were not counted for it before."""

    kind: Literal["link"] = "link"
    indication: Code
    event: Code
    number: int
    n: int


class Batch(Part):
    """Consecutive blocks, or links of an event, that are cut together: numbers `first` to `last`, both included."""

    kind: Literal["batch"] = "batch"
    indication: Code
    event: Code | None = None
    number: int
    first: int
    last: int
    n: int


class Cut(Part):
    """The people of a batch by one variable: categories, none of which is small and which together are the batch."""

    kind: Literal["cut"] = "cut"
    indication: Code
    event: Code | None = None
    batch: int
    column: Code
    numbers: Frozen[Code, int]


Entry = Annotated[Begun | Publication | Block | Link | Batch | Cut, Field(discriminator="kind")]
ENTRY: TypeAdapter[Entry] = TypeAdapter(Entry)

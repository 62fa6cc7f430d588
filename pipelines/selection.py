"""The selection: which patients a page, a figure, a line list and a file are about; one frozen object for all four.

A selection keeps patients by their first episode. It becomes bound parameters, never SQL text.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import Field, dataclass, fields, replace
from typing import Literal, get_args

from data_schemas.programme import Programme
from data_schemas.vocabularies import codes
from pipelines.errors import MeasureError

Regime = Literal["exact", "protected"]
DateBasis = Literal["treatment_start", "form_signed", "form_received"]
DATE_BASES: tuple[DateBasis, ...] = get_args(DateBasis)
MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")
RELEASE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}-[0-9a-f]{10}")

DIMENSIONS = {
    "indication_code": "indications",
    "age_group": "age_groups",
    "sex": "sexes",
    "region_code": "regions",
    "product": "products",
}
"""Dimension of a measure → the field of the selection that keeps some of its values."""

COLUMNS = ("month", *DIMENSIONS)
"""The columns of a patient that a selection looks at."""


def kept(columns: Sequence[str] = COLUMNS, prefix: str = "") -> str:
    """Whether a patient is kept, as SQL over these columns, each named after the prefix."""
    return "\n      and ".join(_keeps(column, prefix + column) for column in columns)


def _keeps(column: str, name: str) -> str:
    if column == "month":
        return f"($from_month = '' or {name} >= $from_month) and ($to_month = '' or {name} <= $to_month)"
    values = f"cast(${DIMENSIONS[column]} as varchar[])"
    return f"(len({values}) = 0 or list_contains({values}, {name}))"


RELATIONS = f"""selected_patients as (
    select * from (
        select p.*, c.centre_type, case $date_basis when 'form_signed' then signed_month
                                   when 'form_received' then received_month else start_month end as month
        from core_treated_patients p left join core_centres c on c.centre_id = p.centre_id
    )
    where {kept()}
),
selected_new_patients as (select * from selected_patients where is_new),
selected_centres as (
    select * from core_centres
    where len(cast($regions as varchar[])) = 0 or list_contains(cast($regions as varchar[]), region_code)
),
selected_effects as (
    select e.*, p.indication_code, p.age_group, p.sex, p.region_code, p.product
    from core_effects e left join selected_patients p using (patient_id)
    where p.patient_id is not null or (e.timing = 'NO_TREATMENT' and $is_everyone)
)"""
"""The relations that a measure may read, as common table expressions over a release."""


@dataclass(frozen=True)
class Selection:
    """Which patients are looked at; an empty field keeps everyone.

    Attributes:
        from_month, to_month: months of entry, `yyyy-mm`, both included.
        date_basis: the date that gives a patient the month.
        release: name of a release; empty for the one that is looked at.
        regime: exact figures, or only what the protected ledger holds. It follows from the reader's role: an address
            never sets it.
    """

    from_month: str = ""
    to_month: str = ""
    indications: tuple[str, ...] = ()
    age_groups: tuple[str, ...] = ()
    sexes: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    products: tuple[str, ...] = ()
    date_basis: DateBasis = "treatment_start"
    release: str = ""
    regime: Regime = "exact"

    @property
    def parameters(self) -> dict[str, object]:
        """What is bound to the relations."""
        found: dict[str, object] = {"is_everyone": self.is_everyone}
        for field in _fields():
            if field.name == "release":
                continue
            value = getattr(self, field.name)
            found[field.name] = list(value) if isinstance(value, tuple) else value
        return found

    @property
    def is_everyone(self) -> bool:
        """Whether no patient is left out."""
        return replace(self, date_basis="treatment_start", release="", regime="exact") == Selection()

    @property
    def looks_at(self) -> tuple[str, ...]:
        """The columns of a patient that decide whether this selection keeps them; none keeps everyone."""
        chosen = tuple(column for column, field in DIMENSIONS.items() if getattr(self, field))
        return (("month",) if self.from_month or self.to_month else ()) + chosen

    @property
    def looked_at_parameters(self) -> dict[str, object]:
        """What is bound to `kept` over these columns alone."""
        fields = {"from_month", "to_month"} if "month" in self.looks_at else set[str]()
        fields |= {DIMENSIONS[column] for column in self.looks_at if column in DIMENSIONS}
        return {field: value for field, value in self.parameters.items() if field in fields}

    def to_query(self) -> dict[str, str | list[str]]:
        """The fields that are set, as the parameters of an address."""
        found: dict[str, str | list[str]] = {}
        for field in _fields():
            value = getattr(self, field.name)
            if value != field.default:
                found[field.name] = list(value) if isinstance(value, tuple) else value
        return found


def _fields() -> list[Field[object]]:
    """The fields that an address can hold."""
    return [field for field in fields(Selection) if field.name != "regime"]


VOCABULARIES = {"indications": "indication", "sexes": "sex", "regions": "region", "products": "product"}


def admitted(field: str, programme: Programme) -> list[str]:
    """The values that a field of the selection may hold."""
    if field == "age_groups":
        return [band.code for band in programme.age_bands]
    return codes(VOCABULARIES[field], programme)


def from_query(query: Mapping[str, str | Sequence[str]], programme: Programme) -> Selection:
    """The selection that the parameters of an address describe; other parameters are left alone.

    Raises:
        MeasureError: a value is not one of the programme's.
    """
    chosen: dict[str, object] = {}
    for field in _fields():
        given = query.get(field.name, [])
        values = [value for value in ([given] if isinstance(given, str) else given) if value]
        if not values:
            continue
        if field.name in DIMENSIONS.values():
            allowed = admitted(field.name, programme)
            chosen[field.name] = tuple(value for value in allowed if value in values)
            wrong = len(set(values) - set(allowed)) > 0
        else:
            chosen[field.name] = values[0]
            wrong = not _right(field.name, values[0])
        if wrong:
            raise MeasureError("selection.wrong_value", field=field.name)
    selection = Selection(**chosen)  # type: ignore[arg-type]
    if selection.from_month and selection.to_month and selection.from_month > selection.to_month:
        raise MeasureError("selection.empty_period")
    return selection


def _right(field: str, value: str) -> bool:
    """Whether a field that is not a list may hold a value."""
    if field == "date_basis":
        return value in DATE_BASES
    return (RELEASE if field == "release" else MONTH).fullmatch(value) is not None

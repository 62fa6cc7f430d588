"""A programme: everything that differs from one medicine to the next, read from one YAML file and frozen.

No other module knows the name of a medicine or the code of an indication. Facts that no public text confirms are
editable here and act at the level of a warning.
"""

import datetime as dt
import functools
import hashlib
import itertools
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError, field_validator
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from data_schemas.disclosure import Disclosure
from data_schemas.errors import ProgrammeError
from data_schemas.programme_parts import (
    EMPTY,
    AgeBand,
    Calendar,
    Code,
    CumulativeDoseBand,
    Decision,
    DoseBand,
    Frozen,
    Indication,
    Part,
    Return,
    Severity,
    SpecialInterest,
    TableMapping,
    Text,
)

ExportDates = Literal["dmy", "mdy", "ask"]
"""How a date with slashes is read where the file itself does not prove it; `ask` refuses such a file."""

FOLDER = Path(__file__).parent / "programmes"


class Programme(Part):
    """A follow-up programme as configured."""

    name: Code
    label: Text
    medicine: Text
    framework: Text
    established_on: dt.date
    decisions: tuple[Decision, ...] = ()
    indications: tuple[Indication, ...] = Field(min_length=1)
    age_bands: tuple[AgeBand, ...] = Field(min_length=1)
    dose_bands: tuple[DoseBand, ...] = ()
    cumulative_dose_marks_g: tuple[float, ...] = ()
    capsule_mg: float | None = Field(None, gt=0)
    zero_dose_given: bool = False
    most_dose_mg_day: float = Field(gt=0)
    special_interest: tuple[SpecialInterest, ...] = ()
    calendar: Calendar = Calendar()
    disclosure: Disclosure = Disclosure()
    monthly_return: Return | None = None
    vocabularies: Frozen[str, Frozen[str, Text]] = EMPTY
    severities: Frozen[str, Severity] = EMPTY
    not_collected: Frozen[str, tuple[str, ...]] = EMPTY
    mapping: Frozen[str, TableMapping] = EMPTY
    export_dates: ExportDates = "dmy"
    cutoff: dt.date | None = None
    sha256: str = ""
    text: str = Field("", repr=False)

    def __hash__(self) -> int:
        return hash(self.sha256)

    @field_validator("indications", "age_bands", "dose_bands", "special_interest")
    @classmethod
    def _all_different(cls, parts: tuple[Any, ...]) -> tuple[Any, ...]:
        codes = [part.code for part in parts]
        if len(set(codes)) != len(codes):
            raise ValueError("a code is given twice")
        return parts

    @field_validator("age_bands")
    @classmethod
    def _contiguous(cls, bands: tuple[AgeBand, ...]) -> tuple[AgeBand, ...]:
        for lower, upper in itertools.pairwise(bands):
            if lower.below != upper.at_least:
                raise ValueError(f"'{upper.code}' does not begin where '{lower.code}' ends")
        if bands[0].at_least != 0 or bands[-1].below is not None:
            raise ValueError("the bands must cover every age from 0")
        return bands

    @field_validator("dose_bands")
    @classmethod
    def _without_gap(cls, bands: tuple[DoseBand, ...]) -> tuple[DoseBand, ...]:
        for lower, upper in itertools.pairwise(bands):
            if lower.up_to != upper.above:
                raise ValueError(f"'{upper.code}' does not begin where '{lower.code}' ends")
        return bands

    @property
    def cumulative_dose_bands(self) -> tuple[CumulativeDoseBand, ...]:
        """The bands between the marks of cumulative dose, from 0 upwards; none without marks."""
        marks = self.cumulative_dose_marks_g
        return tuple(_between(low, high) for low, high in zip((0.0, *marks), (*marks, None), strict=True) if marks)

    def collects(self, table: str, column: str) -> bool:
        """Whether the programme collects a column; one that it does not is neither required nor zero."""
        return column not in self.not_collected.get(table, ())

    def indication(self, code: str) -> Indication:
        """The indication of a code.

        Raises:
            KeyError: the programme has none of this code.
        """
        return {indication.code: indication for indication in self.indications}[code]


def _between(at_least: float, below: float | None) -> CumulativeDoseBand:
    """The band of cumulative doses between two marks (g)."""
    low, high = f"{at_least:g}", "plus" if below is None else f"{below:g}"
    code = f"{low}-{high}".replace(".", "_")
    english = f"≥ {low} g" if below is None else f"< {high} g" if at_least == 0 else f"{low} to < {high} g"
    french = english.replace(".", ",").replace(" to ", " à ")
    return CumulativeDoseBand(code=code, label=Text(fr=french, en=english), at_least=at_least, below=below)


def names() -> list[str]:
    """The programmes that are shipped."""
    return sorted(path.stem for path in FOLDER.glob("*.yml"))


def load(name: str) -> Programme:
    """A shipped programme by its name, or one's own by the path of its file.

    Raises:
        ProgrammeError: no such programme, or its file has an error; the message names line and key.
    """
    if name.endswith((".yml", ".yaml")):
        path = Path(name)
    elif name in names():
        path = FOLDER / f"{name}.yml"
    else:
        raise ProgrammeError("programme.unknown", known=", ".join(names()))
    try:
        return parse(path.read_text(encoding="utf-8"), path.name)
    except (OSError, UnicodeDecodeError):
        raise ProgrammeError("programme.unreadable", file=path.name) from None


@functools.lru_cache(maxsize=16)
def parse(text: str, file_name: str) -> Programme:
    """The programme that a YAML text describes; the same one for the same text.

    Raises:
        ProgrammeError: the text is not YAML, or a key is missing, unknown or wrong.
    """
    try:
        tree = YAML(typ="rt", pure=True).load(text)
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ProgrammeError("programme.not_yaml", file=file_name, line=line, problem=error.problem) from None
    except YAMLError:
        raise ProgrammeError("programme.unreadable", file=file_name) from None
    try:
        programme = Programme.model_validate(plain(tree))
    except ValidationError as error:
        problems = [f"{place(tree, entry['loc'])}: {entry['msg']}" for entry in error.errors()]
        raise ProgrammeError("programme.invalid", file=file_name, problems="\n  ".join(problems)) from None
    return programme.model_copy(update={"sha256": hashlib.sha256(text.encode()).hexdigest(), "text": text})


def plain(node: Any) -> Any:
    """The loader's containers as plain ones; scalars that carry their layout become plain too."""
    if isinstance(node, Mapping):
        return {str(key): plain(value) for key, value in node.items()}
    if isinstance(node, str):
        return str(node)
    if isinstance(node, Sequence):
        return [plain(value) for value in node]
    return float(node) if isinstance(node, float) else node


def place(tree: Any, path: Sequence[str | int]) -> str:
    """`line 12, indications.0.code` for the path of an error, as far as the file goes along it."""
    node: Any = tree
    line = 1
    for step in path:
        try:
            if isinstance(step, int):
                line, node = node.lc.item(step)[0] + 1, node[step]
            else:
                key = next(key for key in node if str(key) == str(step))
                line, node = node.lc.key(key)[0] + 1, node[key]
        except (StopIteration, LookupError, TypeError, AttributeError):
            break
    return f"line {line}, {'.'.join(map(str, path)) or 'file'}"

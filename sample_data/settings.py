"""What a run can be asked for, and the constants of the synthetic programme. Weights are in `calibration/`."""

from dataclasses import dataclass

from sample_data.days import day, month_ends

CUTOFFS = month_ends("2019-09", "2022-08")
"""The cut-offs that can be written, one a month end."""
FIRST_DAY = day("2019-09-01")
"""First day of recruitment under the protocol of 26/08/2019."""
LAST_DAY = day(CUTOFFS[-1])
ESTABLISHED = day("2015-05-05")
"""The day on which the framework began: no treatment under it is older."""

ADULT = 18
"""Age in years; below it a weight is required."""

DEFAULT_SEED = 20190826
DEFAULT_PATIENTS = 1100


@dataclass(frozen=True)
class Options:
    """What decides the records; which cut-offs and which dialect are written does not change them."""

    seed: int = DEFAULT_SEED
    patients: int = DEFAULT_PATIENTS
    visits_per_patient: float = 3.0
    wrong_share: float = 0.0


@dataclass(frozen=True)
class Misdeclaration:
    """A month whose declared figure was not what its cut-off allowed to count."""

    period: str
    indication_code: str
    excess: int


@dataclass(frozen=True)
class Redeclaration:
    """A month declared a second time, as known at a later cut-off."""

    period: str
    cutoff: str


MISDECLARED = Misdeclaration(period="2021-03", indication_code="APHTOSE", excess=2)
REDECLARED = Redeclaration(period="2020-11", cutoff="2021-01-31")

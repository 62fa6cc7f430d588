"""Which brand is on the shelf on a given day: Celgene, then BMS, then the generic group."""

import numpy as np
import pandas as pd

from sample_data import draws
from sample_data.days import Floats, Ints, day

NAMES = ["CELGENE", "BMS", "ACCORD", "AUTRE"]
BMS_ARRIVES = (day("2020-07-01"), day("2021-06-30"))
ACCORD_ARRIVES = (day("2022-01-15"), day("2022-11-30"))
OTHER_SHARE = 0.003


def brand(days: Ints, luck: Floats) -> pd.Categorical:
    """The brand given on each day. `luck`, between 0 and 1, belongs to a treatment: it says how early the brand changes
    there, so that inside a treatment the brand only moves forward.
    """
    arrived = [days >= begin + luck * (end - begin) for begin, end in (BMS_ARRIVES, ACCORD_ARRIVES)]
    codes = arrived[0].astype(np.int8) + (arrived[0] & arrived[1])
    codes = np.where(luck > 1 - OTHER_SHARE, len(NAMES) - 1, codes)
    return draws.coded(codes, NAMES)

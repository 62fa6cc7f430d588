"""Reads the files of `calibration/`. The figures themselves, and what they stand for, are in those files."""

import csv
import functools
from pathlib import Path
from typing import Any

import pandas as pd

from data_schemas import shipped, vocabularies

FOLDER = Path(__file__).parent / "calibration"


@functools.cache
def read(name: str) -> Any:
    """The content of a YAML file of the folder, by its name without ending."""
    return shipped.read((FOLDER / f"{name}.yml").read_text(encoding="utf-8"))


@functools.cache
def table(name: str) -> pd.DataFrame:
    """A CSV file of the folder; codes stay text."""
    text_columns = {"region_code": str, "centre_type": str, "soc_code": str, "pt_label": str, "family": str}
    return pd.read_csv(FOLDER / f"{name}.csv", dtype=text_columns, keep_default_na=False, encoding="utf-8")


@functools.cache
def system_organ_classes() -> dict[str, tuple[str, str]]:
    """Code → French and English label."""
    with (vocabularies.FOLDER / "system_organ_classes.csv").open(encoding="utf-8", newline="") as lines:
        return {row["code"]: (row["fr"], row["en"]) for row in csv.DictReader(lines)}


@functools.cache
def french_labels(vocabulary: str) -> dict[str, str]:
    """Code → French label, of a list that every programme shares."""
    lists = shipped.read((vocabularies.FOLDER / "codes.yml").read_text(encoding="utf-8"))
    return {str(code): texts["fr"] for code, texts in lists[vocabulary].items()}

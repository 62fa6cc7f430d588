"""What an export says of itself: empty fields, probable duplicates, silent centres, late forms.

Figures of the data, not of patients; exact, for the circle that corrects them. Rules that fail are in `findings.py`.
"""

from collections.abc import Iterable, Mapping, Sequence

import pandas as pd

from pipelines import sql
from pipelines.measure import line_list
from pipelines.opened import Opened
from pipelines.selection import Selection
from pipelines.states import NOT_COLLECTED, NOT_SENT, OBSERVED

MOST_EMPTY = 0.10
DELAYS_BY = ("received_month", "centre_id", "form_channel")
_RECEIPT = ("initiations.form_received_date", "patients.centre_id")
NEEDED: Mapping[str, tuple[str, ...]] = {
    "completeness": (),
    "duplicates": ("patients.birth_year", "patients.sex", "patients.centre_id", "initiations.indication_code"),
    "submissions": _RECEIPT,
    "silent": _RECEIPT,
    "delays": ("initiations.form_signed_date", "initiations.form_received_date"),
}
"""The fields, as `table.column`, without which a figure of the quality is not known rather than zero."""


def not_collected(opened: Opened, fields: Iterable[str]) -> list[str]:
    """Those of the fields, given as `table.column`, that the programme does not collect."""
    return [field for field in fields if not opened.programme.collects(*field.split("."))]


def completeness(opened: Opened, most: float = MOST_EMPTY) -> pd.DataFrame:
    """Share of loaded rows whose field is empty, for each column of the contract.

    Returns:
        `table_name`, `column_name`, `n_rows`, `n_empty`, `share_empty`, `flagged` (more than `most` is empty) and
        `state`; numbers are null for a column that the programme does not collect and a table that was not sent, and a
        share is null where there is no row.
    """
    rows = []
    from data_schemas.tables import TABLES  # noqa: PLC0415 - pandera is slow to load, and only needed here

    for name, table in TABLES.items():
        sent = opened.release.was_sent(name)
        counted = ", ".join(f"count({sql.name(column)}) as {sql.name(column)}" for column in table.columns)
        filled = opened.query(f"select count(*) as n_rows, {counted} from core_{name}").iloc[0]
        for column in table.columns:
            state = OBSERVED if opened.programme.collects(name, column) else NOT_COLLECTED
            state = state if sent else NOT_SENT
            n_rows = int(filled["n_rows"]) if state == OBSERVED else pd.NA
            n_empty = n_rows - int(filled[column]) if state == OBSERVED else pd.NA
            rows.append((name, column, n_rows, n_empty, state))
    frame = pd.DataFrame(rows, columns=["table_name", "column_name", "n_rows", "n_empty", "state"])
    frame = frame.astype({"n_rows": "Int64", "n_empty": "Int64"})
    observed = frame["n_rows"].mask(frame["n_rows"] == 0)
    frame.insert(4, "share_empty", (frame["n_empty"] / observed).astype("Float64"))
    frame.insert(5, "flagged", (frame["share_empty"] > most).fillna(False).astype(bool))
    return frame


def empty_rows(opened: Opened, table: str, column: str) -> pd.DataFrame:
    """The rows whose field is empty: as many as `completeness` says.

    Returns:
        The key of each row.

    Raises:
        ValueError: no such column in the contract.
    """
    from data_schemas.tables import TABLES  # noqa: PLC0415 - as above

    if table not in TABLES or column not in TABLES[table].columns:
        raise ValueError("the contract has no such column")
    keys = sql.names(TABLES[table].key)
    return opened.query(f"select {keys} from core_{table} where {sql.name(column)} is null order by {keys}")


def probable_duplicates(opened: Opened) -> pd.DataFrame:
    """Pairs of pseudonyms that may be one patient, the closest first: the lines of the measure of that name.

    The rule `probable_duplicate` warns of the same patients.

    Returns:
        `patient_id`, `other_patient_id`, `centre_id`, `indication_code`, `birth_year`, `sex`, `days_apart`.
    """
    columns = ["patient_id", "other_patient_id", "centre_id", "indication_code", "birth_year", "sex", "days_apart"]
    pairs = line_list(opened, "probable_duplicates", Selection()).reindex(columns=columns)
    pairs = pairs.astype({"birth_year": "int64", "days_apart": "int64"})
    return pairs.sort_values(["days_apart", "patient_id", "other_patient_id"]).reset_index(drop=True)


def submissions(opened: Opened) -> pd.DataFrame:
    """Initiation forms received by centre and month, from the first month of any centre to the month of the cut-off.

    Returns:
        The lines of the measure `submissions`, one for each centre of the release and month: `centre_id`, `month`,
        `n_forms`, and `expected`: whether none received is silence, and not a centre or a month end to come.
    """
    lines = line_list(opened, "submissions", Selection(), count="n_forms")
    grid = lines.reindex(columns=["centre_id", "form_month", "n_forms", "is_expected"])
    grid = grid.rename(columns={"form_month": "month", "is_expected": "expected"}).astype({"n_forms": "int64"})
    grid = grid.sort_values(["centre_id", "month"]).reset_index(drop=True)
    return grid.assign(expected=grid["expected"] == "true")


def silent_centres(opened: Opened, at_least: int = 3) -> pd.DataFrame:
    """Centres that have sent a form before, and none in the last `at_least` whole months up to the cut-off.

    Returns:
        `centre_id`, `last_month` with a form, `n_silent_months` since; the longest silence first.
    """
    lines = line_list(opened, "centres", Selection()).reindex(columns=["centre_id", "last_form_date", "silent_months"])
    sent = lines.dropna(subset="silent_months").astype({"silent_months": "int64"})
    silent = sent[sent["silent_months"] >= at_least].rename(columns={"silent_months": "n_silent_months"})
    silent.insert(1, "last_month", silent.pop("last_form_date").str[: len("YYYY-MM")])
    return silent.sort_values(["n_silent_months", "centre_id"], ascending=[False, True]).reset_index(drop=True)


def delays(opened: Opened, by: Sequence[str] = ()) -> pd.DataFrame:
    """Days from the signature of a form to its receipt.

    Args:
        by: break down by `received_month`, `centre_id` or `form_channel`.

    Returns:
        The columns `by`, `n_forms` with both dates, `n_before` received before signed (left out of the distribution,
        the rule `form_received_before_signed` lists them), and `least`, `p25`, `median`, `p75`, `p90`, `most` days.

    Raises:
        ValueError: a breakdown that there is none of.
    """
    if unknown := set(by) - set(DELAYS_BY):
        raise ValueError(f"no breakdown by {', '.join(sorted(unknown))}; there is {', '.join(DELAYS_BY)}")
    grouped = "".join(f"{sql.name(each)}, " for each in by)
    shares = {"p25": 0.25, "median": 0.5, "p75": 0.75, "p90": 0.9}
    quantiles = ", ".join(
        f"quantile_cont(days, {share}) filter (days >= 0) as {sql.name(name)}" for name, share in shares.items()
    )
    return opened.query(
        f"""with forms as (
            select strftime(i.form_received_date, '%Y-%m') as received_month, p.centre_id, i.form_channel,
                   datediff('day', i.form_signed_date, i.form_received_date) as days
            from core_initiations i join core_patients p on p.patient_id = i.patient_id
            where i.form_signed_date is not null and i.form_received_date is not null
        )
        select {grouped}count(*) as n_forms, count(*) filter (days < 0) as n_before,
               min(days) filter (days >= 0) as least, {quantiles}, max(days) filter (days >= 0) as most
        from forms {"group by all order by all" if by else ""}"""
    )


def rows_behind(opened: Opened, table: str, rule: str, column: str) -> pd.DataFrame:
    """Where the rows are that break a rule, in quarantine or warned of: `file`, `line` and `row_key`; nothing of them.

    Args:
        column: the column that the rule is about; empty for one about whole rows.
    """
    return opened.query(
        """select file, line, row_key from (
            select file, line, row_key, table_name, unnest(reasons) as reason from quarantine
            union all select file, line, row_key, table_name, rule || ':' || column_name from findings)
        where table_name = $table and split_part(reason, ':', 1) = $rule and split_part(reason, ':', 2) = $column
        order by all""",
        {"table": table, "rule": rule, "column": column},
    )

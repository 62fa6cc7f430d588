"""A dashboard whose object store is away goes on, and its pages say since when."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import following
from dashboard.wording import LANGUAGES, text_in


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_status_bar_says_since_when_the_object_store_is_away(
    language: str, page: Callable[..., AppTest], stores: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    since = dt.datetime(2026, 11, 23, 9, 5).astimezone()
    assert text_in(language, "status.behind", day="", time="")[:6] not in _warned(
        page(stores["data"], language=language)
    )
    monkeypatch.setattr(following, "behind_since", lambda: since)
    app = page(stores["data"], language=language)
    assert "09:05" in _warned(app)
    assert text_in(language, "status.behind", day="", time="")[:6] in _warned(app)
    assert not app.exception


def _warned(app: AppTest) -> str:
    return " ".join(each.value for each in app.warning)

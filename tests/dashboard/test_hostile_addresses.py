"""Whatever an address asks of a page, it is answered without a fault, and nothing of it becomes markup."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from dashboard.address import CHOICE, LANGUAGE_PARAMETER, PARAMETERS, RELEASE
from dashboard.app import NAMES
from pipelines.selection import Selection

Page = Callable[..., AppTest]
ASKED = (*PARAMETERS, RELEASE, LANGUAGE_PARAMETER, f"{CHOICE}uptake-by", f"{CHOICE}figure", "from_month", "to_month",
         "indications", "sexes", "date_basis", "regime")  # fmt: skip
MARK = "zq7x"
HOSTILE = (f"<img src=x onerror={MARK}>", f"[a](javascript:{MARK})", f"'; drop table core_patients; --{MARK}<b>",
           f"</script><script>{MARK}()</script>", f"../../etc/passwd\x00<{MARK}>", f"{{{{7*7}}}}<{MARK}>",
           f":material/home: $x$ <{MARK}>", f"2022-08-31-0000000000<{MARK}>")  # fmt: skip
FORMS = (f"={MARK}", f":{MARK}", f"<{MARK}", f">{MARK}")
"""How the mark stands in what is shown if a value is echoed as it came; in a link it is encoded."""

VALUES = st.one_of(st.sampled_from(HOSTILE), st.text(max_size=40).map(lambda text: f"{text}<{MARK}>"))


def test_every_parameter_of_an_address_is_among_those_that_are_tried() -> None:
    assert {*PARAMETERS, RELEASE, LANGUAGE_PARAMETER} <= set(ASKED)
    assert {"from_month", "to_month", "indications", "sexes", "date_basis"} <= set(Selection.__dataclass_fields__)


def shown(app: AppTest) -> str:
    """Everything that the browser is sent."""
    blocks = app._tree.children.values()
    return "\n".join(str(node.proto) for block in blocks for node in block if getattr(node, "proto", None) is not None)


@pytest.mark.parametrize("name", NAMES)
def test_no_value_of_an_address_fails_or_becomes_markup(page: Page, stores: dict[str, Path], name: str) -> None:
    app = page(stores["one patient"], name)
    assert not app.exception
    assert len(shown(app)) > 1000

    @settings(max_examples=3, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(st.lists(VALUES, min_size=len(ASKED), max_size=len(ASKED)))
    def ask(values: list[str]) -> None:
        for parameter, value in zip(ASKED, values, strict=True):
            app.query_params[parameter] = [value]
        app.run()
        assert not app.exception
        sent = shown(app)
        assert not [form for form in FORMS if form in sent]

    ask()

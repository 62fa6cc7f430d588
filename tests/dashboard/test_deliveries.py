"""What a click on a download ends in: the file, or words of ours where there can be none."""

import asyncio
from collections.abc import Callable
from unittest import mock

import pytest
from streamlit.proto.BackMsg_pb2 import BackendOperationRequest
from streamlit.proto.ForwardMsg_pb2 import BackendOperationResponse
from streamlit.runtime import app_session
from streamlit.runtime.media_file_manager import MediaFileManager
from streamlit.runtime.memory_media_file_storage import MemoryMediaFileStorage

from dashboard import deliveries
from dashboard.wording import text_in
from pipelines.access.errors import AccessError
from pipelines.messages import explain


def clicked(make: Callable[[], bytes]) -> BackendOperationResponse:
    manager = MediaFileManager(MemoryMediaFileStorage("/media"))
    file_id = manager.add_deferred(make, "text/csv", "0.0", "a.csv")
    request = BackendOperationRequest(request_id="1")
    request.deferred_file.file_id = file_id
    return asyncio.run(deliveries.Deliveries(lambda: manager).handle(request, "session"))


def test_a_file_that_can_be_made_has_its_address() -> None:
    answer = clicked(lambda: b"a;b\n")
    assert answer.deferred_file.url.startswith("/media/")
    assert answer.error_msg == ""


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_journal_that_breaks_between_the_drawing_and_the_click_is_told_in_words(language: str) -> None:
    def make() -> bytes:
        error = AccessError("access.journal_fails")
        error.add_note(explain(error, language))
        raise error

    answer = clicked(make)
    assert answer.error_msg == explain(AccessError("access.journal_fails"), language)
    assert answer.deferred_file.url == ""


def test_any_other_fault_is_told_without_its_cause() -> None:
    def make() -> bytes:
        raise RuntimeError("P01 /var/lib/rtu")

    answer = clicked(make)
    assert text_in("fr", "access.no_file") in answer.error_msg
    assert "P01" not in answer.error_msg


def test_every_session_makes_its_files_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app_session, "DeferredFileHandler", app_session.DeferredFileHandler)
    deliveries.install()
    dispatcher = app_session.AppSession._create_backend_operation_dispatcher(mock.Mock())
    assert isinstance(dispatcher._handlers["deferred_file"], deliveries.Deliveries)

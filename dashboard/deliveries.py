"""What a click on a download ends in when there is no file: words of ours, in the language of who clicked.

Streamlit 1.67 makes such a file in a thread of its own and shows, for five seconds under the button, why it could not;
of itself it says so in English and without the reason.
"""

import asyncio

from streamlit.proto.BackMsg_pb2 import BackendOperationRequest
from streamlit.proto.ForwardMsg_pb2 import BackendOperationResponse, DeferredFileResponsePayload
from streamlit.runtime import app_session
from streamlit.runtime.backend_operation_handler import DeferredFileHandler
from streamlit.runtime.media_file_storage import MediaFileStorageError

from dashboard.wording import LANGUAGES, text_in


class Deliveries(DeferredFileHandler):
    """Makes files at the click; what keeps one from being made is told by the note of its error."""

    async def handle(self, request: BackendOperationRequest, session_id: str  # noqa: ARG002 - given
                     ) -> BackendOperationResponse:  # fmt: skip
        """The address of the file, or why there is none."""
        manager, file_id = self._get_media_file_mgr(), request.deferred_file.file_id
        try:
            url = await asyncio.to_thread(manager.execute_deferred, file_id)
        except MediaFileStorageError as error:
            notes: list[str] = getattr(error.__cause__, "__notes__", [])
            return BackendOperationResponse(request_id=request.request_id, error_msg=" ".join(notes) or _unknown())
        payload = DeferredFileResponsePayload(url=url)
        return BackendOperationResponse(request_id=request.request_id, deferred_file=payload)


def install() -> None:
    """Let every session of this server make its files so."""
    vars(app_session)["DeferredFileHandler"] = Deliveries


def _unknown() -> str:
    return " / ".join(text_in(language, "access.no_file") for language in LANGUAGES)

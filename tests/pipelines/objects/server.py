"""A server on loopback that speaks as much S3 as a store needs, and can be made to fail.

Conditions, multipart uploads, ranges, listing and removal are answered as the S3 API Reference says. Signatures are not
verified; whose they are is.
"""

import hashlib
import itertools
import re
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

BUCKET = "bucket"
NAMESPACE = 'xmlns="http://s3.amazonaws.com/doc/2006-03-01/"'


class Server:
    """What the tests see of the server.

    Attributes:
        credentials: what the environment names, and nothing else may.
        asked: method and path of each request.
        refuse: given method and path, whether it answers that it is out of order.
    """

    credentials = ("neither-is-this", "not-for-any-message-or-file")

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []
        self.refuse: Callable[[str, str], bool] = lambda *_: False
        self.kept: dict[str, bytes] = {}
        self.parts: dict[str, dict[int, bytes]] = {}
        self.one, self.uploads = threading.Lock(), itertools.count(1)
        self.port = 0
        self.start()

    def start(self) -> None:
        handler = type("OfServer", (Answer,), {"of": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", self.port), handler)
        self.port = self._server.server_port
        self._serving = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self._serving.start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._serving.join()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def objects(self, prefix: str) -> dict[str, bytes]:
        """What stands in the bucket below a prefix."""
        with self.one:
            return {name: content for name, content in self.kept.items() if name.startswith(prefix)}

    def put(self, name: str, content: bytes) -> None:
        with self.one:
            self.kept[name] = content

    def delete(self, name: str) -> None:
        with self.one:
            del self.kept[name]


class Answer(BaseHTTPRequestHandler):
    """One request; one that writes comes after the other."""

    of: Server

    def do(self) -> None:
        parts = urlsplit(self.path)
        content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.of.asked.append((self.command, parts.path))
        bucket, _, name = unquote(parts.path).lstrip("/").partition("/")
        if self.of.refuse(self.command, parts.path):
            self.say(503, b"")
        elif f"Credential={self.of.credentials[0]}/" not in self.headers.get("Authorization", ""):
            self.fail(403, "AccessDenied")
        elif bucket != BUCKET:
            self.fail(404, "NoSuchBucket")
        else:
            query = {key: values[0] for key, values in parse_qs(parts.query, keep_blank_values=True).items()}
            with self.of.one:
                getattr(self, f"answer_{self.command.lower()}")(name, query, content)

    do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = do  # noqa: N815 - names that the library asks for

    def answer_get(self, name: str, query: dict[str, str], _content: bytes) -> None:
        if not name:
            found = sorted(each for each in self.of.kept if each.startswith(query.get("prefix", "")))
            rest = "<ETag>x</ETag><LastModified>2026-01-01T00:00:00.000Z</LastModified></Contents>"
            told = "".join(f"<Contents><Key>{each}</Key><Size>{len(self.of.kept[each])}</Size>{rest}" for each in found)
            self.say(200, f"<ListBucketResult {NAMESPACE}><IsTruncated>false</IsTruncated>{told}</ListBucketResult>")
        elif name not in self.of.kept:
            self.fail(404, "NoSuchKey")
        else:
            whole = self.of.kept[name]
            first, last = 0, len(whole) - 1
            if asked := re.fullmatch(r"bytes=(\d+)-(\d+)", self.headers.get("Range", "")):
                first, last = int(asked[1]), min(int(asked[2]), last)
            self.say(206 if asked else 200, whole[first : last + 1], ETag=tag(whole),
                     **{"Last-Modified": "Thu, 01 Jan 2026 00:00:00 GMT",
                        "Content-Range": f"bytes {first}-{last}/{len(whole)}"})  # fmt: skip

    answer_head = answer_get

    def answer_put(self, name: str, query: dict[str, str], content: bytes) -> None:
        if "uploadId" in query:
            self.of.parts[query["uploadId"]][int(query["partNumber"])] = content
            self.say(200, b"", ETag=tag(content))
            return
        there, wanted = self.of.kept.get(name), self.headers.get("If-Match")
        if wanted and there is None:
            self.fail(404, "NoSuchKey")
        elif (wanted and there is not None and wanted != tag(there)) or (
            self.headers.get("If-None-Match") == "*" and there is not None
        ):
            self.fail(412, "PreconditionFailed")
        else:
            self.of.kept[name] = content
            self.say(200, b"", ETag=tag(content))

    def answer_post(self, name: str, query: dict[str, str], content: bytes) -> None:
        if "delete" in query:
            gone = re.findall("<Key>([^<]+)</Key>", content.decode())
            for each in gone:
                self.of.kept.pop(each, None)
            told = "".join(f"<Deleted><Key>{each}</Key></Deleted>" for each in gone)
            self.say(200, f"<DeleteResult {NAMESPACE}>{told}</DeleteResult>")
        elif "uploads" in query:
            upload = str(next(self.of.uploads))
            self.of.parts[upload] = {}
            self.say(200, f"<InitiateMultipartUploadResult {NAMESPACE}><UploadId>{upload}</UploadId>"
                          "</InitiateMultipartUploadResult>")  # fmt: skip
        else:
            pieces = self.of.parts.pop(query["uploadId"])
            self.of.kept[name] = b"".join(pieces[number] for number in sorted(pieces))
            self.say(200, f"<CompleteMultipartUploadResult {NAMESPACE}><ETag>{tag(self.of.kept[name])}</ETag>"
                          "</CompleteMultipartUploadResult>")  # fmt: skip

    def answer_delete(self, name: str, query: dict[str, str], _content: bytes) -> None:
        if "uploadId" in query:
            self.of.parts.pop(query["uploadId"], None)
        else:
            self.of.kept.pop(name, None)
        self.say(204, b"")

    def fail(self, status: int, code: str) -> None:
        self.say(status, f"<Error><Code>{code}</Code><Message>{code}</Message></Error>")

    def say(self, status: int, content: bytes | str, **headers: str) -> None:
        said = content.encode() if isinstance(content, str) else content
        self.send_response(status)
        for name, value in {"Content-Length": str(len(said)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(said)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


def tag(content: bytes) -> str:
    """By what an object is known again."""
    return f'"{hashlib.sha256(content).hexdigest()[:32]}"'

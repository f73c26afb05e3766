"""A double of an S3-compatible store over real HTTP: lists a bucket in pages and sends objects, read only."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape

BUCKET = "documents"
KEY_ID, SECRET = "AKIDEXAMPLE", "not-a-secret"
_MISSING = "<Error><Code>NoSuchKey</Code><Message>no such key</Message></Error>"


class S3Server(ThreadingHTTPServer):
    """Serves one bucket on a free loopback port while entered."""

    daemon_threads = True

    def __init__(self, page: int = 1000) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.objects: dict[str, bytes] = {}
        self.page = page
        self.status = 200
        """Anything else is answered to every request."""
        self.cut = False
        """Whether the connection ends in the middle of every object."""
        self.requests: list[str] = []

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self.serve_forever, args=(0.01,))
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.shutdown()
        self._thread.join()
        self.server_close()

    @property
    def endpoint(self) -> str:
        """What a client is told."""
        return f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    server: S3Server
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.server.requests.append(self.path)
        parts = urlsplit(self.path)
        bucket, _, key = unquote(parts.path).removeprefix("/").partition("/")
        signed = f"Credential={KEY_ID}/" in self.headers.get("Authorization", "")
        if self.server.status != 200:
            self._answer(self.server.status, b"<Error><Code>Trouble</Code></Error>")
        elif not signed:
            self._answer(403, b"<Error><Code>AccessDenied</Code></Error>")
        elif bucket != BUCKET or (key and key not in self.server.objects):
            self._answer(404, _MISSING.encode())
        elif key:
            self._answer(200, self.server.objects[key])
        else:
            self._answer(200, self._listing(parse_qs(parts.query)).encode())

    def _listing(self, query: dict[str, list[str]]) -> str:
        prefix, token = query.get("prefix", [""])[0], query.get("continuation-token", [""])[0]
        keys = sorted(key for key in self.server.objects if key.startswith(prefix) and key > token)
        page, more = keys[: self.server.page], len(keys) > self.server.page
        listed = "".join(
            f"<Contents><Key>{escape(key)}</Key><LastModified>2026-01-01T00:00:00.000Z</LastModified>"
            f"<ETag>&quot;e&quot;</ETag><Size>{len(self.server.objects[key])}</Size></Contents>"
            for key in page
        )
        following = f"<NextContinuationToken>{escape(page[-1])}</NextContinuationToken>" if more else ""
        return (
            f"<ListBucketResult><Name>{BUCKET}</Name><KeyCount>{len(page)}</KeyCount>"
            f"<IsTruncated>{str(more).lower()}</IsTruncated>{listed}{following}</ListBucketResult>"
        )

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("ETag", '"e"')
        self.send_header("Last-Modified", "Thu, 01 Jan 2026 00:00:00 GMT")
        self.end_headers()
        self.wfile.write(body[: len(body) // 2] if self.server.cut else body)
        self.close_connection = self.server.cut

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""

"""A web server on loopback that sends exactly the bytes a test wrote, however wrong they are."""

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Self

Answer = bytes | Callable[[asyncio.StreamWriter], Awaitable[None]]
"""The bytes of a whole answer, or what writes them."""


def answer(body: bytes = b"", status: str = "200 OK", **headers: str) -> bytes:
    """A well-formed answer; `retry_after="3"` is the header Retry-After."""
    named = {"Content-Length": str(len(body))} | {name.replace("_", "-"): value for name, value in headers.items()}
    lines = "".join(f"{name}: {value}\r\n" for name, value in named.items())
    return f"HTTP/1.1 {status}\r\n{lines}\r\n".encode() + body


def redirect(location: str, status: str = "302 Found") -> bytes:
    """An answer that leads elsewhere."""
    return answer(status=status, location=location)


class DocumentServer:
    """Serves on a free port of 127.0.0.1 while entered, in the test's own loop."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.answers: dict[str, Answer] = {}
        self.requests: list[tuple[str, dict[str, str]]] = []
        """Path and headers of every request, names in lower case."""
        self._tls = tls
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=self._tls)
        self.port: int = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def url(self, path: str, host: str = "127.0.0.1") -> str:
        """The address of a path."""
        return f"{'https' if self._tls else 'http'}://{host}:{self.port}{path}"

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode().splitlines()
            path = head[0].split(" ")[1]
            named = dict(line.split(": ", 1) for line in head[1:] if line)
            self.requests.append((path, {name.lower(): value for name, value in named.items()}))
            given = self.answers.get(path, answer(status="404 Not Found"))
            if isinstance(given, bytes):
                writer.write(given)
            else:
                await given(writer)
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            # The other side hung up, which is what many tests are about.
            return
        finally:
            writer.close()
            self._tasks.discard(task)

"""A model service in a process of its own that answers everything after 50 ms, with as little work as that takes."""

import asyncio
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def service() -> Iterator[str]:
    """The service in a process of its own; gives its address."""
    process = subprocess.Popen([sys.executable, __file__], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield process.stdout.readline().strip()
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


NOTE = {"text": "text", "number": 1}
DOCUMENT = {
    "found": [
        {"field": "supplier", "value": "Hafen Beratung AG", "quotation": "Hafen Beratung AG", "piece": 1},
        {"field": "invoice_date", "value": "2025-10-10", "quotation": "Invoice date: 2025-10-10", "piece": 3},
    ],
    "lines": [],
    "answers": [],
}


def response(answer: object) -> bytes:
    """The bytes of a message that gives this answer."""
    message = {
        "id": "msg_1", "type": "message", "role": "assistant", "model": "claude-sonnet-5-5",
        "content": [{"type": "text", "text": json.dumps(answer)}],
        "stop_reason": "end_turn", "stop_sequence": None,
        "usage": {"input_tokens": 1000, "output_tokens": 200},
    }  # fmt: skip
    body = json.dumps(message).encode()
    head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nrequest-id: req_1\r\ncontent-length: "
    return f"{head}{len(body)}\r\n\r\n".encode() + body


ABOUT_A_DOCUMENT, ABOUT_ANYTHING = response(DOCUMENT), response(NOTE)


async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """One connection."""
    try:
        while head := await reader.readuntil(b"\r\n\r\n"):
            length = re.search(rb"content-length: (\d+)", head.lower())
            body = await reader.readexactly(int(length[1]) if length else 0)
            await asyncio.sleep(0.05)
            writer.write(ABOUT_A_DOCUMENT if b"Read this document." in body else ABOUT_ANYTHING)
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()


async def main() -> None:
    """Serve until killed."""
    server = await asyncio.start_server(answer, "127.0.0.1", 0, backlog=512)
    print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())

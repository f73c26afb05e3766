"""Documents read in a process of their own, so that no document can take this one along."""

import os
import selectors
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType

from audit_agent.documents.text.child import request
from audit_agent.documents.text.limits import TextLimits
from audit_agent.documents.text.model import DocumentText, Outcome

_CHUNK = 1024 * 1024
_GRACE_SECONDS = 30
"""By the clock beyond the processor time, since a busy machine starts and schedules slowly."""
_KEPT = ("PATH", "LANG", "LC_ALL", "SYSTEMROOT", "TMPDIR")


class TextReader:
    """Reads documents one after another in a child that is replaced after `documents_each` of them, or when it dies.

    Not for several threads at once: each takes a reader of its own.
    """

    def __init__(self, limits: TextLimits | None = None, documents_each: int = 200) -> None:
        self._limits = limits or TextLimits()
        self._each = documents_each
        self._read = 0
        self._child: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "TextReader":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def read(self, path: Path, media_type: str, folder: Path | None = None) -> DocumentText:
        """The text of a file; also when the child dies over it or takes too long, which is an outcome."""
        if self._read >= self._each or (self._child is not None and self._child.poll() is not None):
            self.close()
        child = self._child or self._start()
        self._read += 1
        deadline = time.monotonic() + self._limits.seconds + _GRACE_SECONDS
        answer = self._ask(child, request(path, media_type, self._limits, folder), deadline)
        if answer.endswith(b"\n"):
            return DocumentText.model_validate_json(answer)
        late = time.monotonic() >= deadline
        reason = self._stop(late)
        return DocumentText(media_type=media_type, outcome=Outcome.NOT_FINISHED, reason=reason)

    def close(self) -> None:
        """End the child; the next document starts another."""
        if self._child is not None:
            self._stop(late=True)

    def _start(self) -> subprocess.Popen[bytes]:
        self._read = 0
        self._child = subprocess.Popen(
            [sys.executable, "-I", "-m", "audit_agent.documents.text.child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            # No key or token of this process is there to be found.
            env={name: os.environ[name] for name in _KEPT if name in os.environ},
            start_new_session=True,
        )
        return self._child

    def _ask(self, child: subprocess.Popen[bytes], asked: bytes, deadline: float) -> bytes:
        """The answer up to its line end; less where the child died or the deadline passed."""
        assert child.stdin is not None
        assert child.stdout is not None
        try:
            child.stdin.write(asked)
            child.stdin.flush()
        except BrokenPipeError:
            return b""
        answer = bytearray()
        with selectors.DefaultSelector() as selector:
            selector.register(child.stdout, selectors.EVENT_READ)
            while not answer.endswith(b"\n"):
                if not selector.select(max(0.0, deadline - time.monotonic())):
                    break
                chunk = os.read(child.stdout.fileno(), _CHUNK)
                if not chunk:
                    break
                answer += chunk
        return bytes(answer)

    def _stop(self, late: bool) -> str:
        """Why the child ended, in words."""
        assert self._child is not None
        child, self._child = self._child, None
        if late:
            child.kill()
        # Popen's own communicate would wait for what is no longer wanted.
        for pipe in (child.stdin, child.stdout):
            if pipe is not None:
                pipe.close()
        code = child.wait()
        if late or code == -signal.SIGXCPU:
            return f"Reading it takes longer than {self._limits.seconds} seconds. Give it in parts."
        return f"The process that read it died ({_ending(code)}). Ask for the document in another form."


def _ending(code: int) -> str:
    return signal.Signals(-code).name if code < 0 else f"code {code}"

"""The process that reads what others made: limited in memory and time, without keys, one request a line.

`python -I -m audit_agent.documents.text.child`. Requests come on standard input, answers go to standard output.
"""

import json
import os
import resource
import sys
from dataclasses import asdict
from pathlib import Path

from audit_agent.documents.text.extract import extract
from audit_agent.documents.text.limits import TextLimits
from audit_agent.documents.text.model import DocumentText, Outcome


def request(path: Path, media_type: str, limits: TextLimits, folder: Path | None) -> bytes:
    """One line that asks for the text of a file."""
    asked = {
        "path": os.fspath(path.absolute()),
        "media_type": media_type,
        "limits": asdict(limits),
        "folder": os.fspath(folder.absolute()) if folder else None,
    }
    return json.dumps(asked).encode() + b"\n"


def main() -> None:
    """Answer until standard input ends or memory was short."""
    answers = os.fdopen(os.dup(1), "wb")
    # What a library prints must not be taken for an answer.
    os.dup2(2, 1)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    for line in sys.stdin.buffer:
        text = _answer(json.loads(line))
        answers.write(text.model_dump_json(exclude_defaults=True).encode() + b"\n")
        answers.flush()
        if text.outcome == Outcome.NOT_FINISHED:
            return


def _answer(asked: dict[str, object]) -> DocumentText:
    media_type = str(asked["media_type"])
    limits = TextLimits(**asked["limits"])  # type: ignore[arg-type]
    folder = Path(str(asked["folder"])) if asked["folder"] else None
    _limit(limits)
    try:
        return extract(Path(str(asked["path"])), media_type, limits, folder)
    except MemoryError:
        megabytes = limits.memory // 1024 // 1024
        reason = f"Reading it takes more than {megabytes:,} MB of memory. Give it in parts."
        return DocumentText(media_type=media_type, outcome=Outcome.NOT_FINISHED, reason=reason)
    except Exception as error:
        # The boundary of the process: one malformed document is an outcome, and the reader lives on.
        reason = f"It cannot be read ({type(error).__name__}: {str(error)[:200]}). Ask for it again."
        return DocumentText(media_type=media_type, outcome=Outcome.DAMAGED, reason=reason)


def _limit(limits: TextLimits) -> None:
    """Processor time for the next document, and memory, except on macOS, whose kernel refuses such a limit."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    seconds = int(used.ru_utime + used.ru_stime) + limits.seconds + 1
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, resource.getrlimit(resource.RLIMIT_CPU)[1]))
    if sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_AS, (limits.memory, resource.getrlimit(resource.RLIMIT_AS)[1]))


if __name__ == "__main__":
    main()

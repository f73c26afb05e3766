"""How our processes begin, log and end."""

import gc
import logging
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def starting() -> Iterator[None]:
    """Import without garbage collection: it makes a hundred thousand objects that stay, and looks at them all again."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def leave(code: int = 0) -> None:
    """End this process without finalising the interpreter, which can abort it after a worker ran (sdk-python #300)."""
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def configure_logging(level: str) -> None:
    """Log to standard error, times in UTC."""
    handler = logging.StreamHandler()
    formatter = logging.Formatter("%(asctime)s.%(msecs)03dZ %(levelname)s %(name)s %(message)s", "%Y-%m-%dT%H:%M:%S")
    formatter.converter = time.gmtime
    handler.setFormatter(formatter)
    logging.basicConfig(level=level, handlers=[handler], force=True)
    # At DEBUG it writes what activities return: names, reasons, amounts.
    logging.getLogger("temporalio").setLevel(max(logging.INFO, logging.root.level))

"""A machine of its own: supervisor, server and worker in processes that can all be killed at once."""

import sys
import threading
from pathlib import Path

from audit_agent.settings import load_settings
from audit_agent.temporal.running import running

DEADLY_WORKER = (sys.executable, str(Path(__file__).with_name("deadly_worker.py")))
WORKERS = {
    "reading": (sys.executable, "-m", "tests.chaos.reading_worker"),
    "investigating": (sys.executable, "-m", "tests.chaos.investigating_worker"),
}
"""Workers of which a model does one kind of work, by the machine's argument."""

if __name__ == "__main__":
    worker = WORKERS[sys.argv[1]] if sys.argv[1:] else DEADLY_WORKER
    with running(load_settings(), worker_command=worker):
        print("running", flush=True)
        threading.Event().wait()

"""A machine of its own: supervisor, server and worker in processes that can all be killed at once."""

import sys
import threading
from pathlib import Path

from audit_agent.settings import load_settings
from audit_agent.temporal.running import running

DEADLY_WORKER = (sys.executable, str(Path(__file__).with_name("deadly_worker.py")))
READING_WORKER = (sys.executable, "-m", "tests.chaos.reading_worker")

if __name__ == "__main__":
    reading = sys.argv[1:] == ["reading"]
    with running(load_settings(), worker_command=READING_WORKER if reading else DEADLY_WORKER):
        print("running", flush=True)
        threading.Event().wait()

"""A machine of its own: supervisor, server and worker in processes that can all be killed at once."""

import sys
import threading
from pathlib import Path

from audit_agent.settings import load_settings
from audit_agent.temporal.running import running

DEADLY_WORKER = (sys.executable, str(Path(__file__).with_name("deadly_worker.py")))

if __name__ == "__main__":
    with running(load_settings(), worker_command=DEADLY_WORKER):
        print("running", flush=True)
        threading.Event().wait()

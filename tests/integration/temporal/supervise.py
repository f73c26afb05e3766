"""A supervisor as a program of its own, to be ended in every way there is."""

import signal
import sys
from pathlib import Path

from audit_agent.settings import load_settings
from audit_agent.temporal.running import running

if __name__ == "__main__":
    # Whoever runs the tests in the background of a script has it ignored, and children inherit that.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    command = (sys.executable, str(Path(__file__).with_name("tiny_worker.py")))
    with running(load_settings(), worker_command=command) as runtime:
        print(runtime.address, runtime.gateway_url, flush=True)
        signal.pause()

"""Run a command that the kernel ends together with the process that started it.

Used as a program of its own, so that the supervisor's threads see no code run between fork and exec:
`python -I -S tether.py PARENT_PID COMMAND ...`. Linux only does the tying; elsewhere the command simply runs,
and the next supervisor ends what a killed one left behind.
"""

import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def main(parent: int, command: list[str]) -> None:
    """Tie this process to its parent, then become the command."""
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        # The parent may have died before the line above.
        if os.getppid() != parent:
            sys.exit(f"The parent {parent} has ended.")
    os.execv(command[0], command)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])

"""Logs of Bolt and the SDK without what they carry: they write bodies, tokens and names into their messages."""

import logging


class _NoContent(logging.Filter):
    """Leaves of a record where it came from, how bad it is, and which error it was."""

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[0].__name__ if record.exc_info and record.exc_info[0] else "no error"
        record.msg = f"{record.module}.{record.funcName} line {record.lineno}: {error}"
        record.args, record.exc_info, record.exc_text, record.stack_info = (), None, None, None
        return record.levelno >= logging.WARNING


def quiet_logger() -> logging.Logger:
    """The logger to give to Bolt and to the SDK's clients."""
    logger = logging.getLogger("audit_agent.slack.sdk")
    logger.setLevel(logging.WARNING)
    if not logger.filters:
        logger.addFilter(_NoContent())
    return logger

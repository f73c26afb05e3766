"""From any figure of a report back to the rows of the files it comes from, and to who agreed to it."""

from audit_agent.tracing.chain import Trace
from audit_agent.tracing.trace import trace

__all__ = ["Trace", "trace"]

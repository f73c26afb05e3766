"""Requests in plain words, understood without a model."""

from audit_agent.programs.asking.understanding import RequestNotReadableError, understand

__all__ = ["RequestNotReadableError", "understand"]

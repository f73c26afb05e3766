"""Audit Agent: an agent that carries a financial audit from request to signed report."""

__version__ = "0.1.0"

"""Temporal: the embedded server, its supervisor, the client, the worker and the retry policies by name."""

"""Telling people: the port, and the ways there are."""

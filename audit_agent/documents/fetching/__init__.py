"""Fetching the documents of a set: from files, object stores and the web, within limits."""

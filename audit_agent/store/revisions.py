"""Migrations this version knows, oldest first. Kept here so that opening a database does not load Alembic."""

REVISIONS: tuple[str, ...] = ("0001", "0002", "0003", "0004", "0005", "0006", "0007", "0008", "0009", "0010")

HEAD = REVISIONS[-1]

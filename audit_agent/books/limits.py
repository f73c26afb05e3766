"""How much an import may take before it refuses."""

from dataclasses import dataclass

MEGABYTE = 1024 * 1024


@dataclass(frozen=True)
class ImportLimits:
    """Bounds against files that are hostile or broken; all sizes in bytes."""

    decompressed: int = 16 * 1024 * MEGABYTE
    """What one .gz may expand to."""
    compression_ratio: int = 400
    """Expanded to compressed size, looked at once 64 MB are expanded. Ledgers compress 5 to 60 times."""
    line: int = MEGABYTE
    """The longest line of a text file; DuckDB itself stops at 2 MB."""
    workbook: int = 512 * MEGABYTE
    """Uncompressed size of all parts of a workbook."""
    cells: int = 20_000_000
    """Rows times columns of one sheet: a single cell in a far corner counts as the whole rectangle."""
    memory: int = 1024 * MEGABYTE
    """What DuckDB may hold before it spills to the workspace."""

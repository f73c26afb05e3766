"""How long 2,000,000 ledger lines take to import, against DuckDB's own read of the same file in the same run.

Run it as a script or with `pytest tests/bench/bench_import.py`. Each side runs in a fresh process, so that its
peak memory is its own; the two take turns, and the best of each counts, so that other load hits both alike.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

LINES = 2_000_000
ROUNDS = 3
LIMIT_RATIO = 3.0
LIMIT_MEGABYTES = 2048

_HEADER = (
    "Journal_ID,Journal_ID_Line_Number,JE_Header_Description,JE_Line_Description,Business_Unit_Code,Effective_Date,"
    "Fiscal_Year,Period,GL_Account_Number,Amount,Amount_Credit_Debit_Indicator,Amount_Currency,Source,Entered_By,"
    "Entered_Date,Entered_Time,Document_Date\n"
)

_MEASURE = """
import json, resource, sys, time
from pathlib import Path
{imports}
started = time.perf_counter()
rows = {work}
seconds = time.perf_counter() - started
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 * 1024 if sys.platform == "darwin" else 1024)
print(json.dumps([rows, seconds, peak]))
"""

_IMPORT = _MEASURE.format(
    imports="from audit_agent.books.importing import import_books\n"
    "from audit_agent.store.evidence import FolderEvidence",
    work="import_books(Path(sys.argv[1]), FolderEvidence(Path(sys.argv[2])))[1].table('GL_Detail').rows",
)
_BASELINE = _MEASURE.format(
    imports="import duckdb\nconnection = duckdb.connect()\nconnection.execute('SET enable_progress_bar = false')",
    work="connection.execute('CREATE TABLE t AS SELECT * FROM read_csv(?)', [sys.argv[1]]).fetchone()[0]",
)


def write_ledger(path: Path, lines: int) -> None:
    """A ledger of four-line journals over one year, about 120 bytes a line."""
    with path.open("w", encoding="utf-8") as file:
        file.write(_HEADER)
        for journal in range(lines // 4):
            month, day = journal % 12 + 1, journal % 28 + 1
            date = f"2025-{month:02d}-{day:02d}"
            amount = journal * 7919 % 9_999_991 + 100
            for line in range(4):
                file.write(
                    f"J{journal:07d},{line + 1},Header {journal % 977},Line text {journal % 389} {line},"
                    f"BU{journal % 7},{date},2025,{month},{400_000 + journal % 997},{amount // 100}.{amount % 100:02d},"
                    f"{'DC'[line % 2]},USD,SA,USER{journal % 23:02d},{date},10:{journal % 60:02d}:00,{date}\n"
                )


def measure(program: str, *arguments: Path) -> tuple[float, float]:
    """Seconds and peak megabytes of one run in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-c", program, *map(str, arguments)], capture_output=True, text=True, check=True
    )
    rows, seconds, peak = json.loads(done.stdout.splitlines()[-1])
    assert rows == LINES
    return seconds, peak


def bench(folder: Path) -> tuple[str, bool]:
    """The line to print, and whether it is within the limits."""
    ledger = folder / "gl.csv"
    write_ledger(ledger, LINES)
    baselines, imports = [], []
    for turn in range(ROUNDS):
        baselines.append(measure(_BASELINE, ledger)[0])
        imports.append(measure(_IMPORT, ledger, folder / f"evidence-{turn}"))
    seconds, peak = min(run[0] for run in imports), max(run[1] for run in imports)
    ratio = seconds / min(baselines)
    line = (
        f"import {LINES:,} GL lines: {seconds:.2f} s, baseline {min(baselines):.2f} s, ratio {ratio:.2f} "
        f"(limit {LIMIT_RATIO:.2f}), peak {peak:.0f} MB (limit {LIMIT_MEGABYTES})"
    )
    return line, ratio <= LIMIT_RATIO and peak <= LIMIT_MEGABYTES


@pytest.mark.bench
@pytest.mark.timeout(600)
def test_two_million_lines_import_within_the_limits(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    line, within = bench(tmp_path)

    with capsys.disabled():
        print(f"\n{line}")
    assert within, line


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        text, good = bench(Path(name))
    print(text)
    sys.exit(0 if good else 1)

"""How much memory it takes to freeze 1,000,000 documents, against 100,000, and how long a page takes to read.

Run it as a script or with `pytest tests/bench/bench_manifest.py`. Each size runs in a fresh process, so that its peak
memory is its own.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

SMALL, LARGE = 100_000, 1_000_000
LIMIT_RATIO = 1.2
LIMIT_PAGE_SECONDS = 1.0

_FREEZE = """
import json, resource, sys, time
from pathlib import Path
from audit_agent.documents.manifest import read_entries
from audit_agent.documents.sets.freeze import freeze_documents
from audit_agent.documents.sets.lists import ListSet
from audit_agent.store.evidence import FolderEvidence
evidence = FolderEvidence(Path(sys.argv[2]))
started = time.perf_counter()
_, manifest = freeze_documents(ListSet(Path(sys.argv[1])), evidence)
seconds = time.perf_counter() - started
started = time.perf_counter()
page = read_entries(evidence, manifest, manifest.count - 50, 50)
page_seconds = time.perf_counter() - started
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 * 1024 if sys.platform == "darwin" else 1024)
print(json.dumps([len(page), seconds, page_seconds, peak]))
"""


def measure(folder: Path, count: int) -> tuple[float, float, float]:
    """Seconds to freeze, seconds to read the last page, and peak megabytes."""
    path = folder / f"{count}.csv"
    with path.open("w", encoding="utf-8") as file:
        file.write("url,Invoice_ID\n")
        file.writelines(
            f"https://files.example.com/invoices/{number * 7919 % 1_000_003}.pdf,{number}\n" for number in range(count)
        )
    done = subprocess.run(
        [sys.executable, "-c", _FREEZE, str(path), str(folder / f"evidence-{count}")],
        capture_output=True,
        text=True,
        check=True,
    )
    rows, seconds, page_seconds, peak = json.loads(done.stdout)
    assert rows == 50
    return seconds, page_seconds, peak


def bench(folder: Path) -> tuple[str, bool]:
    """The line to print, and whether it is within the limits."""
    small = measure(folder, SMALL)
    large = measure(folder, LARGE)
    ratio = large[2] / small[2]
    line = (
        f"freeze {LARGE:,} documents: {large[0]:.1f} s, peak {large[2]:.0f} MB, "
        f"against {small[2]:.0f} MB for {SMALL:,}: ratio {ratio:.2f} (limit {LIMIT_RATIO:.2f}); "
        f"a page of 50: {large[1] * 1000:.0f} ms "
        f"(limit {LIMIT_PAGE_SECONDS * 1000:.0f})"
    )
    return line, ratio <= LIMIT_RATIO and large[1] <= LIMIT_PAGE_SECONDS


@pytest.mark.bench
@pytest.mark.timeout(900)
def test_memory_does_not_grow_with_the_documents(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    line, within = bench(tmp_path)

    with capsys.disabled():
        print(f"\n{line}")
    assert within, line


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        text, good = bench(Path(name))
    print(text)
    sys.exit(0 if good else 1)

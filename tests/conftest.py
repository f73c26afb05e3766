"""What every test may ask for."""

from pathlib import Path

import pytest

from audit_agent.store.evidence import FolderEvidence

pytest_plugins = ["tests.fixtures_database"]

SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Real data written by others, where it lies beside the repository."""
    if not SHARED_DATA.is_dir():
        pytest.skip("The real data sets are not part of the repository and do not lie beside it (../shared/data).")
    return SHARED_DATA


@pytest.fixture
def evidence(tmp_path: Path) -> FolderEvidence:
    """An empty evidence folder."""
    return FolderEvidence(tmp_path / "evidence")

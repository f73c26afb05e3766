"""Every activity the workflows name is implemented once, with the types the contract promises."""

import inspect
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, get_type_hints

import pytest
from temporalio import activity

from audit_agent import bootstrap
from audit_agent.activities import contract, contract_batches, contract_documents, contract_investigations
from audit_agent.activities.services import Services
from audit_agent.holds.port import RegisterOnly
from audit_agent.llm.offline.analyst import OfflineAnalyst
from audit_agent.notify.database import DatabaseNotifier
from audit_agent.procedures.registry import REGISTRY
from audit_agent.store.database import connect
from audit_agent.store.evidence import FolderEvidence

PARTS = (contract, contract_batches, contract_documents, contract_investigations)
CONTRACT = [value for part in PARTS for value in vars(part).values() if isinstance(value, contract.Activity)]


@pytest.fixture
def implementations(tmp_path: Path) -> dict[str, Any]:
    database = connect(f"sqlite:///{tmp_path / 'audit.db'}")
    services = Services(
        database=database,
        evidence=FolderEvidence(tmp_path / "evidence"),
        analyst=OfflineAnalyst(REGISTRY),
        rules=OfflineAnalyst(REGISTRY),
        payments=RegisterOnly(),
        notifier=DatabaseNotifier(database),
        clock=lambda: datetime(2026, 1, 5, tzinfo=UTC),
    )
    found: dict[str, Any] = {}
    for method in bootstrap.activities(services):
        definition = activity._Definition.must_from_callable(method)
        assert definition.name is not None
        assert definition.name not in found, "implemented twice"
        found[definition.name] = method
    return found


def test_the_contract_and_the_implementations_name_the_same_activities(implementations: dict[str, Any]) -> None:
    assert sorted(implementations) == sorted(promised.name for promised in CONTRACT)


@pytest.mark.parametrize("promised", CONTRACT, ids=lambda promised: promised.name)
def test_an_implementation_takes_and_returns_what_the_contract_says(
    implementations: dict[str, Any], promised: contract.Activity[Any, Any]
) -> None:
    method = inspect.unwrap(implementations[promised.name].__func__)
    hints = get_type_hints(method)

    assert hints.pop("return") is promised.output
    assert list(hints.values()) == [promised.input]

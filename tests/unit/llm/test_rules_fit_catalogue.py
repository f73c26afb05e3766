"""The offline analyst's rules speak of procedures and parameters that exist."""

from audit_agent.llm.offline.rules import finding_texts, planning_rules
from audit_agent.procedures.registry import REGISTRY

KNOWN = {meta.id: {spec.name for spec in meta.parameters} for meta in REGISTRY.procedures()}


def test_every_procedure_has_its_own_wording() -> None:
    assert set(KNOWN) <= set(finding_texts())


def test_parameters_that_rules_set_exist() -> None:
    for procedure, parameters in planning_rules().parameters.items():
        assert set(parameters) <= KNOWN[procedure]


def test_aliases_stand_for_parameters_that_exist() -> None:
    for procedure, aliases in planning_rules().aliases.items():
        assert set(aliases.values()) <= KNOWN[procedure]


def test_order_is_between_procedures_that_exist() -> None:
    for procedure, before in planning_rules().after.items():
        assert {procedure, *before} <= set(KNOWN)

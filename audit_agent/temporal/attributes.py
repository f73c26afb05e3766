"""Search attributes by which audits are found in Temporal, and how long ended runs stay there."""

from datetime import timedelta
from typing import TYPE_CHECKING

from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.namespace.v1 import NamespaceConfig
from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest, ListSearchAttributesRequest
from temporalio.api.workflowservice.v1 import UpdateNamespaceRequest
from temporalio.common import SearchAttributeKey
from temporalio.service import RPCError, RPCStatusCode

from audit_agent.temporal.errors import SearchAttributesError

if TYPE_CHECKING:
    from temporalio.client import Client

AUDIT_ID = SearchAttributeKey.for_keyword("AuditId")
AUDIT_PROGRAM = SearchAttributeKey.for_keyword("AuditProgram")
AUDIT_STATUS = SearchAttributeKey.for_keyword("AuditStatus")
AUDIT_RISK = SearchAttributeKey.for_keyword("AuditRisk")
ALL = (AUDIT_ID, AUDIT_PROGRAM, AUDIT_STATUS, AUDIT_RISK)

RETENTION = timedelta(days=90)
"""A development server forgets ended runs after a day; an auditor looks back for longer than that."""


async def missing_attributes(client: "Client") -> frozenset[str]:
    """Names of our search attributes that the namespace lacks."""
    listed = await client.operator_service.list_search_attributes(
        ListSearchAttributesRequest(namespace=client.namespace)
    )
    return frozenset(key.name for key in ALL) - frozenset(listed.custom_attributes)


async def register_attributes(client: "Client") -> None:
    """Register what is missing. Raises SearchAttributesError when the server refuses."""
    try:
        missing = await missing_attributes(client)
        if missing:
            await client.operator_service.add_search_attributes(
                AddSearchAttributesRequest(
                    namespace=client.namespace,
                    search_attributes=dict.fromkeys(missing, IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD),
                )
            )
    except RPCError as error:
        if error.status is RPCStatusCode.ALREADY_EXISTS:
            return
        names = ", ".join(key.name for key in ALL)
        raise SearchAttributesError(
            f"The namespace {client.namespace} refuses the search attributes {names}: {error.message}.",
            "Have its administrator create them with type Keyword.",
        ) from error


async def keep_ended_runs(client: "Client") -> None:
    """Let the namespace keep ended runs for RETENTION."""
    config = NamespaceConfig()
    config.workflow_execution_retention_ttl.FromTimedelta(RETENTION)
    await client.workflow_service.update_namespace(UpdateNamespaceRequest(namespace=client.namespace, config=config))

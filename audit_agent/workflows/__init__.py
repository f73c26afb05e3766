"""Workflows: deterministic code only. They hold the plan and the place in it."""

from audit_agent.workflows.audit import AuditWorkflow
from audit_agent.workflows.documents import DocumentsWorkflow
from audit_agent.workflows.investigation import InvestigationWorkflow
from audit_agent.workflows.ranges import DocumentRangeWorkflow
from audit_agent.workflows.scheduled import ScheduledAuditWorkflow
from audit_agent.workflows.undo import UndoWorkflow

WORKFLOWS = [
    AuditWorkflow,
    DocumentsWorkflow,
    DocumentRangeWorkflow,
    InvestigationWorkflow,
    ScheduledAuditWorkflow,
    UndoWorkflow,
]

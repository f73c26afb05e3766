"""Which leads are looked into: groups of exceptions of marked steps, or what reviewers ask about."""

from collections.abc import Iterable

from audit_agent.activities.blobs import load
from audit_agent.activities.contract import StepDone
from audit_agent.activities.contract_investigations import Leads, LeadsTask, PickedLead
from audit_agent.activities.papers import workpapers
from audit_agent.activities.services import Services
from audit_agent.domain.audit import AuditRequest
from audit_agent.domain.ids import AuditId, Person, StepId
from audit_agent.domain.investigation import FollowUp, InvestigationLimits, Lead, follow_ups
from audit_agent.domain.investigation_paper import InvestigationPaper
from audit_agent.domain.plan import Plan
from audit_agent.domain.workpaper import Workpaper
from audit_agent.investigating.leads import asked_again, leads_of
from audit_agent.llm.contexts import FindingContext
from audit_agent.llm.finding_sets import refs_of
from audit_agent.procedures.registry import REGISTRY
from audit_agent.store.audits import Audits
from audit_agent.store.investigations import Investigations


class Picking:
    """Picks leads, the same ones every time."""

    def __init__(self, services: Services) -> None:
        self._evidence = services.evidence
        self._audits = Audits(services.database)
        self._investigations = Investigations(services.database)

    def pick(self, task: LeadsTask) -> Leads:
        """The leads, no more than the programme's limits allow."""
        request = self._audits.request(task.audit)
        limits = request.program.investigations
        plan = load(self._evidence, Plan, task.plan)
        procedures = {step.id: step.procedure for step in plan.steps}
        done = {step.step: step for step in task.steps if step.workpaper is not None and step.exceptions}
        if not task.comments:
            marked = (step for step in plan.steps if step.investigate and step.id in done)
            found = [lead for step in marked for lead in self._new(done[step.id], step.inquiry, limits)]
        else:
            refs = self._refs(task, request, plan)
            found = [
                lead
                for asked in follow_ups(task.comments)
                for step in done.values()
                if asked.target in (step.step, procedures[step.step], refs.get(step.step))
                for lead in self._asked(task.audit, step, asked, limits)
            ]
        return Leads(leads=_once(found)[: limits.leads_an_audit], limits=limits, owners=_owners(plan, request))

    def _refs(self, task: LeadsTask, request: AuditRequest, plan: Plan) -> dict[StepId, str]:
        """What the steps' findings are called, those included that are set aside."""
        papers, catalogue = workpapers(self._evidence, task.steps), REGISTRY.procedures()
        return refs_of(
            FindingContext(audit=task.audit, program=request.program, plan=plan, workpapers=papers, catalogue=catalogue)
        )

    def _new(self, done: StepDone, question: str, limits: InvestigationLimits) -> list[PickedLead]:
        assert done.workpaper is not None
        paper = load(self._evidence, Workpaper, done.workpaper)
        return [PickedLead(lead=lead, workpaper=done.workpaper) for lead in leads_of(paper, question, limits)]

    def _asked(self, audit: AuditId, done: StepDone, asked: FollowUp, limits: InvestigationLimits) -> list[PickedLead]:
        """The step's leads with the question; those that were looked into before go on from there."""
        fresh = {picked.lead.id: picked for picked in self._new(done, "", limits)}
        before = {lead: self._investigations.paper(audit, lead) for lead in fresh}
        known = {lead: load(self._evidence, InvestigationPaper, paper).lead for lead, paper in before.items() if paper}
        leads: list[Lead] = [known.get(lead, picked.lead) for lead, picked in fresh.items()]
        return [
            fresh[lead.id].model_copy(update={"lead": lead, "paper": before[lead.id]})
            for lead in asked_again(leads, asked)
        ]


def _once(leads: Iterable[PickedLead]) -> tuple[PickedLead, ...]:
    """Each lead once, with every question about it."""
    picked: dict[str, PickedLead] = {}
    for one in leads:
        if earlier := picked.get(one.lead.id):
            questions = (*earlier.lead.questions, *one.lead.questions[-1:])
            one = one.model_copy(update={"lead": one.lead.model_copy(update={"questions": questions})})
        picked[one.lead.id] = one
    return tuple(picked.values())


def _owners(plan: Plan, request: AuditRequest) -> tuple[Person, ...]:
    """Who may be asked: whom the plan asks, and who asked for the audit."""
    asked = [question.owner for step in plan.steps for question in step.requests]
    return tuple(dict.fromkeys([*asked, request.requester]))

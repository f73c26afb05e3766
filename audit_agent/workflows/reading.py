"""A documents step, from its first document to its workpaper."""

from temporalio import workflow

from audit_agent.activities.contract import StepDone
from audit_agent.activities.contract_documents import CLOSE_DOCUMENTS, DocumentsTask
from audit_agent.workflows.call import call
from audit_agent.workflows.documents import DocumentsWorkflow
from audit_agent.workflows.documents_run import DocumentsRun


async def read_documents(task: DocumentsTask) -> StepDone:
    """Read the step's documents in a workflow of its own, then close the step. Once the budget is spent, rules read."""
    run = DocumentsRun(task=task)
    while True:
        done = await workflow.execute_child_workflow(
            DocumentsWorkflow.run,
            run,
            id=f"{task.audit}/documents/{task.step}",
            static_summary=f"{task.step}, documents of {task.audit}",
        )
        if not done.out_of_budget:
            return await call(CLOSE_DOCUMENTS, task, summary=f"{task.step}, workpaper")
        without_model = task.model_copy(update={"without_model": True})
        run = DocumentsRun(task=without_model, left=done.left, tally=done.tally)

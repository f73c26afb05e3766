"""A documents step, from its first document to its workpaper."""

from temporalio import workflow

from audit_agent.activities.contract import StepDone
from audit_agent.activities.contract_documents import CLOSE_DOCUMENTS, DocumentsTask
from audit_agent.workflows.budgeting import Budgeting, WithoutModel
from audit_agent.workflows.call import call
from audit_agent.workflows.documents import DocumentsWorkflow
from audit_agent.workflows.documents_run import DocumentsRun, workflow_of


async def read_documents(task: DocumentsTask, budget: Budgeting) -> StepDone:
    """Read the step's documents in a workflow of its own, then close the step.

    When the budget is reached people decide, while nothing is read, whether it is raised or rules read the rest.
    """
    run = DocumentsRun(task=task)
    while True:
        done = await workflow.execute_child_workflow(
            DocumentsWorkflow.run,
            run,
            id=workflow_of(task),
            static_summary=f"{task.step}, documents of {task.audit}",
        )
        if not done.out_of_budget:
            return await call(CLOSE_DOCUMENTS, task, summary=f"{task.step}, workpaper")
        documents = sum(span.end - span.start for span in done.left)
        left = f"{documents:,} of {task.total:,} documents of {task.step}"
        answer = await budget.settle(left, step=task.step, documents=documents)
        rest = task.model_copy(update={"without_model": isinstance(answer, WithoutModel)})
        run = DocumentsRun(
            task=rest, left=done.left, tally=done.tally, paused=done.paused, retry_asked=done.retry_asked
        )

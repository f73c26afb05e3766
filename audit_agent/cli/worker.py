"""`audit-agent worker`: one worker process of the distributed deployment, or of `audit-agent up`."""


def worker() -> None:
    """Perform audits' work for the Temporal server in use, until Ctrl-C or SIGTERM."""
    from audit_agent.temporal.process import leave, starting

    with starting():
        from audit_agent.settings import load_settings
        from audit_agent.temporal.worker import run_worker

    run_worker(load_settings())
    leave()

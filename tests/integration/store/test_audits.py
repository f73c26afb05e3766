from datetime import UTC, datetime

from audit_agent.store.audits import Audits
from audit_agent.store.database import Database


def test_audit_ids_of_a_year_are_numbered_from_one(database: Database) -> None:
    audits = Audits(database)

    assert [audits.new_audit_id(2026), audits.new_audit_id(2026), audits.new_audit_id(2027)] == [
        "AUD-2026-0001",
        "AUD-2026-0002",
        "AUD-2027-0001",
    ]

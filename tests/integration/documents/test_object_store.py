"""Documents in an S3-compatible store, listed and fetched."""

import sys
from collections.abc import Iterator

import pytest
from pydantic import SecretStr

from audit_agent.documents.errors import EmptySetError, ExtraMissingError, ObjectStoreError
from audit_agent.documents.fetching.objects import ObjectFetcher
from audit_agent.documents.fetching.policy import FetchPolicy
from audit_agent.documents.manifest import read_entries
from audit_agent.documents.s3 import S3Access
from audit_agent.documents.sets.freeze import freeze_documents
from audit_agent.documents.sets.given import given_set
from audit_agent.domain.documents import Fetched, Problem
from audit_agent.store.evidence import FolderEvidence
from tests.integration.documents.conftest import PDF, missed
from tests.peers.s3_server import BUCKET, KEY_ID, SECRET, S3Server

pytestmark = pytest.mark.anyio
POLICY = FetchPolicy(buckets=(BUCKET,), max_bytes=10_000)


@pytest.fixture
def store() -> Iterator[S3Server]:
    with S3Server(page=2) as server:
        yield server


@pytest.fixture
def access(store: S3Server) -> S3Access:
    return S3Access(endpoint=store.endpoint, region="eu-central-1", key_id=SecretStr(KEY_ID), secret=SecretStr(SECRET))


@pytest.fixture
def fetcher(access: S3Access, evidence: FolderEvidence) -> ObjectFetcher:
    return ObjectFetcher(POLICY, evidence, access)


async def test_a_prefix_is_listed_page_by_page_in_the_order_of_keys(
    store: S3Server, access: S3Access, evidence: FolderEvidence
) -> None:
    keys = ["2025/a b.pdf", "2025/10/\u00e4.xml", "2025/2.pdf", "2025/9#.pdf", "2024/x.pdf", "2025-other/x.pdf"]
    store.objects = {key: PDF for key in keys}

    _, manifest = freeze_documents(given_set(f"s3://{BUCKET}/2025/", access), evidence)
    entries = read_entries(evidence, manifest, 0, 50)

    assert [entry.source for entry in entries] == [
        f"s3://{BUCKET}/{key}" for key in ("2025/10/\u00e4.xml", "2025/2.pdf", "2025/9#.pdf", "2025/a b.pdf")
    ]
    assert {entry.size for entry in entries} == {len(PDF)}
    assert entries[0].media_type == "application/xml"
    assert sum("list-type=2" in path for path in store.requests) == 2


async def test_what_was_listed_can_be_fetched(
    store: S3Server, access: S3Access, evidence: FolderEvidence, fetcher: ObjectFetcher
) -> None:
    store.objects = {"a b#1%2F\u00e4.pdf": PDF}
    _, manifest = freeze_documents(given_set(f"s3://{BUCKET}", access), evidence)
    (entry,) = read_entries(evidence, manifest, 0, 50)

    outcome = await fetcher.fetch(entry.source)

    assert isinstance(outcome, Fetched)
    assert evidence.read(outcome.sha256) == PDF


async def test_a_bucket_that_is_not_named_in_the_policy_is_never_asked(store: S3Server, fetcher: ObjectFetcher) -> None:
    outcome = missed(await fetcher.fetch("s3://salaries/2025.xlsx"))

    assert outcome.problem is Problem.REFUSED_ADDRESS
    assert store.requests == []


async def test_an_object_that_is_not_there_is_a_dead_link(fetcher: ObjectFetcher) -> None:
    assert missed(await fetcher.fetch(f"s3://{BUCKET}/none.pdf")).problem is Problem.DEAD_LINK


async def test_an_object_that_is_too_large_is_left(store: S3Server, fetcher: ObjectFetcher) -> None:
    store.objects = {"a.pdf": PDF * 100}
    assert missed(await fetcher.fetch(f"s3://{BUCKET}/a.pdf")).problem is Problem.TOO_LARGE


@pytest.mark.parametrize(
    ("status", "problem", "may_pass"), [(403, Problem.DENIED, False), (503, Problem.UNREACHABLE, True)]
)
async def test_a_store_in_trouble_is_asked_once(
    store: S3Server, fetcher: ObjectFetcher, status: int, problem: Problem, may_pass: bool
) -> None:
    store.status = status
    outcome = missed(await fetcher.fetch(f"s3://{BUCKET}/a.pdf"))

    assert (outcome.problem, outcome.problem.may_pass) == (problem, may_pass)
    assert len(store.requests) == 1


async def test_without_the_extra_it_says_what_to_install(
    fetcher: ObjectFetcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "obstore.store", None)
    with pytest.raises(ExtraMissingError, match=r"audit-agent\[s3\]"):
        await fetcher.fetch(f"s3://{BUCKET}/a.pdf")


async def test_half_an_object_is_not_taken_for_the_whole(store: S3Server, fetcher: ObjectFetcher) -> None:
    store.objects, store.cut = {"a.pdf": PDF}, True
    outcome = missed(await fetcher.fetch(f"s3://{BUCKET}/a.pdf"))
    assert (outcome.problem, outcome.problem.may_pass) == (Problem.UNREACHABLE, True)


async def test_a_prefix_that_cannot_be_listed_or_is_empty_is_an_error(
    store: S3Server, access: S3Access, evidence: FolderEvidence
) -> None:
    with pytest.raises(EmptySetError, match="is empty"):
        freeze_documents(given_set(f"s3://{BUCKET}/2025", access), evidence)
    store.status = 403
    with pytest.raises(ObjectStoreError, match="could not be listed"):
        freeze_documents(given_set(f"s3://{BUCKET}/2025", access), evidence)

"""The objects below a prefix of an S3 bucket."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from audit_agent.documents.errors import ObjectStoreError
from audit_agent.documents.s3 import SCHEME, S3Access, object_name, open_bucket
from audit_agent.documents.sets.found import Candidate, Found
from audit_agent.domain.documents import SetKind

_PATIENCE = timedelta(minutes=1)


@dataclass(frozen=True)
class PrefixSet:
    """All objects whose keys begin with the folders of a prefix."""

    address: str
    """Like `s3://bucket/invoices/2025`."""
    access: S3Access
    kind: SetKind = SetKind.S3_PREFIX
    root: None = None
    ordered: bool = False

    def found(self) -> Iterator[Found]:
        """The listing, a thousand at a time. Raises ObjectStoreError and ExtraMissingError."""
        bucket, prefix = object_name(self.address)
        store = open_bucket(self.access, bucket, _PATIENCE)
        from obstore.exceptions import BaseError

        try:
            for listed in store.list(prefix.rstrip("/") or None, chunk_size=1000):
                for item in listed:
                    yield Candidate(f"{SCHEME}{bucket}/{item['path']}", self.address, size=item["size"])
        except BaseError as error:
            raise ObjectStoreError(
                f"{self.address} could not be listed: {str(error).splitlines()[0]}.",
                "Check the bucket's name, the endpoint and the credentials, then try again.",
            ) from error

"""How an S3-compatible object store is reached, by the listing and by the fetching of its objects."""

from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from pydantic import SecretStr

from audit_agent.documents.errors import ExtraMissingError
from audit_agent.domain.record import Record

if TYPE_CHECKING:
    from obstore.store import S3Config, S3Store

SCHEME = "s3://"


class S3Access(Record):
    """Endpoint and credentials. What is left out comes from the `AWS_*` variables or the machine's role."""

    endpoint: str | None = None
    """Of a store that is not Amazon's; `http://` is allowed here, since the operator names it and no document does."""
    region: str | None = None
    key_id: SecretStr | None = None
    secret: SecretStr | None = None


class ObjectName(NamedTuple):
    """A bucket, and a key or prefix in it."""

    bucket: str
    key: str


def object_name(source: str) -> ObjectName:
    """The parts of `s3://bucket/key`. The key is taken as it stands, without unquoting."""
    bucket, _, key = source.removeprefix(SCHEME).partition("/")
    return ObjectName(bucket, key)


def open_bucket(access: S3Access, bucket: str, patience: timedelta) -> "S3Store":
    """A client of one bucket that never tries again by itself. Raises ExtraMissingError."""
    try:
        from obstore.store import S3Store
    except ImportError as error:
        raise ExtraMissingError(
            "Reading from an object store needs a package that is not installed.",
            "Install it with: pip install 'audit-agent[s3]'",
        ) from error
    config: S3Config = {}
    if access.endpoint is not None:
        config["endpoint"] = access.endpoint
    if access.region is not None:
        config["region"] = access.region
    if access.key_id is not None and access.secret is not None:
        config["access_key_id"] = access.key_id.get_secret_value()
        config["secret_access_key"] = access.secret.get_secret_value()
    plain = access.endpoint is not None and urlsplit(access.endpoint).scheme == "http"
    return S3Store(
        bucket,
        config=config,
        client_options={"allow_http": plain, "timeout": patience, "connect_timeout": patience},
        retry_config={"max_retries": 0},
    )

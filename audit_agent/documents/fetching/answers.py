"""What the status of an HTTP answer, or the lack of one, means for the document."""

import ssl
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import httpcore2
import httpx2

from audit_agent.documents.fetching.resolving import AddressRefusedError, NoSuchHostError
from audit_agent.documents.fetching.stopped import StoppedError
from audit_agent.domain.documents import Problem

REDIRECTS = (301, 302, 303, 307, 308)
FAILURES = (httpcore2.TimeoutException, httpcore2.NetworkError, httpcore2.ProtocolError, httpcore2.UnsupportedProtocol)
_LONGEST_WAIT = timedelta(days=1)


def refused(status: int, retry_after: str, now: datetime) -> StoppedError:
    """The end of a fetch that was answered with anything but the document."""
    if status == 410:
        return StoppedError(Problem.GONE, "the server says it is gone for good", status)
    if status in (401, 402, 403, 407, 451):
        return StoppedError(Problem.DENIED, f"the server denies it with {status}", status)
    wait = _wait(retry_after, now)
    if status in (425, 429, 503):
        return StoppedError(Problem.BUSY, f"the server is busy: {status}", status, wait)
    if status == 408:
        return StoppedError(Problem.TIMED_OUT, "the server gave up waiting", status, wait)
    if status >= 500:
        return StoppedError(Problem.SERVER_ERROR, f"the server failed with {status}", status, wait)
    return StoppedError(Problem.DEAD_LINK, f"the server answered {status}", status)


def failed(error: Exception) -> StoppedError:
    """The end of a fetch that was not answered, or not to its end."""
    if isinstance(error, httpcore2.TimeoutException):
        return StoppedError(Problem.TIMED_OUT, f"nothing came for too long ({type(error).__name__})")
    if isinstance(error, httpcore2.ConnectError):
        doubt = _doubt(error)
        if doubt is not None:
            return StoppedError(Problem.UNTRUSTED, f"its certificate does not hold: {doubt.verify_message}")
        return StoppedError(Problem.UNREACHABLE, str(error) or "there is no connection")
    if isinstance(error, httpcore2.UnsupportedProtocol | httpcore2.LocalProtocolError):
        return StoppedError(Problem.DEAD_LINK, f"it cannot be asked for: {error}")
    return StoppedError(Problem.BROKEN, str(error) or f"the connection broke ({type(error).__name__})")


def not_asked(error: Exception) -> StoppedError:
    """The end of a fetch that never left this machine."""
    if isinstance(error, AddressRefusedError):
        return StoppedError(Problem.REFUSED_ADDRESS, str(error))
    if isinstance(error, NoSuchHostError):
        return StoppedError(Problem.DEAD_LINK, f"there is no host {error}")
    return StoppedError(Problem.DEAD_LINK, f"it is no address: {error}")


NOT_ASKED = (AddressRefusedError, NoSuchHostError, httpx2.InvalidURL)


def _doubt(error: BaseException | None) -> ssl.SSLCertVerificationError | None:
    """What is wrong with the certificate, if that is at the bottom of an error."""
    while error is not None and not isinstance(error, ssl.SSLCertVerificationError):
        # The pool raises what it caught `from None`, which leaves the context only.
        error = error.__context__
    return error


def _wait(retry_after: str, now: datetime) -> timedelta | None:
    """The wait a Retry-After header asks for, in seconds or by date; bounded, since anyone can write anything there."""
    if retry_after.isdecimal():
        return min(timedelta(seconds=int(retry_after[:9])), _LONGEST_WAIT)
    try:
        until = parsedate_to_datetime(retry_after)
        aware = until if until.tzinfo else until.replace(tzinfo=UTC)
        return min(max(aware - now, timedelta(0)), _LONGEST_WAIT)
    except (ValueError, OverflowError):
        return None

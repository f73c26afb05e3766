"""What the doctor says of the gateway, without asking one."""

from pathlib import Path
from typing import Literal

import pytest
from pydantic import SecretStr

from audit_agent.cli.checks import check_gateway
from audit_agent.settings import Settings

KEY, NOBODY = SecretStr("key"), "http://127.0.0.1:1"


@pytest.mark.parametrize(
    ("analyst", "key", "url", "state", "detail"),
    [
        ("offline", KEY, NOBODY, "ok", "not needed"),
        ("auto", None, NOBODY, "ok", "not needed"),
        ("auto", None, None, "ok", "not needed"),
        ("auto", KEY, None, "ok", "`audit-agent up` runs one"),
        ("auto", KEY, NOBODY, "problem", NOBODY),
        ("anthropic", None, NOBODY, "problem", NOBODY),
    ],
)
def test_a_gateway_matters_only_where_a_model_is_used(
    tmp_path: Path,
    analyst: Literal["auto", "offline", "anthropic"],
    key: SecretStr | None,
    url: str | None,
    state: str,
    detail: str,
) -> None:
    check = check_gateway(Settings(home=tmp_path, analyst=analyst, anthropic_api_key=key, gateway_url=url))
    assert check.state == state
    assert detail in check.detail

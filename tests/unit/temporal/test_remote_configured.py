"""When a cluster of one's own is used."""

import pytest

from audit_agent.temporal.client import remote_configured


@pytest.mark.parametrize("name", ["TEMPORAL_ADDRESS", "TEMPORAL_PROFILE", "TEMPORAL_CONFIG_FILE"])
def test_any_of_the_settings_that_name_a_cluster_turns_the_embedded_server_off(name: str) -> None:
    assert remote_configured({name: "x"})


def test_a_namespace_alone_does_not() -> None:
    assert not remote_configured({"TEMPORAL_NAMESPACE": "x", "TEMPORAL_ADDRESS": ""})

"""The files of the distributed deployment name commands, settings and files that exist."""

import re
from typing import Any

import pytest
import yaml

from audit_agent.settings import Settings, unknown_settings, variable_of
from scripts.reference.commands import all_commands
from tests.unit.docs.pages import ROOT

TEMPORAL = {"TEMPORAL_ADDRESS", "TEMPORAL_NAMESPACE", "TEMPORAL_API_KEY"}


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
    return content


@pytest.fixture(scope="module")
def dockerfile() -> str:
    return (ROOT / "Dockerfile").read_text(encoding="utf-8")


def _ours(compose: dict[str, Any]) -> dict[str, Any]:
    return {name: service for name, service in compose["services"].items() if "build" in service}


def test_our_services_run_commands_that_exist(compose: dict[str, Any]) -> None:
    run = {" ".join(word for word in service["command"] if word.isalpha()) for service in _ours(compose).values()}
    assert run == {"db upgrade", "gateway", "worker"}
    assert run <= dict(all_commands()).keys()


def test_our_services_set_only_settings_that_exist(compose: dict[str, Any]) -> None:
    known = {variable_of(field) for field in Settings.model_fields} | TEMPORAL
    for service in _ours(compose).values():
        assert set(service["environment"]) <= known


def test_every_image_of_others_is_pinned_to_a_version(compose: dict[str, Any]) -> None:
    others = [service["image"] for service in compose["services"].values() if "build" not in service]
    assert [image for image in others if not re.fullmatch(r"[a-z/-]+:\d[\d.]*", image)] == []


def test_services_and_volumes_that_are_referred_to_are_declared(compose: dict[str, Any]) -> None:
    for service in compose["services"].values():
        assert set(service.get("depends_on", {})) <= compose["services"].keys()
        named = (volume.partition(":")[0] for volume in service.get("volumes", []) if volume[0].isalpha())
        assert set(named) <= compose["volumes"].keys()


def test_workers_are_sent_to_the_gateway_only_where_its_profile_runs_it(compose: dict[str, Any]) -> None:
    gateway = compose["services"]["gateway"]
    told = compose["services"]["worker"]["environment"]["AUDIT_AGENT_GATEWAY_URL"]
    assert told == "${COMPOSE_PROFILES:+http://gateway:8090}"
    assert gateway["profiles"] == ["model"]
    head = (ROOT / "docker-compose.yml").read_text(encoding="utf-8").partition("\nname:")[0]
    assert "COMPOSE_PROFILES=model" in head


def test_the_comments_at_the_top_speak_of_commands_that_exist() -> None:
    text = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    spoken_of = re.findall(r"run --rm worker (\w+)", text)
    assert spoken_of == ["start"]
    assert set(spoken_of) <= dict(all_commands()).keys()


def test_the_image_copies_files_that_exist_and_runs_as_nobody_special(dockerfile: str) -> None:
    copied = [line.split()[1:-1] for line in re.findall(r"^COPY (?!--from).*$", dockerfile, re.MULTILINE)]
    assert [name for names in copied for name in names if not (ROOT / name).exists()] == []
    assert re.search(r"^USER (?!root)", dockerfile, re.MULTILINE)
    set_here = re.findall(r"(AUDIT_AGENT_\w+)=", dockerfile)
    assert unknown_settings(dict.fromkeys(set_here, "")) == []


def test_the_image_is_allowed_to_copy_what_it_copies(dockerfile: str) -> None:
    let_through = re.findall(r"^!(.+)$", (ROOT / ".dockerignore").read_text(encoding="utf-8"), re.MULTILINE)
    copied = [line.split()[1:-1] for line in re.findall(r"^COPY (?!--from).*$", dockerfile, re.MULTILINE)]
    assert {name for names in copied for name in names} == set(let_through)

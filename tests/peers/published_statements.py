"""The published parses of MT940 files: YAML with tags of Python classes, read without making any object."""

import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml


class _Loader(yaml.SafeLoader):
    """Plain dictionaries and lists in the place of objects."""


def _as_mapping(loader: yaml.SafeLoader, suffix: str, node: yaml.Node) -> Iterator[Any]:
    found: dict[Any, Any] = {}
    yield found
    if isinstance(node, yaml.MappingNode):
        found.update(loader.construct_mapping(node, deep=True))


def _as_value(loader: yaml.SafeLoader, suffix: str, node: yaml.Node) -> Any:
    if not isinstance(node, yaml.SequenceNode):
        return None
    arguments = loader.construct_sequence(node, deep=True)
    if suffix == "decimal.Decimal":
        return Decimal(arguments[0])
    if suffix.endswith(".Date"):
        high, low, month, day = arguments[0]
        return date(high * 256 + low, month, day).isoformat()
    return arguments


_Loader.add_multi_constructor("tag:yaml.org,2002:python/object/apply:", _as_value)
_Loader.add_multi_constructor("tag:yaml.org,2002:python/object:", _as_mapping)


@dataclass(frozen=True)
class Published:
    """One file of statements, and what its publishers read in it."""

    name: str
    text: str
    data: dict[str, Any]
    transactions: list[dict[str, Any]]


def published_statements(archive: Path) -> list[Published]:
    """Every file of the archive that has a parse beside it, by name."""
    with tarfile.open(archive) as tar:
        contents = {member.name: tar.extractfile(member) for member in tar if member.isfile()}
        read = {name: file.read() for name, file in contents.items() if file}
    found = []
    for name, given in sorted(read.items()):
        parse = read.get(name.removesuffix(".sta") + ".yml")
        if name.endswith(".sta") and parse is not None:
            content = yaml.load(parse, Loader=_Loader)
            short = "/".join(name.removesuffix(".sta").split("/")[-2:])
            transactions = [one["data"] for one in content.get("transactions", [])]
            found.append(Published(short, _decoded(given), content.get("data", {}), transactions))
    return found


def _decoded(given: bytes) -> str:
    try:
        return given.decode()
    except UnicodeDecodeError:
        return given.decode("cp852")

"""Large XML is followed without being kept."""

from pathlib import Path

from audit_agent.books.xml_stream import Scope, read_stream


def found(tmp_path: Path, text: str, wanted: dict[str, str]) -> list[tuple[Scope, int]]:
    path = tmp_path / "file.xml"
    path.write_text(text, encoding="utf-8")
    scopes: list[tuple[Scope, int]] = []
    read_stream(path, path.name, wanted, lambda scope, above: scopes.append((scope, len(above))))
    return scopes


def test_wanted_elements_are_reported_inner_first_with_their_line(tmp_path: Path) -> None:
    text = "<r>\n<a><id>1</id>\n<b><id>2</id></b>\n<b><id>3</id></b></a></r>"

    scopes = found(tmp_path, text, {"a": "id", "a/b": "id"})

    assert [(scope.path, scope.line, scope.values["id"], above) for scope, above in scopes] == [
        ("a/b", 3, "2", 1),
        ("a/b", 4, "3", 1),
        ("a", 2, "1", 0),
    ]


def test_namespaces_do_not_matter_and_the_first_text_counts(tmp_path: Path) -> None:
    text = '<x:r xmlns:x="urn:1" xmlns:y="urn:2"><y:a><x:n> 1 </x:n><y:n>2</y:n></y:a></x:r>'

    ((scope, _),) = found(tmp_path, text, {"a": "n"})

    assert scope.values == {"n": "1"}


def test_a_text_may_also_stand_one_deeper(tmp_path: Path) -> None:
    text = "<r><a><n>1</n></a><a><n><m>2</m></n></a><a><n>&lt;<!-- no -->3</n></a></r>"

    scopes = found(tmp_path, text, {"a": "n n/m"})

    assert [scope.first("n/m", "n") for scope, _ in scopes] == ["1", "2", "<3"]


def test_an_element_elsewhere_is_not_the_wanted_one(tmp_path: Path) -> None:
    assert found(tmp_path, "<r><z><a><n>1</n></a></z><n>2</n></r>", {"a": "n"}) == []


def test_nothing_is_kept_of_what_nobody_asks_for(tmp_path: Path) -> None:
    unknown = "".join(f"<u{n}><deep>text</deep></u{n}>" for n in range(1000))

    ((scope, _),) = found(tmp_path, f"<r><a>{unknown}<n>1</n></a></r>", {"a": "n"})

    assert scope.values == {"n": "1"}

"""A report as files: HTML, Markdown and JSON over books whose names try to be markup."""

import itertools
import json
import os
import re
import time
from collections.abc import Callable
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from audit_agent.cli.commands import COMMANDS
from audit_agent.domain.evidence_request import AskedEvidence, Attachment, RequestOutcome
from audit_agent.domain.ids import Person, RequestId
from audit_agent.domain.record import Digest, canonical_json
from audit_agent.reports.build import build_report, publish
from audit_agent.reports.errors import UnknownFormatError
from audit_agent.reports.figure import Figure, figures
from audit_agent.reports.inputs import ReportInputs
from audit_agent.reports.markdown import escape_markdown, fenced
from audit_agent.reports.model import AuditReport
from audit_agent.reports.render import FORMATS, render
from tests.unit.reports import nasty_audit

GOLDEN = Path(__file__).parent / "golden"
VOID = {"meta", "br", "line", "rect", "input", "img", "link", "hr"}

_ASKED = AskedEvidence(
    request=RequestId("AUD-2026-0001/S01/1"),
    owner=Person("user:omar"),
    question=nasty_audit.SCRIPT,
    expected=nasty_audit.PIPES,
    asked_at=datetime(2026, 2, 1, tzinfo=UTC),
    due=datetime(2026, 2, 3, tzinfo=UTC),
    outcome=RequestOutcome.EXPIRED,
)
ASKED = (
    _ASKED,
    _ASKED.model_copy(
        update={
            "outcome": RequestOutcome.ANSWERED,
            "answered_by": Person("user:deputy"),
            "answered_at": datetime(2026, 2, 2, tzinfo=UTC),
            "text": nasty_audit.NEWLINES,
            "evidence": Digest("e" * 64),
            "file": Attachment(digest=Digest("f" * 64), name="a.pdf", media_type="application/pdf", size=1),
        }
    ),
)


class Page(HTMLParser):
    """A page as a reader of tags sees it; fails on tags that do not nest."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self._open: list[str] = []
        self.feed(text)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self._open:
            self.texts.append(data)

    def named(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


@pytest.fixture(scope="module")
def report() -> AuditReport:
    return build_report(nasty_audit.inputs())


@pytest.fixture(scope="module")
def signed(report: AuditReport) -> AuditReport:
    return publish(report, (), (), report.run.drafted_at, None)


@pytest.fixture(scope="module")
def html(report: AuditReport) -> str:
    return render(report, "html").decode()


@pytest.fixture(scope="module")
def page(html: str) -> Page:
    return Page(html)


@pytest.fixture(scope="module")
def markdown(report: AuditReport) -> str:
    return render(report, "md").decode()


@pytest.mark.parametrize("name", ["md", "json"])
def test_the_report_reads_as_the_golden_file(report: AuditReport, name: str) -> None:
    """Set AUDIT_AGENT_WRITE_GOLDEN=1 to write the files anew after a wanted change, and read the difference."""
    golden = GOLDEN / f"report.{name}"
    rendered = render(report, name)
    if os.environ.get("AUDIT_AGENT_WRITE_GOLDEN"):
        golden.write_bytes(rendered)

    assert rendered == golden.read_bytes()


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_a_format_is_the_same_bytes_each_time(report: AuditReport, name: str) -> None:
    assert render(report, name) == render(build_report(nasty_audit.inputs()), name)


def asked_for_a_workpaper(inputs: ReportInputs) -> tuple[str, ReportInputs]:
    first, *others = inputs.workpapers
    asking = first.model_copy(update={"asked": ASKED})
    return first.step, inputs.model_copy(update={"workpapers": (asking, *others)})


def asked_for_a_step_not_done(inputs: ReportInputs) -> tuple[str, ReportInputs]:
    (step,) = inputs.not_done
    return step.step, inputs.model_copy(update={"not_done": (step.model_copy(update={"asked": ASKED}),)})


@pytest.mark.parametrize("asked", [asked_for_a_workpaper, asked_for_a_step_not_done])
def test_what_was_asked_of_whom_and_answered_is_in_the_report(
    asked: Callable[[ReportInputs], tuple[str, ReportInputs]],
) -> None:
    step, inputs = asked(nasty_audit.inputs())
    report = build_report(inputs)

    for name in ("html", "md"):
        text = render(report, name).decode()
        for words in (
            f"did not answer what was asked: {step}",
            "user:omar",
            "2026-02-03",
            "user:deputy",
            "e" * 64,
            "f" * 64,
            "Not answered (expired)",
        ):
            assert words in text, f"{words} in {name}"
    assert "<script>" not in render(report, "html").decode()
    MarkdownIt().parse(render(report, "md").decode())


def test_an_unknown_format_names_those_there_are(report: AuditReport) -> None:
    with pytest.raises(UnknownFormatError, match="html, json, md"):
        render(report, "docx")


def test_json_reads_back_as_the_same_report(report: AuditReport) -> None:
    assert AuditReport.model_validate_json(render(report, "json")) == report


def test_json_holds_amounts_as_text(report: AuditReport) -> None:
    finding = json.loads(render(report, "json"))["report"]["findings"][0]

    assert finding["amount"]["value"] == "180000.005"


def test_html_fetches_nothing_and_runs_nothing(html: str, page: Page) -> None:
    assert {"script", "link", "img", "iframe", "object", "base", "form"}.isdisjoint(tag for tag, _ in page.tags)
    assert not re.search(r"url\(|@import", html)
    addresses = [value for _, attributes in page.tags for name, value in attributes.items() if name in ("src", "href")]
    assert all(value is not None and value.startswith("#") for value in addresses)
    assert not any(name.startswith("on") or name == "style" for _, attributes in page.tags for name in attributes)


@pytest.mark.parametrize("name", nasty_audit.NAMES)
def test_html_shows_every_name_as_text(page: Page, name: str) -> None:
    shown = " ".join("".join(page.texts).split())

    assert " ".join(name.replace("\u202e", "⟨U+202E⟩").split()) in shown


def test_html_links_lead_somewhere(page: Page) -> None:
    targets = {attributes.get("id") for _, attributes in page.tags}

    assert {str(link["href"])[1:] for link in page.named("a")} <= targets


def test_html_ids_are_unique(page: Page) -> None:
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]

    assert len(ids) == len(set(ids))


def test_html_headings_do_not_skip_a_level(page: Page) -> None:
    levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch(r"h[1-6]", tag)]

    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))


def test_html_has_landmarks_a_language_and_captioned_tables(page: Page) -> None:
    tags = [tag for tag, _ in page.tags]

    assert page.named("html")[0]["lang"] == "en"
    assert {"header", "main", "nav", "footer"} <= set(tags)
    assert tags.count("caption") == tags.count("table") > 10
    assert all(attributes.get("scope") for attributes in page.named("th"))


def test_html_carries_the_ref_and_exact_value_of_what_it_shows(page: Page, report: AuditReport) -> None:
    known = {figure.ref: str(figure.value) for figure in figures(report)}
    shown = {str(item["data-ref"]): item["value"] for item in page.named("data")}

    assert shown.items() <= known.items()
    amounts = {figure.ref for figure in figures(report) if isinstance(figure, Figure) and figure.money}
    assert {ref for ref in amounts if "imported" not in ref} <= shown.keys()


def test_html_draws_expected_against_found(page: Page) -> None:
    assert len(page.named("rect")) == 9
    assert sum(line["class"] == "expected" for line in page.named("line")) == 9


@pytest.mark.parametrize("name", ["html", "md"])
def test_a_draft_says_so_and_a_signed_report_does_not(report: AuditReport, signed: AuditReport, name: str) -> None:
    assert b"DRAFT" in render(report, name)
    assert b"DRAFT" not in render(signed, name)


def test_markdown_holds_no_markup_from_the_books(markdown: str) -> None:
    rendered = MarkdownIt("commonmark").enable(["table", "strikethrough"]).render(markdown)

    assert "<script" not in rendered
    assert "<a " not in rendered
    assert "<em>" not in rendered
    assert "<s>" not in rendered
    assert "<b>" not in rendered
    headings = re.findall(r"<h[12]>(.*?)</h[12]>", rendered)
    assert len(headings) == 11


def test_markdown_tables_keep_their_columns(markdown: str) -> None:
    tokens = MarkdownIt("commonmark").enable("table").parse(markdown)
    widths: list[int] = []
    for token in tokens:
        if token.type == "thead_open":
            head = None
        elif token.type == "tr_open":
            cells = 0
        elif token.type in ("td_open", "th_open"):
            cells += 1
        elif token.type == "tr_close":
            head = head or cells
            assert cells == head
            widths.append(cells)
    assert len(widths) > 80


@pytest.mark.parametrize(
    "text",
    [
        *nasty_audit.NAMES,
        "# heading",
        "- item",
        "+ item",
        "12) item",
        "7. item",
        "---",
        "===",
        "> quote",
        "~~~",
        "    code",
        "&lt;b&gt;",
        "www.example.com",
        "back\\slash\\",
        "![x](y)",
        "**",
        "a_b_c _d_",
    ],
)
def test_any_text_reads_back_from_markdown_as_it_was(text: str) -> None:
    parser = MarkdownIt("commonmark").enable(["table", "strikethrough"])

    for document in (escape_markdown(text), f"- {escape_markdown(text)}"):
        tokens = parser.parse(document)
        inline = [token for token in tokens if token.type == "inline"]
        assert {token.type for token in tokens} <= {
            *("paragraph_open", "paragraph_close", "inline"),
            *("bullet_list_open", "bullet_list_close", "list_item_open", "list_item_close"),
        }
        assert sum(token.type == "list_item_open" for token in tokens) == document.startswith("- ")
        assert [child.content for token in inline for child in token.children or () if child.type != "text_special"]
        shown = "".join(child.content for token in inline for child in token.children or ())
        assert shown.split() == text.split()


def test_a_query_cannot_close_its_code_block() -> None:
    tokens = MarkdownIt("commonmark").parse(str(fenced("SELECT 1\n````\n# out", "sql")))

    assert [token.type for token in tokens] == ["fence"]


def test_thousands_of_rows_are_written_in_two_seconds() -> None:
    inputs = nasty_audit.inputs()
    paper = nasty_audit.workpaper("S02", "JE-05", "Weekend and holiday posting", 5_000, shown=5_000)
    papers = tuple(paper if item.step == "S02" else item for item in inputs.workpapers)
    report = build_report(inputs.model_copy(update={"workpapers": papers}))

    for name in FORMATS:
        begun = time.process_time()
        render(report, name)
        assert time.process_time() - begun < 2, name


def test_the_signed_part_is_the_same_block_in_the_json_file(report: AuditReport) -> None:
    assert canonical_json(report.report) in render(report, "json")


@pytest.mark.parametrize("name", ["html", "md"])
def test_a_report_names_only_commands_there_are(report: AuditReport, name: str) -> None:
    named = set(re.findall(r"audit-agent ([a-z-]+)", render(report, name).decode()))

    assert {"trace", "verify"} <= named <= set(COMMANDS)

"""XML without anything that reaches beyond its own text: no document types, no entities, no network."""

import re

from lxml import etree

from audit_agent.documents.text.errors import DamagedDocumentError, DocumentTooLargeError
from audit_agent.documents.text.limits import TextLimits

_DOCTYPE = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)


def parse_xml(data: bytes, limits: TextLimits) -> etree._Element:
    """The root. Raises DamagedDocumentError also for a document type, which no e-invoice or office file has."""
    if _DOCTYPE.search(data.replace(b"\0", b"")):
        raise DamagedDocumentError(
            "The XML declares a document type or entities; that is not read.", "Ask for it without."
        )
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise DamagedDocumentError(f"The XML is damaged: {error}.", "Ask for it again.") from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise DamagedDocumentError("The XML declares a document type; that is not read.", "Ask for it without.")
    _refuse_deep(root, limits)
    return root


def _refuse_deep(root: etree._Element, limits: TextLimits) -> None:
    depth = 0
    for event, _ in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        if depth > limits.depth:
            raise DocumentTooLargeError(f"The XML is nested more than {limits.depth} deep.", "Check its origin.")


def local(element: etree._Element) -> str:
    """The name of an element without its namespace."""
    return str(etree.QName(element).localname)

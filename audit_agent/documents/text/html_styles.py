"""Which elements of a page its styles hide."""

import re

from lxml import etree

_HIDES = re.compile(
    r"display:none|visibility:(?:hidden|collapse)|opacity:0?\.?0*(?:;|$|!)|font-size:[01]?(?:\.\d+)?(?:px|pt|em|rem|%)?(?:;|$|!)"
    r"|(?:left|top|text-indent|margin-left):-\d{3,}|clip:rect\(0|clip-path:inset\((?:50|100)%|(?:^|;)(?:max-)?(?:height|width):0"
)
_PALE = re.compile(
    r"(?:^|;)color:(?:#fff(?:fff)?|white|transparent|rgba?\(255,255,255[^)]*\)|rgba\([^)]*,0\))(?:;|$|!)"
)
_GROUND = re.compile(r"(?:^|;)background(?:-color|-image)?:(?!#fff(?:fff)?(?:;|$)|white|transparent|none|inherit)")
_RULE = re.compile(r"([^{}]{1,200})\{([^{}]{0,2000})\}")
_SELECTOR = re.compile(r"[\w-]*[.#][\w-]+|[\w-]+")


class HiddenRules:
    """The styles of a page, as far as they hide: inline ones, and rules for one tag, class or id."""

    def __init__(self, root: etree._Element) -> None:
        self._hiding: set[str] = set()
        for sheet in root.iter("style"):
            for selectors, body in _RULE.findall(sheet.text or ""):
                if _hides(_squeezed(body)):
                    self._hiding.update(filter(_SELECTOR.fullmatch, map(str.strip, selectors.lower().split(","))))

    def hides(self, element: etree._Element) -> bool:
        """The element itself is hidden; what stands around it is not asked, but for the ground of pale letters."""
        if not isinstance(element.tag, str):
            return False
        style = _squeezed(element.get("style") or "")
        if "hidden" in element.attrib or _hides(style) or self._by_rule(element):
            return True
        return bool(_PALE.search(style)) and not _on_ground(element)

    def _by_rule(self, element: etree._Element) -> bool:
        if not self._hiding:
            return False
        names = [f".{name}" for name in (element.get("class") or "").lower().split()]
        names += [f"#{element.get('id', '').lower()}"]
        tag = str(element.tag).lower()
        return any(name in self._hiding for name in (tag, *names, *(f"{tag}{name}" for name in names)))


def _hides(style: str) -> bool:
    return bool(_HIDES.search(style))


def _squeezed(style: str) -> str:
    return "".join(style.lower().split())


def _on_ground(element: etree._Element) -> bool:
    around = [element, *element.iterancestors()]
    return any(one.get("bgcolor") or _GROUND.search(_squeezed(one.get("style") or "")) for one in around)

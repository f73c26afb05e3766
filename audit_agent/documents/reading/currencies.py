"""Currencies: codes of ISO 4217 and the signs that stand for them."""

import re
from collections import Counter
from collections.abc import Iterable

CODES = frozenset(
    """
    AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLP
    CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF
    IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD
    MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB
    RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD
    UYU UZS VED VES VND VUV WST XAF XCD XOF XPF YER ZAR ZMW ZWG
    """.split()
)
_SIGNS = {"\u20ac": "EUR", "$": "USD", "\u00a3": "GBP", "\u20b9": "INR", "rs": "INR", "us dollars": "USD"}
SHARED_SIGNS = frozenset({"$"})
"""Signs of many currencies: read as the best known one, and never as a difference to the books."""
_CODE = "|".join(sorted(CODES))
_NEAR_FIGURES = re.compile(
    rf"(?<![A-Za-z0-9])({_CODE})(?= ?-?\d|$|:| ?\))|(?<=\d) ({_CODE})(?![A-Za-z])|(?<=[.,]\d\d)({_CODE})(?![A-Za-z])"
    r"|([\u20ac$\u00a3\u20b9])|(?<![A-Za-z])(Rs)(?=\.? ?-?\d)|\b((?i:us dollars))\b"
)


def written_currency(text: str) -> tuple[str, str] | None:
    """The code of the currency a text names beside figures, and the sign or code as written."""
    found = _NEAR_FIGURES.search(text)
    if not found:
        return None
    written = next(group for group in found.groups() if group)
    return _SIGNS.get(written.casefold(), written), written


def main_currency(texts: Iterable[str]) -> str:
    """The currency that the texts name most often; empty where they name none or two equally often."""
    counts = Counter(found[0] for text in texts if (found := written_currency(text)))
    ranked = counts.most_common(2)
    if not ranked or (len(ranked) == 2 and ranked[0][1] == ranked[1][1]):
        return ""
    return ranked[0][0]

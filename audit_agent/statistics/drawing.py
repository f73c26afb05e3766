"""Random numbers that anybody can draw again from a seed, with any SHA-256."""

from hashlib import sha256

_SPAN = 1 << 256


class Draws:
    """Whole numbers in the order of a counter: SHA-256 of `seed,1`, `seed,2`, ... taken as 256-bit numbers.

    A number at or above the largest multiple of the range is passed over, so that none is likelier than another.
    """

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._drawn = 0

    def below(self, end: int) -> int:
        """A number from 0 to `end` - 1; `end` is at least 1."""
        fair = _SPAN - _SPAN % end
        while True:
            self._drawn += 1
            number = int.from_bytes(sha256(f"{self._seed},{self._drawn}".encode()).digest(), "big")
            if number < fair:
                return number % end

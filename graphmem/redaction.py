"""Secrets that nobody means to keep: card numbers, bank accounts and access keys, taken out before anything is stored.

Only formats that prove themselves are touched: card numbers pass Luhn's check, IBANs the ISO 7064 one, keys carry
their issuer's prefix. Names, addresses and telephone numbers are what a memory is for and stay.
"""

import re
from collections.abc import Callable
from typing import NamedTuple

_CARD = re.compile(r"(?<![\d-])\d(?:[ -]?\d){12,18}(?![\d-])")
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?\b")
_KEY = re.compile(
    r"""-----BEGIN[ ][A-Z ]*PRIVATE[ ]KEY-----.*?(?:-----END[ ][A-Z ]*PRIVATE[ ]KEY-----|\Z)
      | \b(?: AKIA[0-9A-Z]{16}                     # Amazon access key
            | gh[pousr]_[A-Za-z0-9]{36,}           # GitHub tokens
            | github_pat_[A-Za-z0-9_]{40,}
            | glpat-[A-Za-z0-9_-]{20,}             # GitLab
            | sk-(?:ant-|proj-)?[A-Za-z0-9_-]{20,} # model providers
            | xox[abprs]-[A-Za-z0-9-]{10,}         # Slack
            | AIza[0-9A-Za-z_-]{35}                # Google
            | [sr]k_(?:live|test)_[0-9A-Za-z]{16,} # Stripe
            | eyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]+ # JSON web token
          )""",
    re.VERBOSE | re.DOTALL,
)


class Redacted(NamedTuple):
    """A text without its secrets, and the kinds found, in order of their place."""

    text: str
    kinds: tuple[str, ...]


def redact(text: str) -> Redacted:
    """Replace every secret by `[redacted:card]`, `[redacted:iban]` or `[redacted:key]`."""
    kinds: list[tuple[int, str]] = []

    def replace(kind: str, is_secret: Callable[[str], bool]) -> Callable[[re.Match[str]], str]:
        def replacement(match: re.Match[str]) -> str:
            if not is_secret(match.group()):
                return match.group()
            kinds.append((match.start(), kind))
            return f"[redacted:{kind}]"

        return replacement

    text = _KEY.sub(replace("key", lambda _: True), text)
    text = _IBAN.sub(replace("iban", _passes_iso_7064), text)
    text = _CARD.sub(replace("card", _passes_luhn), text)
    return Redacted(text, tuple(kind for _, kind in sorted(kinds)))


def _passes_luhn(candidate: str) -> bool:
    digits = [int(character) for character in candidate if character.isdigit()]
    doubled = [sum(divmod(2 * digit, 10)) for digit in digits[-2::-2]]
    return len(set(digits)) > 1 and (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0


def _passes_iso_7064(candidate: str) -> bool:
    characters = candidate.replace(" ", "")
    moved = characters[4:] + characters[:4]
    return 15 <= len(characters) <= 34 and int("".join(str(int(character, 36)) for character in moved)) % 97 == 1

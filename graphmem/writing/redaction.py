"""Secrets that nobody means to keep: card numbers, bank accounts and access keys, taken out before anything is stored.

Only formats that prove themselves are touched: card numbers begin as issuers' do, are grouped as on a card and pass
Luhn's check, IBANs pass the ISO 7064 one, keys carry their issuer's prefix. Names, addresses, telephone numbers, dates
and ids are what a memory is for and stay.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

# Cards and accounts are looked for at every place, as other digits and capitals may stand around them ("4 4111 ...",
# "... EUR 500"). No card stands behind a plus, which opens a telephone number, nor behind a decimal point: looked at
# last, as few places have the digits.
_CARDS = tuple(
    re.compile(rf"(?=({shape})(?!\d))(?<![\d+])(?<!\b\d\.)")
    for shape in (
        r"[456]\d{3}([ -]?)\d{4}\2\d{4}\2\d{4}\2\d{3}",
        r"(?:2[2-7]|3[05689]|4\d|5[0-8]|6\d)\d\d([ -]?)\d{4}\2\d{4}\2\d{4}",
        r"3[04-9]\d\d([ -]?)\d{6}\2\d{4,5}",
    )
)
_IBAN = re.compile(r"\b(?=([A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?)\b)")
_TWO_DIGITS = re.compile(r"\d\d")  # in a row: without any there is no card and no account
# A run of letters and dashes is tried once, at its beginning: at every dash it would take minutes for a long one.
_KEY = re.compile(
    r"""-----BEGIN[ ][A-Z ]*PRIVATE[ ]KEY-----.*?(?:-----END[ ][A-Z ]*PRIVATE[ ]KEY-----|\Z)
      | (?<![\w-])(?: AKIA[0-9A-Z]{16,}             # Amazon access key
            | gh[pousr]_[A-Za-z0-9]{36,}            # GitHub tokens
            | github_pat_[A-Za-z0-9_]{40,}
            | glpat-[A-Za-z0-9_-]{20,}              # GitLab
            | sk-(?=[\w-]*\d)[A-Za-z0-9_-]{20,}     # model providers; without a digit it is words
            | xox[abprs]-[A-Za-z0-9-]{10,}          # Slack
            | AIza[0-9A-Za-z_-]{35,}                # Google
            | [sr]k_(?:live|test)_[0-9A-Za-z]{16,}  # Stripe
            | eyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]+  # JSON web token
          )""",
    re.VERBOSE | re.DOTALL,
)


class Redacted(NamedTuple):
    """A text without its secrets, and the kinds found."""

    text: str
    kinds: tuple[str, ...] = ()


def redact(text: str) -> Redacted:
    """Replace every secret by `[redacted:card]`, `[redacted:iban]` or `[redacted:key]`. Time grows with the length."""
    kept: list[str] = []
    kinds: list[str] = []
    done = 0
    for start, end, kind in sorted(_secrets(text), key=lambda found: (found[0], -found[1])):
        if start >= done:
            kept += [text[done:start], f"[redacted:{kind}]"]
            kinds.append(kind)
            done = end
    if not kinds:
        return Redacted(text)
    rest = redact("".join(kept) + text[done:])  # what stood too close to one secret to be seen may be another
    return Redacted(rest.text, (*kinds, *rest.kinds))


def _secrets(text: str) -> Iterator[tuple[int, int, str]]:
    for match in _KEY.finditer(text):
        yield *match.span(), "key"
    if not _TWO_DIGITS.search(text):
        return
    for match in _IBAN.finditer(text):
        candidate = match[1]
        while candidate and not _passes_iso_7064(candidate):
            candidate = candidate.rpartition(" ")[0]  # capitals that follow the account are none of it
        if candidate:
            yield match.start(), match.start() + len(candidate), "iban"
    for card in _CARDS:
        yield from ((*match.span(1), "card") for match in card.finditer(text) if _passes_luhn(match[1]))


def _passes_luhn(candidate: str) -> bool:
    digits = [int(character) for character in candidate if character.isdigit()]
    doubled = [sum(divmod(2 * digit, 10)) for digit in digits[-2::-2]]
    return len(set(digits)) > 1 and (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0


def _passes_iso_7064(candidate: str) -> bool:
    characters = candidate.replace(" ", "")
    moved = characters[4:] + characters[:4]
    return 15 <= len(characters) <= 34 and int(moved.translate(_AS_DIGITS)) % 97 == 1


_AS_DIGITS = {ord(letter): str(int(letter, 36)) for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"}

"""What is kept of a rejected statement: a digest under a key of its space, so that nobody can tell from it what it was
by trying words, or whether two owners rejected the same.

The key, a random salt, is the first half of every tombstone of a space. So it goes wherever they go, into exports and
other stores, and ends with the last of them. A space that took in somebody's export has theirs as well as its own.
"""

import secrets
from collections.abc import Iterable
from hashlib import blake2b

from graphmem.errors import InvalidInput

SALT = 32
"""Characters of a salt: 16 random bytes."""

LENGTH = 2 * SALT

UNSALTED = 32
"""Characters of a digest as it was kept before: by text alone, so that it would refuse less than it should."""


def new_salt() -> str:
    """A salt for a space that has no tombstone yet."""
    return secrets.token_hex(SALT // 2)


def salt_of(tombstone: str) -> str:
    """The salt that a tombstone was made with."""
    return tombstone[:SALT]


def after(salt: str) -> str:
    """What sorts behind every tombstone of a salt, and before those of the next."""
    return f"{salt}g"  # behind the last hexadecimal digit


def sealed(digest: str, salt: str) -> str:
    """The tombstone of a statement."""
    keyed = blake2b(digest.encode(), key=bytes.fromhex(salt), digest_size=SALT // 2)
    return salt + keyed.hexdigest()


def sealed_by_all(digests: Iterable[str], salts: Iterable[str]) -> dict[str, str]:
    """For every tombstone that some digests may have, the digest."""
    known = tuple(salts)
    return {sealed(digest, salt): digest for digest in dict.fromkeys(digests) for salt in known}


def checked(tombstone: str) -> str:
    """A tombstone as a dump holds it.

    Raises:
        InvalidInput: It is none, or one of an older format.
    """
    is_digest = set(tombstone) <= set("0123456789abcdef")
    if is_digest and len(tombstone) == UNSALTED:
        raise InvalidInput(
            f"{tombstone!r} is a tombstone of format 1, which has no salt: leave the line out, and reject once more "
            "what it stood for"
        )
    if not is_digest or len(tombstone) != LENGTH:
        raise InvalidInput(f"{tombstone!r} is no tombstone")
    return tombstone

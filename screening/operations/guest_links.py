"""The way in for somebody outside the agency: a link that leads nowhere without its code, once, and for a while.

What is common to the links of hand-offs and of questions for a bed. Each area keeps its own rows and its own journal words.
"""

import hashlib
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError

from screening.operations.actors import Refusal

MOST_FAILED_CODES = 5
SITTING = timedelta(minutes=30)
"""How long whoever opened a link may read and answer, from its one opening on."""


class LinkRefused(Refusal):
    """A link leads nowhere. The message is the same for every link that is not known, expired, used or locked."""

    def __init__(self) -> None:
        super().__init__(
            "This link does not open anything now. It may be used up, too old, or locked after wrong codes. "
            "Ask the person who sent it for a new one; nothing is lost."
        )


class WrongCode(Refusal):
    """The code does not belong to the link."""

    def __init__(self) -> None:
        super().__init__("That is not the code. Check it with the person who gave it to you.")


@dataclass(frozen=True, slots=True)
class DrawnLink:
    """A new link: the token goes into the address, the code another way, both are shown once; what is kept are digests."""

    token: str = field(repr=False)
    code: str = field(repr=False)
    code_hash: str = field(repr=False)

    @property
    def token_hash(self) -> str:
        """What is kept of the token."""
        return hash_of_token(self.token)


def draw_link(passwords: PasswordHasher) -> DrawnLink:
    """Draw a link. Its code is hashed slowly on purpose: draw before a transaction that writes, so that nobody waits for it."""
    code = new_code()
    return DrawnLink(secrets.token_urlsafe(24), code, passwords.hash(code))


def new_code() -> str:
    """Eight digits, to be told by phone or handed over on paper."""
    return f"{secrets.randbelow(10**8):08d}"


def hash_of_token(token: str) -> str:
    """What is kept of a link's token. It is long and random, so a plain digest does."""
    return hashlib.sha256(token.encode()).hexdigest()


def code_fits(passwords: PasswordHasher, code_hash: str | None, typed: str) -> bool:
    """Whether what was typed is the code; spaces and dashes do not matter."""
    digits = "".join(character for character in typed if character.isdigit())
    try:
        return code_hash is not None and passwords.verify(code_hash, digits)
    except VerificationError:
        return False


def is_dead(failed_codes: int, expires_at: datetime | None, now: datetime) -> bool:
    """Whether a link leads nowhere for good: too many wrong codes, or too old."""
    return failed_codes >= MOST_FAILED_CODES or expires_at is None or now > expires_at


def sitting_is_over(opened_at: datetime | None, now: datetime) -> bool:
    """Whether whoever opened a link may no longer read on; a link nobody opened has no sitting."""
    return opened_at is None or now > opened_at + SITTING

"""The kinds of single values HSDS 3.1 knows: identifier, text, number, date, time, address on the web.

Texts are kept as they are written. What no database or browser can hold safely is refused: control characters, halves of
characters, addresses that are not plain web addresses.
"""

import hashlib
import math
import re
from datetime import date, datetime
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, StringConstraints

LONGEST_TEXT = 100_000
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_TIME = re.compile(r"([01]\d|2[0-4]):[0-5]\d(:[0-5]\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?")
_NUMBER = re.compile(r"[+-]?\d{1,15}(\.\d{1,15})?")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")
_WEB = re.compile(r"https?://[^\s/]+(/\S*)?[^\s]*", re.IGNORECASE)
_URI = re.compile(r"(?!(javascript|data|vbscript):)[a-z][a-z0-9+.-]*:\S+", re.IGNORECASE)


def derived_id(*parts: str) -> str:
    """An identifier in the form of a UUID that is always the same for the same parts."""
    drawn = hashlib.sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).hexdigest()
    return f"{drawn[:8]}-{drawn[8:12]}-8{drawn[13:16]}-a{drawn[17:20]}-{drawn[20:32]}"


def is_uuid(value: object) -> bool:
    """Whether the value is written as a UUID."""
    return isinstance(value, str) and _UUID.fullmatch(value.lower()) is not None


def _checked_id(value: str) -> str:
    if _UUID.fullmatch(value) is None:
        raise ValueError("is not a UUID")
    return value


def _number(value: object) -> object:
    """A number from a table is written in letters; whole numbers stay whole."""
    if isinstance(value, bool):
        raise ValueError("is not a number")  # noqa: TRY004 - what the shapes collect are ValueErrors
    if isinstance(value, str):
        text = value.strip()
        if _NUMBER.fullmatch(text) is None:
            raise ValueError("is not a number")
        return float(text) if "." in text else int(text)
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError("is not a number")
    if isinstance(value, int) and abs(value) >= 10**15:
        raise ValueError("is not a number anybody would write")
    return value


def _checked_date(value: str) -> str:
    try:
        date.fromisoformat(value)
    except ValueError:
        raise ValueError("is not a date written as 2026-11-24") from None
    return value


def _checked_moment(value: str) -> str:
    try:
        datetime.fromisoformat(value)
    except ValueError:
        raise ValueError("is not a date and time written as 2026-11-24T15:00:00Z") from None
    return value


def _matching(pattern: re.Pattern[str], why: str) -> AfterValidator:
    def check(value: str) -> str:
        if pattern.fullmatch(value) is None:
            raise ValueError(why)
        return value

    return AfterValidator(check)


Text = Annotated[
    str,
    StringConstraints(
        min_length=1, max_length=LONGEST_TEXT, pattern=r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$", strict=True
    ),
]
Uuid = Annotated[str, StringConstraints(to_lower=True, strict=True), AfterValidator(_checked_id)]
Number = Annotated[int | float, BeforeValidator(_number)]
Day = Annotated[Text, AfterValidator(_checked_date)]
Moment = Annotated[Text, AfterValidator(_checked_moment)]
TimeOfDay = Annotated[Text, _matching(_TIME, "is not a time written as 17:30")]
Email = Annotated[Text, _matching(_EMAIL, "is not an e-mail address")]
WebAddress = Annotated[Text, _matching(_WEB, "is not a web address that begins with http:// or https://")]
Uri = Annotated[Text, _matching(_URI, "is not a URI")]

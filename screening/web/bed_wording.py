"""Beds in words: how a place stands, whom it serves, what it answered, and how long that holds."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from screening.core.bed_words import BedStatus, BedWord
from screening.core.placement_shapes import BedRules
from screening.operations.beds import EVERYBODY, ReplyWord
from screening.web.spoken import gettext as _
from screening.web.spoken import ngettext
from screening.web.wording import moment_in_words


@dataclass(frozen=True, slots=True)
class WordView:
    """A word about beds as a page says it. ``kind`` is that of a tag; the label says it all without color."""

    label: str
    kind: str
    fresh: bool
    who: str
    moment: str


def status_in_words(status: BedStatus) -> str:
    """How a place stands."""
    match status:
        case "available":
            return _("Has a bed")
        case "waitlist":
            return _("Waiting list")
        case "full":
            return _("Full")
        case "assess_first":
            return _("Decides after an assessment")
        case "unknown":
            return _("Not known")


def served_in_words(serves: Iterable[str]) -> str:
    """Whom a place takes; what nobody said is said as such."""
    labels = [group_in_words(each) for each in serves]
    return ", ".join(labels) or _("Not known whom it takes: ask")


def group_in_words(group: str) -> str:
    """A group that is served."""
    words = {
        "girls": _("Girls"),
        "boys": _("Boys"),
        "transgender": _("Transgender youths"),
        EVERYBODY: _("All"),
    }
    return words.get(group, group)


def word_view(word: BedWord | None, now: datetime, rules: BedRules) -> WordView:
    """A word with who said it, when, and whether it still holds."""
    if word is None:
        return WordView(_("Nobody said yet: call"), "unknown", False, "", "")
    fresh = word.is_fresh(now, rules)
    label = status_in_words(word.status)
    if word.beds is not None:
        label = ngettext("%(num)d bed free", "%(num)d beds free", word.beds)
    if word.serves is not None:
        label = _("%(status)s (%(group)s)", status=label, group=group_in_words(word.serves))
    kinds = {"available": "done", "waitlist": "possible", "assess_first": "open", "full": "neutral"}
    kind = kinds.get(word.status, "unknown") if fresh else "unknown"
    return WordView(label, kind, fresh, word.said_by, moment_in_words(word.said_at))


def reply_in_words(answer: ReplyWord) -> str:
    """What a place answered."""
    match answer:
        case "yes":
            return _("Yes, there is a bed")
        case "assess_first":
            return _("Perhaps: they decide after an assessment")
        case "no":
            return _("No")

"""Conditions of the rulebook as pages say them: nested lists whose leaves lead to the question, sign or tool they name.

The words are those of ``core.condition_words``; here they get a language and an address.
"""

from dataclasses import dataclass

from screening.core.condition_words import ConditionLine, condition_line, say
from screening.core.conditions import Condition
from screening.core.rulebook import Rulebook
from screening.web import spoken

_PAGES = {
    # kind of what is named → the page of the explorer that shows it, under its id
    "question": "questions",
    "indicator": "indicators",
    "definition": "indicators",
    "instrument": "tools",
}


@dataclass(frozen=True, slots=True)
class Words:
    """One line of a condition.

    Attributes:
        before: what kind of line it is, or the whole line where it names nothing.
        linked: the question, sign, definition or tool it names.
        page: the page of the explorer that shows what is named.
        anchor: where on that page.
        after: the answer that is needed.
        parts: the lines inside a group.
    """

    before: str = ""
    linked: str = ""
    page: str = ""
    anchor: str = ""
    after: str = ""
    parts: tuple["Words", ...] = ()

    @property
    def colon(self) -> str:
        """What stands between what is named and the answer; after a question nothing."""
        return ":" if self.after and self.linked[-1:] not in ("?", "") else ""

    @property
    def line(self) -> str:
        """The line without what is inside it."""
        named = f"{self.linked}{self.colon}"
        return " ".join(each for each in (self.before, named, self.after) if each)

    @property
    def text(self) -> str:
        """The line and everything inside it as one text."""
        return " ".join((self.line, *(part.text for part in self.parts)))


def condition_in_words(rulebook: Rulebook, condition: Condition) -> Words:
    """A condition in the language of the page."""
    return _spoken(condition_line(rulebook, condition))


def _spoken(line: ConditionLine) -> Words:
    return Words(
        before=say(line.before, spoken) if line.before else "",
        linked=say(line.named, spoken) if line.named else "",
        page=_PAGES[line.named.kind] if line.named else "",
        anchor=line.named.id if line.named else "",
        after=say(line.after, spoken) if line.after else "",
        parts=tuple(_spoken(part) for part in line.parts),
    )

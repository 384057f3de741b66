"""Conditions of the rulebook in plain words: nested lists whose leaves lead to the question or sign they name.

Nothing here is about a screening; ``proof_wording`` says how a condition came out, this says what it asks for.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from screening.core.conditions import (
    All,
    AnswerIs,
    AnyOf,
    AtLeast,
    ConcernAtLeast,
    Condition,
    Findings,
    InBand,
    Includes,
    Named,
    Not,
    NumberAtLeast,
    NumberBelow,
)
from screening.core.evaluation import Level
from screening.core.rulebook import Question, Rulebook
from screening.core.statements import UNANSWERED, UNKNOWN_VALUES
from screening.web.spoken import gettext as _
from screening.web.spoken import ngettext, translate
from screening.web.wording import (
    answer_in_words,
    level_headline,
    number_in_words,
    unknown_in_words,
    within_sentence,
)


@dataclass(frozen=True, slots=True)
class Words:
    """One line of a condition.

    Attributes:
        before: what kind of line it is, or the whole line where it names nothing.
        linked: the question or sign it names.
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
    def text(self) -> str:
        """The line and everything inside it as one text."""
        own = " ".join(each for each in (self.before, self.linked, self.after) if each)
        return " ".join((own, *(part.text for part in self.parts)))


class ConditionWords:
    """Puts the conditions of one rulebook into words."""

    def __init__(self, rulebook: Rulebook) -> None:
        self._rulebook = rulebook

    def of(self, condition: Condition) -> Words:
        """A condition in words. There is a case for every operator: a new one does not pass the type check."""
        match condition:
            case AnswerIs() | NumberAtLeast() | NumberBelow() | Includes():
                return self._answer(condition)
            case All(parts):
                return self._group(_("All of these:"), parts)
            case AnyOf(parts):
                return self._group(_("Any one of these:"), parts)
            case AtLeast(count, parts):
                text = ngettext("At least %(num)d of these:", "At least %(num)d of these:", count)
                return Words(text, parts=tuple(self.of(part) for part in parts))
            case Not(part):
                return Words(_("This is known not to be so:"), parts=(self.of(part),))
            case Named(name):
                return self._named(name)
            case InBand(instrument_id, band_id):
                return self._band(instrument_id, band_id)
            case Findings():
                return Words(self._findings(condition))
            case ConcernAtLeast(level):
                headline = within_sentence(level_headline(self._rulebook, Level[level.upper()]))
                return Words(_("The result is at least %(level)s", level=headline))

    def _group(self, heading: str, parts: Sequence[Condition]) -> Words:
        """A list under a heading. A list of one is its only line."""
        if len(parts) == 1:
            return self.of(parts[0])
        return Words(heading, parts=tuple(self.of(part) for part in parts))

    def _answer(self, test: AnswerIs | NumberAtLeast | NumberBelow | Includes) -> Words:
        question = self._rulebook.questions[test.question]
        match test:
            case AnswerIs(_, values):
                answer = _(" or ").join(_value(question, value) for value in values)
            case NumberAtLeast(_, bound):
                answer = _("%(bound)s or more", bound=number_in_words(question, bound))
            case NumberBelow(_, bound):
                answer = _("under %(bound)s", bound=number_in_words(question, bound))
            case Includes(_, options):
                listed = _(" or ").join(_value(question, option) for option in options)
                answer = _("ticked: %(options)s", options=listed)
        return Words(linked=translate(question.text), page="questions", anchor=question.id, after=answer)

    def _named(self, name: str) -> Words:
        label = translate(self._rulebook.named(name).label)
        kind = _("Sign raised:") if name in self._rulebook.indicators else _("Holds:")
        return Words(kind, label, "indicators", name)

    def _band(self, instrument_id: str, band_id: str) -> Words:
        instrument = self._rulebook.instruments[instrument_id]
        label = next(band.label for band in instrument.bands if band.id == band_id)
        answer = _("the whole range of points lies in “%(band)s”", band=translate(label))
        anchor = f"instrument-{instrument_id}"
        return Words(_("Published tool:"), translate(instrument.label), "indicators", anchor, answer)

    def _findings(self, node: Findings) -> str:
        labels = {strength.id: strength.label for strength in self._rulebook.about.strengths}
        kinds = _(" or ").join(within_sentence(translate(labels[each])) for each in node.strengths)
        text = ngettext(
            "At least %(num)d sign is raised (%(kinds)s)",
            "At least %(num)d signs are raised (%(kinds)s)",
            node.count,
            kinds=kinds,
        )
        if node.categories == 1:
            return text
        return _("%(signs)s, of at least %(num)d different categories", signs=text, num=node.categories)


def _value(question: Question, value: str) -> str:
    """An answer inside a sentence. The unknowns and yes and no stand as words, what is listed in quotation marks."""
    if value in UNKNOWN_VALUES or value == UNANSWERED:
        return within_sentence(unknown_in_words(value))
    if question.kind == "yes_no":
        return within_sentence(answer_in_words(question, value))
    return _("“%(answer)s”", answer=translate(question.option_labels.get(value, value)))

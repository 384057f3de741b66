"""Proofs in plain words: who said, saw or read what, and what is still missing.

A proof is pruned to the parts that carry its truth: for a yes the parts that are yes, for a no those that are no, for
"cannot tell" the open ones. What is left is a flat list of lines, at most one group deep. A line shows what is recorded
on a question, so it reads the same whether the condition asks for it or for its opposite.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from screening.core.algebra import Proof
from screening.core.answers import Effective
from screening.core.condition_words import AnswerTest, say, strengths_of
from screening.core.conditions import (
    All,
    AnswerIs,
    AnyOf,
    AtLeast,
    ConcernAtLeast,
    Findings,
    InBand,
    Includes,
    Named,
    Not,
    NumberAtLeast,
    NumberBelow,
    every_node,
    question_of,
)
from screening.core.evaluation import Assessment, Level
from screening.core.rulebook import Question
from screening.core.statements import UNANSWERED
from screening.core.truth import NO, UNKNOWN, YES, Truth
from screening.web import spoken
from screening.web.spoken import gettext as _
from screening.web.spoken import ngettext, translate
from screening.web.wording import (
    Given,
    Witness,
    answer_in_words,
    level_headline,
    number_in_words,
    unknown_in_words,
    within_sentence,
)

LONGEST_LIST = 6


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a proof.

    Attributes:
        text: a question as it was put, or what a group of lines shows.
        given: what each source says on the question.
        notes: short sentences on how it counts.
        parts: the lines of a group; never groups themselves.
        question: id of the question, if the line is about one.
    """

    text: str
    given: tuple[Given, ...] = ()
    notes: tuple[str, ...] = ()
    parts: tuple["Line", ...] = ()
    question: str = ""


class ProofWords:
    """Puts the proofs of one assessment into words. ``author_names`` maps user ids to names."""

    def __init__(self, assessment: Assessment, author_names: Mapping[str, str]) -> None:
        self._assessment = assessment
        self._rulebook = assessment.rulebook
        self._witness = Witness(author_names)

    def lines(self, proof: Proof) -> tuple[Line, ...]:
        """The lines of a proof. A lone group that only renames what is proved is opened."""
        found = self._lines(proof, inside_group=False)
        if len(found) == 1 and isinstance(proof.condition, Named) and found[0].parts:
            return found[0].parts
        return found

    def question_line(self, question: str) -> Line:
        """What is recorded on one question, and by whom."""
        return self._question_line(question, (), UNKNOWN)

    def _lines(self, proof: Proof, *, inside_group: bool) -> tuple[Line, ...]:
        return self._merged(self._items(proof, inside_group=inside_group))

    def _items(self, proof: Proof, *, inside_group: bool) -> Iterable["Line | tuple[AnswerTest, Truth]"]:
        """Lines and leaves in order. Leaves stay leaves, so that several tests of one question become one line."""
        condition = proof.condition
        match condition:
            case AnswerIs() | NumberAtLeast() | NumberBelow() | Includes():
                yield condition, proof.truth
            case All() | AnyOf():
                # Conjunction is the least, disjunction the greatest of the parts: those of the same truth carry it.
                for part in proof.parts:
                    if part.truth == proof.truth:
                        yield from self._items(part, inside_group=inside_group)
            case Not():
                yield from self._items(proof.parts[0], inside_group=inside_group)
            case Named() | AtLeast() | InBand() | Findings() | ConcernAtLeast():
                group = self._group(proof)
                if inside_group and group.parts:
                    yield from group.parts
                else:
                    yield group

    def _group(self, proof: Proof) -> Line:
        match proof.condition:
            case Named(name):
                return Line(self._named_text(name, proof.truth), parts=self._inner(proof.parts))
            case AtLeast():
                return self._count_group(proof.condition, proof)
            case InBand():
                return self._band_group(proof.condition, proof)
            case Findings():
                return self._findings_group(proof.condition, proof)
            case ConcernAtLeast(level):
                return Line(self._level_text(level, proof.truth))
            case _:
                raise TypeError(f"no words for a group over {type(proof.condition).__name__}")

    def _inner(self, parts: Iterable[Proof]) -> tuple[Line, ...]:
        return self._merged(item for part in parts for item in self._items(part, inside_group=True))

    def _named_text(self, name: str, truth: Truth) -> str:
        label = translate(self._rulebook.named(name).label)
        if truth == YES:
            return label
        if truth == NO:
            return _("Not the case: %(label)s", label=label)
        return _("Cannot tell: %(label)s", label=label)

    def _count_group(self, node: AtLeast, proof: Proof) -> Line:
        held = sum(part.truth == YES for part in proof.parts)
        still_open = sum(part.truth == UNKNOWN for part in proof.parts)
        numbers = {"count": node.count, "total": len(proof.parts), "held": held, "most": held + still_open}
        if proof.truth == YES:
            text = _("Found %(held)d of %(total)d; needed: %(count)d", **numbers)
        elif proof.truth == NO:
            text = _("Needed %(count)d of %(total)d; no more than %(most)d possible", **numbers)
        else:
            text = _("Needed %(count)d of %(total)d; found %(held)d so far; open:", **numbers)
        return Line(text, parts=self._inner(part for part in proof.parts if part.truth == proof.truth))

    def _band_group(self, node: InBand, proof: Proof) -> Line:
        instrument = self._rulebook.instruments[node.instrument]
        score = next(each for each in self._assessment.instruments if each.instrument is instrument)
        band = next(band for band in instrument.bands if band.id == node.band)
        words = {"label": translate(instrument.label), "band": translate(band.label)}
        if score.lowest == score.highest:
            words["points"] = ngettext("%(num)d point", "%(num)d points", score.lowest)
        else:
            words["points"] = _("%(low)d to %(high)d points", low=score.lowest, high=score.highest)
        if score.in_use == NO:
            return Line(_("%(label)s is not used here", **words))
        if proof.truth == YES:
            text = _("%(label)s: %(points)s, which is “%(band)s”", **words)
        elif proof.truth == NO:
            text = _("%(label)s: %(points)s, which is not “%(band)s”", **words)
        else:
            text = _("%(label)s: %(points)s; whether this is “%(band)s” is open", **words)
        if proof.truth == UNKNOWN:
            return Line(text, parts=self._inner(item for item in proof.parts if item.truth == UNKNOWN))
        counted = zip(instrument.items, score.items, strict=True)
        met = (item for item, part in counted if part is not None and part.truth == YES)
        return Line(text, parts=tuple(Line(translate(item.label)) for item in met))

    def _findings_group(self, node: Findings, proof: Proof) -> Line:
        named = [(self._name_of(part), part.truth) for part in proof.parts]
        raised = [self._rulebook.indicators[name].label for name, truth in named if truth == YES]
        undecided = [self._rulebook.indicators[name].label for name, truth in named if truth == UNKNOWN]
        kinds = say(strengths_of(self._rulebook, node), spoken)
        text = ngettext(
            "%(num)d sign is raised (%(kinds)s)",
            "%(num)d signs are raised (%(kinds)s)",
            len(raised),
            kinds=kinds,
        )
        needed = [ngettext("At least %(num)d is needed.", "At least %(num)d are needed.", node.count)]
        if node.categories > 1:
            needed.append(_("They must be of at least %(num)d different kinds.", num=node.categories))
        if proof.truth == UNKNOWN:
            return Line(text, notes=(*needed, _("Cannot tell yet: %(labels)s.", labels=_listed(undecided))))
        if proof.truth == NO:
            needed.append(_("Open answers cannot make up the number."))
        return Line(text, notes=tuple(needed), parts=tuple(Line(translate(label)) for label in raised))

    @staticmethod
    def _name_of(part: Proof) -> str:
        return part.condition.name if isinstance(part.condition, Named) else ""

    def _level_text(self, level: str, truth: Truth) -> str:
        headline = within_sentence(level_headline(self._rulebook, Level[level.upper()]))
        if truth == YES:
            return _("The screening shows at least %(level)s", level=headline)
        if truth == NO:
            return _("The screening cannot reach %(level)s", level=headline)
        return _("Whether the screening reaches %(level)s is open", level=headline)

    def _merged(self, items: Iterable["Line | tuple[AnswerTest, Truth]"]) -> tuple[Line, ...]:
        """Lines in order; all tests of one question become one line where the first of them stood."""
        leaves: dict[str, list[AnswerTest]] = {}
        truths: dict[str, Truth] = {}
        order: list[Line | str] = []
        for item in items:
            if isinstance(item, Line):
                if item not in order:
                    order.append(item)
                continue
            leaf, truth = item
            if leaf.question not in leaves:
                order.append(leaf.question)
            leaves.setdefault(leaf.question, []).append(leaf)
            truths[leaf.question] = truth
        return tuple(
            item if isinstance(item, Line) else self._question_line(item, leaves[item], truths[item])
            for item in order
        )

    def _question_line(self, question_id: str, leaves: Sequence[AnswerTest], truth: Truth) -> Line:
        question, answer = self._rulebook.questions[question_id], self._assessment.answers[question_id]
        counted = _counted_options(leaves) if truth == YES else frozenset()
        telling = [
            statement
            for statement in answer.statements
            if not counted or not isinstance(statement.value, tuple) or counted & set(statement.value)
        ]
        given = tuple(self._witness.given(question, statement, counted) for statement in telling)
        notes = (
            *self._notes_on_answer(question, answer, truth),
            *(note for leaf in leaves if (note := _note_on_test(question, leaf, answer, truth))),
            *self._notes_on_applying(question, answer),
        )
        return Line(translate(question.text), given, tuple(dict.fromkeys(notes)), question=question_id)

    def _notes_on_answer(self, question: Question, answer: Effective, truth: Truth) -> Iterable[str]:
        if answer.derived and question.years_since is not None and answer.value is not None:
            since = self._assessment.answers[question.years_since]
            shown = "; ".join(
                self._witness.given(self._rulebook.questions[question.years_since], statement).text
                for statement in since.statements
                if not statement.is_unknown
            )
            yield _(
                "Counted from “%(question)s” (%(answer)s): %(years)s.",
                question=translate(self._rulebook.questions[question.years_since].text),
                answer=shown,
                years=answer_in_words(question, answer.value),
            )
        elif answer.state == "unanswered":
            yield unknown_in_words(answer.state) + "."
        if answer.conflict:
            yield conflict_in_words(question, answer)
        if answer.partial and truth == UNKNOWN:
            yield _("One source was not sure, so more may be true than this shows.")

    def _notes_on_applying(self, question: Question, answer: Effective) -> Iterable[str]:
        if answer.applies == YES or question.applies_when is None:
            return
        if answer.applies == NO:
            yield _("This question does not apply here. An answer to it is kept but not counted.")
            return
        asked = dict.fromkeys(question_of(node) for node in every_node(question.applies_when))
        undecided = [name for name in asked if name is not None and self._assessment.answers[name].is_open]
        texts = [translate(self._rulebook.questions[name].text) for name in undecided]
        yield _(
            "Whether this question applies is open. It depends on: %(questions)s", questions=_listed(texts)
        )


def _counted_options(leaves: Sequence[AnswerTest]) -> frozenset[str]:
    return frozenset(option for leaf in leaves if isinstance(leaf, Includes) for option in leaf.options)


def _note_on_test(question: Question, leaf: AnswerTest, answer: Effective, truth: Truth) -> str:
    """How a number counts, and that a recorded unknown counts where a rule says so."""
    if isinstance(leaf, NumberAtLeast):
        return _("Counts from %(bound)s upward.", bound=number_in_words(question, leaf.bound))
    if isinstance(leaf, NumberBelow):
        return _("Counts below %(bound)s.", bound=number_in_words(question, leaf.bound))
    if truth == YES and answer.state == UNANSWERED:
        return _("Presumed until an answer shows otherwise.")
    if truth == YES and answer.state != "known":
        return _("Not knowing counts here as well.")
    return ""


def conflict_in_words(question: Question, answer: Effective) -> str:
    """That sources differ, that nothing was thrown away, and which answer counts."""
    if question.kind == "yes_no":
        return _("Sources differ. Both are kept, and a no never cancels a yes.")
    which = {
        "highest": _("Sources differ. All answers are kept; the highest counts."),
        "lowest": _("Sources differ. All answers are kept; the lowest counts."),
        "latest": _("Sources differ. All answers are kept; the latest counts."),
    }
    return which.get(question.combining, _("Sources differ. All answers are kept."))


def without_parts(line: Line) -> Line:
    """A line as a heading only."""
    return replace(line, parts=())


def _listed(texts: Sequence[str]) -> str:
    """A list inside a sentence, cut off before it becomes one nobody reads."""
    shown = "; ".join(translate(text) for text in texts[:LONGEST_LIST])
    rest = len(texts) - LONGEST_LIST
    return (
        shown
        if rest <= 0
        else ngettext("%(shown)s; and %(num)d more", "%(shown)s; and %(num)d more", rest, shown=shown)
    )

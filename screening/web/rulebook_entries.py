"""Everything in a rulebook that has an id, as one list: what the explorer searches, links and traces back."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from screening.core.conditions import Condition, InBand, Named, every_node, question_of
from screening.core.rulebook import Question, Rulebook
from screening.web.spoken import N_

KINDS: Mapping[str, str] = {
    "question": N_("Questions"),
    "sign": N_("Signs and circumstances"),
    "definition": N_("Definitions"),
    "instrument": N_("Published tools"),
    "level": N_("Levels of concern"),
    "interruption": N_("Interruptions"),
    "outcome": N_("Said beside the level"),
    "action": N_("Actions"),
    "need": N_("Needs"),
    "note": N_("Notes of law"),
    "rights": N_("Told to the youth first"),
    "source": N_("Sources"),
}
"""Kind of entry → heading, in the order in which results and uses are listed."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing the rulebook holds, and where the explorer shows it.

    Attributes:
        kind: one of ``KINDS``.
        id: its id in the rulebook.
        label: its text as the rulebook has it, not yet translated.
        page: the page that shows it.
        anchor: where on the page; ids alone where they are unique there, else with the kind before them.
        texts: what else is searched.
        conditions: the conditions it is made of.
        sources: ids of the sources it rests on.
        law: ids of the notes of law it rests on.
    """

    kind: str
    id: str
    label: str
    page: str
    anchor: str
    texts: tuple[str, ...] = ()
    conditions: tuple[Condition, ...] = ()
    sources: tuple[str, ...] = ()
    law: tuple[str, ...] = ()


@lru_cache(maxsize=16)
def entries(rulebook: Rulebook) -> tuple[Entry, ...]:
    """Every entry, by kind in the order of ``KINDS`` and within a kind in the rulebook's order."""
    found = [*_asked(rulebook), *_found(rulebook), *_concern(rulebook), *_help(rulebook), *_ground(rulebook)]
    places = {kind: place for place, kind in enumerate(KINDS)}
    return tuple(sorted(found, key=lambda entry: places[entry.kind]))


def _asked(rulebook: Rulebook) -> Iterator[Entry]:
    for each in rulebook.questions.values():
        applies = () if each.applies_when is None else (each.applies_when,)
        yield Entry("question", each.id, each.text, "questions", each.id, _question_texts(each), applies)
    for notice in rulebook.about.rights_notices:
        label = rulebook.jurisdictions[notice.jurisdiction].label
        anchor = f"rights-{notice.jurisdiction}"
        yield Entry(
            "rights", notice.jurisdiction, label, "questions", anchor, notice.text, (), notice.sources
        )


def _question_texts(question: Question) -> tuple[str, ...]:
    options = (option.label for option in question.options)
    return (question.youth_text or "", question.why, question.hint or "", *question.ask_like, *options)


def _found(rulebook: Rulebook) -> Iterator[Entry]:
    for kind, named in (("sign", rulebook.indicators), ("definition", rulebook.definitions)):
        for each in named.values():
            yield Entry(
                kind, each.id, each.label, "indicators", each.id, (each.means,), (each.when,), each.sources
            )
    for tool in rulebook.instruments.values():
        texts = (*(item.label for item in tool.items), *tool.caveats)
        conditions = tuple(item.when for item in tool.items)
        anchor = f"instrument-{tool.id}"
        yield Entry("instrument", tool.id, tool.label, "indicators", anchor, texts, conditions, tool.sources)


def _concern(rulebook: Rulebook) -> Iterator[Entry]:
    concern = rulebook.concern
    for name, rule in (("clear", concern.levels.clear), ("possible", concern.levels.possible)):
        texts, anchor = (rule.sentence, *concern.rationale), f"level-{name}"
        yield Entry("level", name, rule.headline, "overview", anchor, texts, (rule.when,), concern.sources)
    for each in concern.interruptions:
        anchor = f"interruption-{each.id}"
        yield Entry(
            "interruption", each.id, each.title, "actions", anchor, each.steps, (each.when,), each.sources
        )
    for outcome in concern.outcomes:
        anchor, conditions = f"outcome-{outcome.id}", (outcome.when,)
        texts = (outcome.text,)
        yield Entry(
            "outcome", outcome.id, outcome.label, "actions", anchor, texts, conditions, outcome.sources
        )


def _help(rulebook: Rulebook) -> Iterator[Entry]:
    for each in rulebook.actions:
        conditions = () if each.when is None else (each.when,)
        yield Entry(
            "action", each.id, each.label, "actions", each.id, each.detail, conditions, each.sources, each.law
        )
    for need in rulebook.needs:
        yield Entry("need", need.id, need.label, "actions", f"need-{need.id}", (), (need.when,))


def _ground(rulebook: Rulebook) -> Iterator[Entry]:
    for note in rulebook.law.values():
        conditions = () if note.show_when is None else (note.show_when,)
        texts = (note.plain, note.citation)
        yield Entry("note", note.id, note.title, "law", note.id, texts, conditions, note.sources)
    for each in rulebook.sources.values():
        yield Entry("source", each.id, each.title, "sources", each.id, (each.citation or "", each.note or ""))


@dataclass(frozen=True, slots=True)
class Uses:
    """Who uses what: for each id, the entries that name it."""

    questions: Mapping[str, tuple[Entry, ...]]
    named: Mapping[str, tuple[Entry, ...]]
    instruments: Mapping[str, tuple[Entry, ...]]
    sources: Mapping[str, tuple[Entry, ...]]
    law: Mapping[str, tuple[Entry, ...]]


@lru_cache(maxsize=16)
def uses(rulebook: Rulebook) -> Uses:
    """Who uses what in a rulebook, by a walk over all conditions. An entry that names an id twice is there once."""
    questions, named, instruments, sources, law = (
        defaultdict[str, dict[Entry, None]](dict) for _ in range(5)
    )
    for entry in entries(rulebook):
        for source in entry.sources:
            sources[source][entry] = None
        for note in entry.law:
            law[note][entry] = None
        for node in (node for condition in entry.conditions for node in every_node(condition)):
            match node:
                case Named(name):
                    named[name][entry] = None
                case InBand(instrument, _):
                    instruments[instrument][entry] = None
                case _ if (question := question_of(node)) is not None:
                    questions[question][entry] = None
                case _:
                    pass
    return Uses(
        *(
            {key: tuple(each) for key, each in found.items()}
            for found in (questions, named, instruments, sources, law)
        )
    )

"""Everything in a rulebook that has an id, as one list: what the explorer searches, links and traces back."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from screening.core.charge_shapes import ChargeKind
from screening.core.rule_users import Use, users_of
from screening.core.rulebook import Instrument, Question, Rulebook, Service
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
    "event": N_("What starts a clock"),
    "charge": N_("Kinds of charge"),
    "relief": N_("What may lift a charge or its label"),
    "sheet": N_("Sheets"),
    "need": N_("Needs"),
    "matching": N_("How a service is matched"),
    "criterion": N_("Criteria of a place"),
    "feature": N_("What is known of a service"),
    "kind": N_("Kinds of service"),
    "service": N_("Services"),
    "note": N_("Notes of law"),
    "rights": N_("Told to the youth first"),
    "source": N_("Sources"),
}
"""Kind of entry → heading, in the order in which results and uses are listed."""

_CORE_KINDS = {
    # as the core calls a kind → as the explorer does; the rest go by one name
    "indicator": "sign",
    "note of law": "note",
    "kind of service": "kind",
    "rights notice": "rights",
    "profile": "matching",
    "kind of charge": "charge",
}
MATCHING = {
    "age": N_("The youth’s age"),
    "counties": N_("Where help is looked for"),
    "served_as": N_("Whom a service serves"),
    "under_control": N_("Whether someone may look for the youth"),
}
"""What the directory is matched by, as ``rules/needs.yaml`` names it."""


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
    """

    kind: str
    id: str
    label: str
    page: str
    anchor: str
    texts: tuple[str, ...] = ()


@lru_cache(maxsize=16)
def entries(rulebook: Rulebook) -> tuple[Entry, ...]:
    """Every entry, by kind in the order of ``KINDS`` and within a kind in the rulebook's order."""
    found = [
        *_asked(rulebook),
        *_found(rulebook),
        *_concern(rulebook),
        *_help(rulebook),
        *_charges(rulebook),
        *_placement(rulebook),
        *_directory(rulebook),
        *_ground(rulebook),
    ]
    places = {kind: place for place, kind in enumerate(KINDS)}
    return tuple(sorted(found, key=lambda entry: places[entry.kind]))


def _asked(rulebook: Rulebook) -> Iterator[Entry]:
    for each in rulebook.questions.values():
        yield Entry("question", each.id, each.text, "questions", each.id, _question_texts(each))
    for notice in rulebook.about.rights_notices:
        place = notice.jurisdiction
        label = rulebook.jurisdictions[place].label
        yield Entry("rights", place, label, "questions", f"rights-{place}", notice.text)


def _question_texts(question: Question) -> tuple[str, ...]:
    options = (option.label for option in question.options)
    return (question.youth_text or "", question.why, question.hint or "", *question.ask_like, *options)


def _found(rulebook: Rulebook) -> Iterator[Entry]:
    for kind, named in (("sign", rulebook.indicators), ("definition", rulebook.definitions)):
        for each in named.values():
            yield Entry(kind, each.id, each.label, "indicators", each.id, (each.means,))
    for tool in rulebook.instruments.values():
        yield Entry("instrument", tool.id, tool.label, "tools", tool.id, _tool_texts(tool))


def _tool_texts(tool: Instrument) -> tuple[str, ...]:
    items = (text for item in tool.items for text in (item.label, item.left_out or ""))
    bands = (text for reading in tool.readings for text in (reading.label, *(b.label for b in reading.bands)))
    studies = (figures.study for figures in tool.validation)
    return (tool.aim, tool.made_for, *items, *bands, *studies, *tool.caveats, tool.licence)


def _concern(rulebook: Rulebook) -> Iterator[Entry]:
    concern = rulebook.concern
    for name, rule in (("clear", concern.levels.clear), ("possible", concern.levels.possible)):
        texts = (rule.sentence, *concern.rationale)
        yield Entry("level", name, rule.headline, "overview", f"level-{name}", texts)
    for each in concern.interruptions:
        calls = (f"{call.label} {call.number}" for call in each.calls)
        anchor = f"interruption-{each.id}"
        yield Entry("interruption", each.id, each.title, "actions", anchor, (*each.steps, *calls))
    for outcome in concern.outcomes:
        anchor = f"outcome-{outcome.id}"
        yield Entry("outcome", outcome.id, outcome.label, "actions", anchor, (outcome.text,))


def _help(rulebook: Rulebook) -> Iterator[Entry]:
    for each in rulebook.actions:
        yield Entry("action", each.id, each.label, "actions", each.id, each.detail)
    for need in rulebook.needs:
        yield Entry("need", need.id, need.label, "actions", f"need-{need.id}")


def _charges(rulebook: Rulebook) -> Iterator[Entry]:
    for event in rulebook.events.events if rulebook.events else ():
        said = (event.ask, event.hint or "")
        yield Entry("event", event.id, event.label, "actions", f"event-{event.id}", said)
    for kind in rulebook.charges.kinds if rulebook.charges else ():
        yield Entry("charge", kind.id, kind.label, "charges", f"charge-{kind.id}", _charge_texts(kind))
    for relief in rulebook.charges.reliefs if rulebook.charges else ():
        yield Entry("relief", relief.id, relief.label, "charges", f"relief-{relief.id}", (relief.plain,))
    for sheet in rulebook.sheets.values():
        texts = (sheet.lead, *sheet.find_out, *(line for text in sheet.texts for line in text.lines))
        yield Entry("sheet", sheet.id, sheet.title, "charges", f"sheet-{sheet.id}", texts)


def _charge_texts(kind: ChargeKind) -> tuple[str, ...]:
    reasons = (rule.reason for rule in kind.links)
    return (kind.hint or "", *reasons, *(ask.text for ask in kind.asks), *kind.blocks)


def _placement(rulebook: Rulebook) -> Iterator[Entry]:
    guide = rulebook.placement
    for each in guide.criteria if guide else ():
        words = (each.words.met, each.words.missed, each.words.unsaid, each.words.open)
        texts = (each.why, each.support, *(text for text in words if text))
        yield Entry("criterion", each.id, each.label, "placement", f"criterion-{each.id}", texts)
    for feature in guide.features if guide else ():
        options = (option.label for option in feature.options)
        texts = (feature.ask, *options)
        yield Entry("feature", feature.id, feature.label, "placement", f"feature-{feature.id}", texts)


def _directory(rulebook: Rulebook) -> Iterator[Entry]:
    for key, label in MATCHING.items():
        yield Entry("matching", key, label, "services", f"matching-{key}")
    for kind in rulebook.kinds.values():
        yield Entry("kind", kind.id, kind.label, "services", f"kind-{kind.id}")
    for each in rulebook.services.values():
        if is_named(each):
            yield Entry("service", each.id, each.name, "services", each.id, service_texts(each))


def is_named(service: Service) -> bool:
    """Whether the explorer names a service at all: not what is both confidential and kept out of every list."""
    return not (service.confidential and service.listing == "never")


def service_texts(service: Service) -> tuple[str, ...]:
    """What a service says of itself, without anything that could locate one that is kept out of every list."""
    if service.listing == "never":
        return (service.organization,)
    phones = (phone.number for phone in service.phones)
    return (service.organization, service.description, service.referral or "", service.alert or "", *phones)


def _ground(rulebook: Rulebook) -> Iterator[Entry]:
    for note in rulebook.law.values():
        yield Entry("note", note.id, note.title, "law", note.id, (note.plain, note.citation))
    for each in rulebook.sources.values():
        yield Entry("source", each.id, each.title, "sources", each.id, (each.citation or "", each.note or ""))


Named = tuple[str, str]
"""Kind and id of an entry."""


@lru_cache(maxsize=16)
def uses(rulebook: Rulebook) -> Mapping[Named, tuple[Entry, ...]]:
    """Kind and id of an entry → the entries that use it, each once. Mock cases, which test the rules, are not told."""
    listed = entries(rulebook)
    by_name = {(entry.kind, entry.id): entry for entry in listed}
    core_kinds = {mine: theirs for theirs, mine in _CORE_KINDS.items()} | {"definition": "indicator"}
    found: dict[Named, dict[Entry, None]] = defaultdict(dict)
    for entry in listed:
        for use in users_of(rulebook, entry.id, core_kinds.get(entry.kind, entry.kind)):
            for name in _names_of(use):
                if name in by_name:
                    found[entry.kind, entry.id][by_name[name]] = None
    return {name: tuple(each) for name, each in found.items()}


def _names_of(use: Use) -> tuple[Named, ...]:
    """The explorer's names of a user; what the whole rule of concern uses is used by each level."""
    if (use.kind, use.id) == ("level", "concern"):
        return ("level", "clear"), ("level", "possible")
    return ((_CORE_KINDS.get(use.kind, use.kind), use.id),)

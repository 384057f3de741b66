"""What the pages say in words: answers, statements, bounds, deadlines, why a service stands where it stands.

Every sentence goes through gettext. Nothing here decides anything; it puts what the core found into plain words.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

from screening.core.conditions import NumberBelow, every_node, presumes, question_of
from screening.core.evaluation import Assessment, Level
from screening.core.routing import Route
from screening.core.rulebook import Due, LegalNote, Question, Rulebook, Service
from screening.core.statements import UNKNOWN_VALUES, Source, Statement, Value
from screening.web.spoken import day_in_words, ngettext, time_in_words, translate
from screening.web.spoken import gettext as _


def answer_in_words(question: Question, value: Value) -> str:
    """An answer as people say it, standing alone: "Yes", "Hotel keys, Prepaid cards", "15 years".

    An option that the rulebook no longer lists is shown by its id rather than lost.
    """
    if isinstance(value, tuple):
        labels = question.option_labels
        return ", ".join(translate(labels.get(option, option)) for option in value) or _("None of these")
    if isinstance(value, int):
        return number_in_words(question, value)
    if value in UNKNOWN_VALUES:
        return unknown_in_words(value)
    if question.kind == "yes_no":
        return _("Yes") if value == "yes" else _("No")
    if question.kind == "choice":
        return translate(question.option_labels.get(value, value))
    return day_in_words(date.fromisoformat(value), "long") if question.kind == "date" else value


def number_in_words(question: Question, value: int) -> str:
    """A number with the question's unit, if it has one."""
    return f"{value} {translate(question.unit)}" if question.unit else str(value)


def unknown_in_words(value: str) -> str:
    """The unknowns stay apart in words as they do in the record."""
    match value:
        case "unsure":
            return _("Not sure")
        case "declined":
            return _("Did not want to say")
        case "not_asked":
            return _("Not asked or checked")
        case _other:
            return _("Not answered yet")


def _known_sentence(source: Source, answer: str) -> str:
    match source:
        case Source.SAID:
            return _("The youth said: %(answer)s", answer=answer)
        case Source.OBSERVED:
            return _("Staff observed: %(answer)s", answer=answer)
        case Source.RECORD:
            return _("Records show: %(answer)s", answer=answer)
        case Source.COLLATERAL:
            return _("Others said: %(answer)s", answer=answer)


def _unknown_sentence(source: Source, value: Value) -> str:
    match source, value:
        case Source.SAID, "unsure":
            return _("The youth was not sure")
        case Source.SAID, "declined":
            return _("The youth did not want to say")
        case Source.SAID, "not_asked":
            return _("The youth was not asked")
        case Source.OBSERVED, "unsure":
            return _("Staff were not sure")
        case Source.OBSERVED, "not_asked":
            return _("Staff have not checked")
        case Source.RECORD, "unsure":
            return _("Records leave it unclear")
        case Source.RECORD, "not_asked":
            return _("Records were not checked")
        case Source.COLLATERAL, "unsure":
            return _("Others were not sure")
        case Source.COLLATERAL, "declined":
            return _("Others did not want to say")
        case Source.COLLATERAL, "not_asked":
            return _("Others were not asked")
        case _other:
            return _known_sentence(source, within_sentence(unknown_in_words(str(value))))


def statement_in_words(
    question: Question, statement: Statement, options: frozenset[str] = frozenset()
) -> str:
    """Who said, saw or read what. With ``options``, only those of the ticked ones are named: those that count."""
    value = statement.value
    if statement.is_unknown:
        return _unknown_sentence(statement.source, value)
    if question.kind == "yes_no":
        return _known_sentence(statement.source, _("yes") if value == "yes" else _("no"))
    if isinstance(value, tuple) and options:
        value = tuple(option for option in value if option in options)
    return _known_sentence(statement.source, answer_in_words(question, value))


@dataclass(frozen=True, slots=True)
class Given:
    """One statement in words, and who recorded it when."""

    text: str
    by: str


class Witness:
    """Statements with author and local time. Times are put into words once a minute, authors once a name."""

    def __init__(self, author_names: Mapping[str, str]) -> None:
        self._names = author_names
        self._known: dict[tuple[str, datetime], str] = {}

    def given(self, question: Question, statement: Statement, options: frozenset[str] = frozenset()) -> Given:
        """A statement in words: "Staff observed: Hotel keys" by "Officer A, Nov 24, 14:03"."""
        key = (statement.author, statement.at.replace(second=0, microsecond=0))
        if key not in self._known:
            name = self._names.get(statement.author) or _("a colleague")
            self._known[key] = f"{name}, {time_in_words(key[1], 'MMM d, HH:mm')}"
        return Given(statement_in_words(question, statement, options), self._known[key])


def level_headline(rulebook: Rulebook, level: Level) -> str:
    """A level's name as the rulebook words it."""
    levels = rulebook.concern.levels
    return translate((levels.none, levels.possible, levels.clear)[level].headline)


def within_sentence(headline: str) -> str:
    """A headline inside a sentence: first letter small."""
    return headline[:1].lower() + headline[1:]


def bounds_in_words(assessment: Assessment, here: Route) -> list[str]:
    """What is certain about the level, and what open answers could still do to it. Never a verdict."""
    low = within_sentence(level_headline(assessment.rulebook, assessment.at_least))
    high = within_sentence(level_headline(assessment.rulebook, assessment.at_most))
    count = len(here.decisive)
    if assessment.at_most == Level.NONE:
        return [
            _("With the answers given, no open answer can raise it."),
            _("A screening clears nobody. If something new is seen or heard, screen again."),
        ]
    if assessment.at_least == Level.NONE:
        return [
            _("It can turn out to be anything from %(low)s to %(high)s.", low=low, high=high),
            ngettext("%(num)d open answer decides.", "%(num)d open answers decide.", count),
        ]
    presumed = presumptions_in_words(assessment, here)
    if presumed:
        return [
            _(
                "It cannot fall below %(low)s as long as this is presumed: %(presumed)s.",
                low=low,
                presumed=presumed,
            ),
            ngettext(
                "%(num)d open answer can still change it.", "%(num)d open answers can still change it.", count
            ),
        ]
    if assessment.at_least == assessment.at_most:
        return [_("It stays %(low)s, whatever the open answers turn out to be.", low=low)]
    return [
        _("It cannot fall below %(low)s, whatever the open answers turn out to be.", low=low),
        ngettext(
            "%(num)d open answer could still raise it to %(high)s.",
            "%(num)d open answers could still raise it to %(high)s.",
            count,
            high=high,
        ),
    ]


def presumptions_in_words(assessment: Assessment, here: Route) -> str:
    """What the lower bound presumes until an open answer shows otherwise; empty where it presumes nothing."""
    presumed = set(assessment.presumed) & set(here.decisive)
    labels = [
        translate(definition.label)
        for definition in assessment.rulebook.definitions.values()
        if any(question_of(node) in presumed for node in every_node(definition.when) if presumes(node))
    ]
    return "; ".join(within_sentence(label) for label in labels)


def interval_in_words(assessment: Assessment) -> str:
    """The picture of the interval as a sentence, for who cannot see it."""
    low = level_headline(assessment.rulebook, assessment.at_least)
    if assessment.at_least == assessment.at_most:
        return _("On the scale from no current to clear concern: %(low)s.", low=within_sentence(low))
    high = level_headline(assessment.rulebook, assessment.at_most)
    return _(
        "On the scale from no current to clear concern: between %(low)s and %(high)s.",
        low=within_sentence(low),
        high=within_sentence(high),
    )


@dataclass(frozen=True, slots=True)
class Deadline:
    """By when, in two ways: as the rule says it, and as a local time. ``passed``: the time is over."""

    relative: str
    absolute: str
    passed: bool


def moment_in_words(at: datetime) -> str:
    """A moment in the agency's time zone, the zone named: "Tue, Nov 24, 14:03 CST"."""
    return time_in_words(at, "EEE, MMM d, HH:mm zzz")


def deadline_in_words(due: Due | None, due_at: datetime | None, now: datetime) -> Deadline:
    """An action's deadline. Without a known moment of recognition only the rule's own words can be given."""
    relative = _relative(due)
    if due is None or due_at is None:
        return Deadline(relative, "", False)
    moment = moment_in_words(due_at)
    if due.immediately:
        return Deadline(relative, _("since %(moment)s", moment=moment), False)
    if now > due_at:
        return Deadline(
            relative, _("overdue since %(moment)s; if not yet done, do it now", moment=moment), True
        )
    return Deadline(relative, _("by %(moment)s", moment=moment), False)


def _relative(due: Due | None) -> str:
    if due is None:
        return _("No set deadline")
    if due.hours:
        return ngettext("Within %(num)d hour", "Within %(num)d hours", due.hours)
    if due.days:
        return ngettext("Within %(num)d day", "Within %(num)d days", due.days)
    if due.court_hours:
        return ngettext(
            "Within %(num)d hour, weekends and holidays not counted",
            "Within %(num)d hours, weekends and holidays not counted",
            due.court_hours,
        )
    if due.working_days:
        return ngettext("Within %(num)d working day", "Within %(num)d working days", due.working_days)
    return _("Immediately")


def ages_in_words(service: Service) -> str:
    """The ages a service takes, or that they are not known."""
    lowest, highest = service.minimum_age, service.maximum_age
    if lowest is not None and highest is not None:
        return _("ages %(lowest)d to %(highest)d", lowest=lowest, highest=highest)
    if lowest is not None:
        return _("ages %(lowest)d and up", lowest=lowest)
    if highest is not None:
        return _("up to age %(highest)d", highest=highest)
    return _("ages not stated")


def served_in_words(service: Service) -> str:
    """Whom a service says it serves."""
    if service.genders_served == "all":
        return _("everyone")
    if service.genders_served == "unknown":
        return _("not stated whom")
    labels = {"girls": _("girls"), "boys": _("boys"), "transgender": _("transgender youths")}
    return ", ".join(labels[gender] for gender in service.genders_served)


def standing_of_note(note: LegalNote) -> str:
    """How far a note of law may be relied on, in exactly these words."""
    if note.status == "verify_with_counsel":
        return _("Verify with counsel before relying on this.")
    return _("Confirmed in the sources named.")


def evidence_in_words(evidence: str) -> str:
    """What kind of support a source gives."""
    if evidence == "house":
        return _("our own documented consensus")
    return _("confirmed") if evidence == "confirmed" else _("derived")


def supposition_in_words(rulebook: Rulebook, question: Question, value: Value) -> str:
    """A supposed answer, put as generally as the rules test it: "under 18 years" rather than "17 years"."""
    if value == ():
        return _("none of these")
    if not isinstance(value, int):
        words = answer_in_words(question, value)
        return within_sentence(words) if question.kind == "yes_no" else _("“%(answer)s”", answer=words)
    if (question.id, value + 1) in _bounds_below(rulebook):
        return _("under %(bound)s", bound=number_in_words(question, value + 1))
    return _("%(bound)s or more", bound=number_in_words(question, value))


@lru_cache(maxsize=16)
def _bounds_below(rulebook: Rulebook) -> frozenset[tuple[str, int]]:
    """Question and bound of every test "below" that indicators and definitions make."""
    tests = (node for name in rulebook.named_order for node in every_node(rulebook.named(name).when))
    return frozenset((test.question, test.bound) for test in tests if isinstance(test, NumberBelow))

"""Any entry of a rulebook as lines of text, key by key: what a comparison of two editions lays beside each other."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import get_args

from screening.core.condition_words import band_points, say
from screening.core.conditions import Condition
from screening.core.rule_users import name_of
from screening.core.rulebook import Band, Rulebook, Shape
from screening.web import spoken
from screening.web.condition_wording import Words, condition_in_words
from screening.web.spoken import N_, day_in_words, translate
from screening.web.spoken import gettext as _
from screening.web.wording import evidence_in_words

_CONDITION = get_args(Condition)

KEYS: Mapping[str, str] = {
    "advocate": N_("A survivor advocate, offered during the screening"),
    "against": N_("Speaks against"),
    "arranged_by": N_("Kinds that only arrange it"),
    "at_most": N_("At most"),
    "by_day": N_("Hours of the day"),
    "contested": N_("Disputed"),
    "criteria": N_("Criteria of a place"),
    "dispute": N_("What is disputed"),
    "effect": N_("What a miss does"),
    "feature": N_("What is read"),
    "field": N_("What is read"),
    "in_favor": N_("Speaks for"),
    "looked_for": N_("Someone may look for the youth"),
    "met": N_("Said when met"),
    "missed": N_("Said when missed"),
    "needs": N_("Needs"),
    "open": N_("Said when the answers leave it open"),
    "reads": N_("What is compared"),
    "refused": N_("Counts as a miss"),
    "restricted": N_("For those who place youths"),
    "support": N_("How sure that is"),
    "unknown": N_("If the entry says nothing"),
    "unsaid": N_("Said when the entry says nothing"),
    "wanted": N_("Counts as met"),
    "wanted_when": N_("The youth asked for it when"),
    "weight": N_("How it ranks"),
    "words": N_("What is said"),
    "age_facts": N_("What bears on the youth’s age"),
    "age": N_("The youth’s age"),
    "aim": N_("Aim"),
    "alert": N_("Mind this"),
    "answers": N_("Answers it shows"),
    "applies_when": N_("Asked or used when"),
    "areas": N_("Areas"),
    "as_of": N_("As of"),
    "ask": N_("What is asked"),
    "ask_like": N_("Ways to ask"),
    "ask_like_spanish": N_("Ways to ask, in Spanish"),
    "asks": N_("What is asked of whom"),
    "asks_of_all": N_("Asked about every charge"),
    "at_least": N_("From"),
    "beds": N_("Rules about beds"),
    "below": N_("Below"),
    "blocks": N_("What the label blocks"),
    "by": N_("Who"),
    "calls": N_("Whom to call"),
    "category": N_("Kind of sign"),
    "cautions": N_("Cautions"),
    "caveats": N_("Caveats"),
    "citation": N_("Citation"),
    "combine": N_("How several answers become one"),
    "confidential": N_("Location not disclosed"),
    "contact_outcomes": N_("What can come of a call"),
    "counties": N_("Counties"),
    "counts": N_("How unmet needs are counted"),
    "day": N_("Day"),
    "description": N_("Description"),
    "detail": N_("In detail"),
    "due": N_("By when"),
    "entry_errors": N_("What can be wrong in an entry"),
    "events": N_("Events"),
    "evidence": N_("Evidence"),
    "features": N_("What is known of a service"),
    "find_out": N_("To find out"),
    "for_youth": N_("For the youth"),
    "genders_served": N_("Whom it serves"),
    "group": N_("Group"),
    "groups": N_("Groups"),
    "heading": N_("Heading"),
    "headline": N_("Headline"),
    "hint": N_("Hint"),
    "holidays": N_("Days on which clocks stand still"),
    "id": N_("Id"),
    "in_force_from": N_("In force from"),
    "in_force_until": N_("In force until"),
    "items": N_("Items"),
    "jurisdiction": N_("Place"),
    "jurisdictions": N_("Places"),
    "kind": N_("Kind"),
    "kinds": N_("Kinds of service"),
    "label": N_("Label"),
    "law": N_("Law"),
    "law_topics": N_("Topics of law"),
    "lead": N_("Introduction"),
    "least": N_("Least"),
    "left_out": N_("Left out, because"),
    "length_of_stay": N_("Length of stay"),
    "licence": N_("Licence"),
    "limits": N_("Limits"),
    "lines": N_("Text"),
    "link": N_("Link"),
    "links": N_("How it is linked"),
    "listing": N_("Listing"),
    "made_for": N_("Made for"),
    "max_length": N_("Longest text"),
    "maximum_age": N_("Oldest"),
    "means": N_("What it may mean"),
    "minimum_age": N_("Youngest"),
    "most": N_("Most"),
    "must": N_("A duty"),
    "name": N_("Name"),
    "negative_predictive_value": N_("Negative predictive value"),
    "no_bed_reasons": N_("Why a place has no bed"),
    "note": N_("Note"),
    "number": N_("Number"),
    "of": N_("Of"),
    "open_24_7": N_("Open day and night"),
    "options": N_("Listed answers"),
    "order": N_("Place in the list"),
    "organization": N_("Organization"),
    "parts": N_("What it shows"),
    "past_only": N_("Past days only"),
    "people": N_("People studied"),
    "phones": N_("Phones"),
    "plain": N_("In plain words"),
    "points": N_("Points"),
    "positive_predictive_value": N_("Positive predictive value"),
    "privileged_charges": N_("May show charges kept between the youth and counsel"),
    "profession": N_("Profession"),
    "professions": N_("Professions"),
    "proof": N_("Proof that it was done"),
    "purpose": N_("Purpose"),
    "questions": N_("Questions"),
    "rationale": N_("Why the rules are so"),
    "reading": N_("Reading"),
    "readings": N_("How points are read"),
    "reason": N_("Reason"),
    "referral": N_("Referral"),
    "referral_steps": N_("Steps of a referral"),
    "referred_by": N_("Takes referrals from"),
    "reliefs": N_("What may lift it"),
    "report": N_("Done by the report page"),
    "residential": N_("A place to stay"),
    "rights_notices": N_("Told to the youth first"),
    "screen_again": N_("Screen again"),
    "security": N_("Security"),
    "sensitive": N_("Sensitive"),
    "sensitivity": N_("Sensitivity"),
    "sentence": N_("Sentence"),
    "served_as": N_("Whom a service serves"),
    "set_aside": N_("Set aside when"),
    "setting_caveats": N_("Caveats in some settings"),
    "settings": N_("Settings"),
    "show_when": N_("Shown when"),
    "sources": N_("Sources"),
    "stay_places": N_("Where a youth can be staying"),
    "spanish": N_("In Spanish"),
    "specificity": N_("Specificity"),
    "starts": N_("Its clock starts"),
    "status": N_("Standing"),
    "steps": N_("Steps"),
    "stops_asking": N_("Stops asking"),
    "strength": N_("Strength"),
    "strengths": N_("Strengths"),
    "study": N_("Study"),
    "survivor_led": N_("Led by survivors"),
    "text": N_("Text"),
    "texts": N_("Texts"),
    "title": N_("Title"),
    "topic": N_("Topic"),
    "trafficking_specific": N_("Made for trafficked youth"),
    "treats_as_victim": N_("Treats the youth as a victim"),
    "under_control": N_("Whether someone may look for the youth"),
    "unit": N_("Unit"),
    "unmet_reasons": N_("Why a need was not met"),
    "urgent": N_("Urgent"),
    "url": N_("Address of the page"),
    "validation": N_("Published figures"),
    "verification": N_("When an entry is called again"),
    "verified_on": N_("Verified on"),
    "version": N_("Version"),
    "ways": N_("Who can know"),
    "when": N_("When"),
    "why": N_("Why it is asked"),
    "years_since": N_("Also follows from"),
    "youth_spanish": N_("To the youth, in Spanish"),
    "youth_text": N_("To the youth"),
    "actions": N_("Actions it names"),
    "calls_of": N_("Whose numbers it gives"),
    "card": N_("Small card"),
    "danger": N_("Interruptions it shows"),
    "lead_es": N_("Lead, in Spanish"),
    "numbers": N_("Numbers it gives"),
    "title_es": N_("Title, in Spanish"),
}
"""Key of a rule file → what people call it. A key that is missing here goes by its own name."""

_NAMED_BY_ID = frozenset(
    {
        "age", "answers", "areas", "by", "category", "counties", "jurisdiction", "jurisdictions", "kinds", "law",
        "of", "profession", "professions", "questions", "reading", "referred_by", "reliefs", "settings", "sources",
        "strength", "within", "years_since",
    }
)  # fmt: skip
"""Keys that hold ids of other entries."""

_WRITTEN_AS_IT_IS = frozenset({"id", "organization", "name", "number", "url", "version", "citation", "study"})


@dataclass(frozen=True, slots=True)
class TextLine:
    """One line of a value, and how deep it is set in."""

    depth: int
    text: str


def key_in_words(key: str) -> str:
    """What people call a key of the rule files."""
    return _(KEYS[key]) if key in KEYS else key.replace("_", " ")


class FieldWords:
    """Puts the values of one rulebook's entries into lines of text."""

    def __init__(self, rulebook: Rulebook) -> None:
        self._rulebook = rulebook
        self._labels = _labels(rulebook)

    def lines(self, key: str, value: object, depth: int = 0) -> tuple[TextLine, ...]:
        """A value as lines; none where there is no value."""
        return tuple(self._lines(key, value, depth))

    def _lines(self, key: str, value: object, depth: int) -> Iterator[TextLine]:
        if value is None or value == ():
            return
        if isinstance(value, _CONDITION):
            yield from _condition_lines(condition_in_words(self._rulebook, value), depth)
        elif isinstance(value, Shape):
            yield from self._shape(value, depth)
        elif isinstance(value, tuple):
            for each in value:
                yield from self._lines(key, each, depth)
        elif isinstance(value, Mapping):
            for name, each in value.items():
                for line in self._lines(key, each, depth):
                    yield TextLine(line.depth, f"{self._labels.get(name, name)}: {line.text}")
        else:
            yield TextLine(depth, self._plain(key, value))

    def _shape(self, shape: Shape, depth: int) -> Iterator[TextLine]:
        """A part of an entry: what it is called, then its other keys, set in."""
        if isinstance(shape, Band):
            yield TextLine(depth, f"{say(band_points(shape), spoken)}: {translate(shape.label)}")
            return
        head = next((key for key in ("label", "title", "study", "text") if getattr(shape, key, None)), "")
        if head:
            yield from self._lines(head, getattr(shape, head), depth)
        inner = depth + 1 if head else depth
        for key in type(shape).model_fields:
            lines = self.lines(key, getattr(shape, key), inner) if key != head else ()
            if key == "id" or getattr(shape, key) == type(shape).model_fields[key].default:
                continue
            if len(lines) == 1:
                yield TextLine(inner, f"{key_in_words(key)}: {lines[0].text}")
            elif lines:
                yield TextLine(inner, f"{key_in_words(key)}:")
                yield from (TextLine(line.depth + 1, line.text) for line in lines)

    def _plain(self, key: str, value: object) -> str:
        if isinstance(value, bool):
            return _("yes") if value else _("no")
        if isinstance(value, date):
            return day_in_words(value)
        if not isinstance(value, str):
            return str(value)
        if key == "evidence":
            return evidence_in_words(value)
        if key in _NAMED_BY_ID:
            return translate(self._labels.get(value, value))
        return value if key in _WRITTEN_AS_IT_IS else translate(value)


def _condition_lines(words: Words, depth: int) -> Iterator[TextLine]:
    yield TextLine(depth, words.line)
    for part in words.parts:
        yield from _condition_lines(part, depth + 1)


def _labels(rulebook: Rulebook) -> dict[str, str]:
    """Id → what people call it, for the ids by which entries name each other."""
    about = rulebook.about
    vocabularies = (
        rulebook.sources.values(),
        rulebook.law.values(),
        rulebook.kinds.values(),
        rulebook.categories.values(),
        about.settings,
        about.jurisdictions,
        about.counties,
        about.professions,
        about.strengths,
        rulebook.charges.reliefs if rulebook.charges else (),
        rulebook.questions.values(),
    )
    return {each.id: name_of(each) for entries in vocabularies for each in entries}

"""What a reader of the rulebook would look for by hand: uses, sources, bands, words, and the age of the law."""

import re
from collections.abc import Iterator
from datetime import date

from screening.core.law_review import stale_notes
from screening.core.reading_grade import HIGHEST_GRADE, reading_grade, said_to_youths
from screening.core.rule_files import Fault, Origin, is_licensed
from screening.core.rule_index import Index
from screening.core.rule_proofs_places import every_shape
from screening.core.rule_users import users_of
from screening.core.rulebook import About, Instrument, Question, Reading, Rulebook

LONGEST_TOPIC = 15
"""The most words of an instrument's item. A topic fits; a sentence of a published form seldom does."""

_SPOKEN = re.compile(r"[?\"“”]|\b(?:you|your|yours|you've|you're)\b", re.IGNORECASE)


def upkeep_faults(rulebook: Rulebook, index: Index) -> list[Fault]:
    """All faults of this kind."""
    return [
        *_unused(rulebook, index),
        *_without_source(index),
        *_hard_to_read(index),
        *_not_in_spanish(index),
        *_broken_bands(index),
        *_more_than_topics(index),
    ]


def _unused(rulebook: Rulebook, index: Index) -> Iterator[Fault]:
    """Questions and definitions that nothing uses but mock cases. Free text is for people, who read it in the report."""
    for origin, question in index.all("question"):
        if question.kind != "text" and not _has_user(rulebook, question.id, "question"):
            fix = "write the indicator, need or action that it is asked for, or do not ask it"
            yield origin.fault("E305", f"nothing uses the question '{question.id}'", fix)
    for origin, entry in index.all("indicator"):
        if entry.id in rulebook.definitions and not _has_user(rulebook, entry.id, "indicator"):
            fix = "name it in a condition, or take it out"
            yield origin.fault("E305", f"nothing uses the definition '{entry.id}'", fix)


def _has_user(rulebook: Rulebook, id: str, kind: str) -> bool:
    return any(use.kind != "mock case" for use in users_of(rulebook, id, kind))


def _without_source(index: Index) -> Iterator[Fault]:
    for held in every_shape(index):
        if "sources" in type(held.shape).model_fields and not getattr(held.shape, "sources", None):
            fix = "name what it rests on; the house's own consensus is a source too, written down as such"
            yield held.origin.fault("E306", f"'{held.owner}' names no source", fix, "sources")


def _hard_to_read(index: Index) -> Iterator[Fault]:
    """What a youth hears. A licensed tool's own wording may not be changed, whatever its grade."""
    for origin, path, text in said_to_youths(index):
        grade = reading_grade(text)
        if grade > HIGHEST_GRADE and not is_licensed(origin.file.name):
            message = f"a youth hears this, and it reads at grade {grade:.1f}: {text!r}"
            fix = f"use shorter words and sentences, down to grade {HIGHEST_GRADE:g}"
            yield origin.fault("E307", message, fix, *path)


def _not_in_spanish(index: Index) -> Iterator[Fault]:
    """What a youth hears in English only. The agency's own licensed tools may exist in no Spanish form."""
    for origin, question in index.all("question"):
        if question.youth_text is not None and not is_licensed(origin.file.name):
            yield from _question_not_in_spanish(index, origin, question)
    for origin, notice in index.entries.listed(About, "rights_notices"):
        heard, spanish = len(notice.heard), len(notice.spanish or ())
        if heard != spanish and not is_licensed(origin.file.name):
            message = f"a youth hears {heard} lines of the rights notice of '{notice.jurisdiction}', and {spanish} in Spanish"
            fix = 'write under spanish one line for each line that does not begin with "For staff", in that order'
            yield origin.fault("E311", message, fix, "spanish" if notice.spanish else "text")


def _question_not_in_spanish(index: Index, origin: Origin, question: Question) -> Iterator[Fault]:
    if question.youth_spanish is None:
        message = f"the question '{question.id}' is put to a youth in English only"
        fix = "write youth_spanish: what youth_text says, in plain Spanish"
        yield origin.fault("E311", message, fix, "youth_text")
    if len(question.ask_like) != len(question.ask_like_spanish):
        message = (
            f"the question '{question.id}' has {len(question.ask_like)} ways to ask in English "
            f"and {len(question.ask_like_spanish)} in Spanish"
        )
        fix = "write under ask_like_spanish one way for each line of ask_like, in that order"
        yield origin.fault("E311", message, fix, "ask_like" if question.ask_like else "ask_like_spanish")
    counties = index.ids.get("county", {})
    for number, option in enumerate(question.options):
        if option.spanish is None and option.id not in counties:
            message = f"a youth hears the option '{option.id}' of '{question.id}' in English only"
            fix = "write spanish: what its label says, in plain Spanish"
            yield origin.fault("E311", message, fix, "options", number)


def _broken_bands(index: Index) -> Iterator[Fault]:
    for origin, tool in index.all("instrument"):
        highest = sum(item.points for item in tool.items)
        for number, reading in enumerate(tool.readings):
            problem = _gap_or_overlap(reading, highest)
            if problem is not None:
                message = f"in the reading '{reading.id}' of '{tool.id}' (scores 0 to {highest}), {problem}"
                fix = "let each band begin where the one before ends: at_least is in the band, below is not"
                yield origin.fault("E308", message, fix, "readings", number, "bands")


def _gap_or_overlap(reading: Reading, highest: int) -> str | None:
    for score in range(highest + 1):
        held = [f"'{band.id}'" for band in reading.bands if band.holds(score)]
        if len(held) != 1:
            return f"the score {score} lies in {' and '.join(held) or 'no band'}"
    return None


def _more_than_topics(index: Index) -> Iterator[Fault]:
    for origin, tool in index.all("instrument"):
        if not is_licensed(origin.file.name):
            yield from _spoken_items(origin, tool)


def _spoken_items(origin: Origin, tool: Instrument) -> Iterator[Fault]:
    """Items name topics in our own few words: no question, no quotation, nothing said to a person."""
    for number, item in enumerate(tool.items):
        if _SPOKEN.search(item.label) or len(item.label.split()) > LONGEST_TOPIC:
            message = f"the item '{item.id}' of '{tool.id}' is worded like a form, not named by its topic"
            fix = f"name the topic in your own words, {LONGEST_TOPIC} at most; no published wording is copied here"
            yield origin.fault("E309", message, fix, "items", number, "label")


def law_to_review(rulebook: Rulebook, index: Index, today: date) -> list[Fault]:
    """The notes of law that ``law_review`` finds stale on that day, each where it stands."""
    places = {note.id: origin for origin, note in index.all("note of law")}
    fix = "read the law again; correct the note where it changed, and write the new verified_on and source"
    return [
        places[each.note.id].fault(
            "E310",
            f"the note of law '{each.note.id}' was verified on {each.verified_on} and rests on a copy of {each.oldest_copy}",
            fix,
            "verified_on",
        )
        for each in stale_notes(rulebook, today)
    ]

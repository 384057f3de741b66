"""How many years of school a text asks of whoever hears it, and which texts a youth hears.

The grade is the Flesch-Kincaid grade level (Kincaid and others, 1975): 0.39 times the words in a sentence, plus 11.8
times the syllables in a word, less 15.59. The library counts syllables by rule and with a list of exceptions, without a
dictionary to fetch. Its own grade is not used: it gives short words such as "the" and "me" no syllable at all, which
makes a text look easier than it is.
"""

import re
from collections.abc import Iterator

from readability.langdata import LANGDATA

from screening.core.placement_shapes import PlacementGuide
from screening.core.rule_files import Origin
from screening.core.rule_index import Index
from screening.core.rulebook import About, Question
from screening.core.yaml_files import Path_

HIGHEST_GRADE = 5.0
"""What is said to a youth reads at this grade or below: a rule of the house (rules/README.md)."""


def reading_grade(text: str) -> float:
    """The Flesch-Kincaid grade of a text of one or more sentences; of nothing, no grade (0)."""
    sentences = [words for part in re.split(r"[.?!]", text) if (words := re.findall(r"[\w'-]+", part))]
    words = [word for sentence in sentences for word in sentence]
    if not words:
        return 0.0
    syllables = sum(max(1, int(LANGDATA["en"]["syllables"](word.lower()))) for word in words)
    return 0.39 * len(words) / len(sentences) + 11.8 * syllables / len(words) - 15.59


def said_to_youths(index: Index) -> Iterator[tuple[Origin, Path_, str]]:
    """Every text that a youth hears, with its place.

    Questions, gentler ways to ask, options, rights notices, the youth's page, the offer of an advocate.
    Options are heard one after the other after their question, and are measured so. Names of counties are names, in
    no grade, and are left out.
    """
    counties = index.ids.get("county", {})
    for origin, question in index.all("question"):
        if question.youth_text is None:
            continue
        yield origin, ("youth_text",), question.youth_text
        for number, text in enumerate(question.ask_like):
            yield origin, ("ask_like", number), text
        heard = [option.label for option in question.options if option.id not in counties]
        if heard:
            yield origin, ("options",), ". ".join([_ended(question), *heard])
    for origin, notice in index.entries.listed(About, "rights_notices"):
        for number, text in notice.heard:
            yield origin, ("text", number), text
    for origin, sheet in index.all("sheet"):
        if sheet.for_youth:
            yield origin, ("lead",), sheet.lead
            for place, block in enumerate(sheet.texts):
                for number, line in enumerate(block.lines):
                    yield origin, ("texts", place, "lines", number), line
    for file, guide in index.entries.of(PlacementGuide):
        if guide.advocate is not None:
            for number, text in enumerate(guide.advocate.youth_text):
                yield Origin(file, ("advocate",)), ("youth_text", number), text
            for number, note in enumerate(guide.advocate.setting_notes):
                yield Origin(file, ("advocate", "setting_notes", number)), ("youth_text",), note.youth_text


def _ended(question: Question) -> str:
    return str(question.youth_text).rstrip(".?! ")

"""Reasons in words: every word the criteria have can be said, with nothing left blank, and unknown is asked about."""

from collections.abc import Iterator

import pytest
from result_text import speaking_app

from screening.core.criteria import Reason
from screening.core.matching import criteria_of
from screening.core.rulebook import Rulebook, Service
from screening.web.matching_words import checked_in_words, question_in_words, reason_in_words


@pytest.fixture(scope="module", autouse=True)
def english(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with speaking_app(tmp_path_factory.mktemp("speaking")).test_request_context():
        yield


def service(rulebook: Rulebook, **changes: object) -> Service:
    first = next(iter(rulebook.services.values()))
    return first.model_copy(
        update={"minimum_age": 12, "maximum_age": 17, "genders_served": ("girls",), **changes}
    )


def test_whatever_can_be_said_is_said_without_blanks(rulebook):
    asked, spoken = service(rulebook, referred_by=("law_enforcement",)), []
    for criterion in criteria_of(rulebook):
        for verdict in ("met", "missed", "unknown", "note"):
            for is_open in (False, True):
                reason = Reason(criterion, verdict, is_open=is_open)
                words = reason_in_words(reason, asked, rulebook)
                assert bool(words) == bool(reason.words)
                spoken += [words, question_in_words(reason, asked, rulebook)]
    assert len(set(spoken)) > 20
    assert not [words for words in spoken if "{" in words or "%(" in words]


def test_the_blanks_are_filled_from_the_entry(rulebook):
    told = " ".join(
        reason_in_words(Reason(criterion, "missed"), service(rulebook), rulebook)
        for criterion in criteria_of(rulebook)
    )
    assert "ages 12 to 17" in told
    assert "girls" in told


def test_what_an_entry_does_not_say_is_asked_as_the_feature_says(rulebook):
    features = {feature.id: feature for feature in rulebook.placement.features}
    found = [each for each in criteria_of(rulebook) if each.feature in features]
    assert found
    for criterion in found:
        unsaid, missed = Reason(criterion, "unknown"), Reason(criterion, "missed")
        assert question_in_words(unsaid, service(rulebook), rulebook) == features[criterion.feature].ask
        assert question_in_words(missed, service(rulebook), rulebook) == reason_in_words(
            missed, service(rulebook), rulebook
        )


def test_only_a_call_makes_an_entry_verified(rulebook):
    entry = service(rulebook)
    assert checked_in_words(entry).startswith("Not yet verified by phone")
    assert checked_in_words(entry.model_copy(update={"verified_on": entry.as_of})).startswith("Verified on")

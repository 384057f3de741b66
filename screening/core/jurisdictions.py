"""Which state's law counts: the states a screening can be opened in, and a youth who was found in another one."""

from dataclasses import dataclass

from screening.core.evaluation import Assessment
from screening.core.rulebook import Call, County, Jurisdiction, Rulebook


@dataclass(frozen=True, slots=True)
class OfferedStates:
    """The states a screening can be opened in.

    Attributes:
        usual: those offered first, at most a handful.
        others: all others, by name.
    """

    usual: tuple[Jurisdiction, ...]
    others: tuple[Jurisdiction, ...]

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of all of them."""
        return tuple(state.id for state in (*self.usual, *self.others))


def offered_states(rulebook: Rulebook, home: str = "") -> OfferedStates:
    """The innermost jurisdictions, the usual ones first.

    Usual is the installation's home state, first of all, and every state whose counties the rulebook names: its rules
    were written for that area. Where that leaves nothing apart, all are usual.
    """
    outer = {place.within for place in rulebook.about.jurisdictions}
    states = [place for place in rulebook.about.jurisdictions if place.id not in outer]
    known = {county.jurisdiction for county in rulebook.about.counties} | {home}
    usual = tuple(
        sorted((state for state in states if state.id in known), key=lambda state: state.id != home)
    )
    others = tuple(
        sorted((state for state in states if state.id not in known), key=lambda state: state.label)
    )
    return OfferedStates(usual, others) if usual else OfferedStates(others, ())


@dataclass(frozen=True, slots=True)
class FoundElsewhere:
    """The youth was found outside the state whose law a screening shows.

    Attributes:
        shown: the state of the screening.
        county: where the youth was found; none if only that it was in another state or country.
        found: the state of that county.
    """

    shown: Jurisdiction
    county: County | None
    found: Jurisdiction | None


def found_elsewhere(assessment: Assessment, jurisdiction: str) -> FoundElsewhere | None:
    """Compare where the youth was found with the state of the screening; nothing if they agree, or nobody knows.

    The first county question of the rulebook's profile says where the youth was found. An answer that is no county
    means *somewhere else*: it agrees with a state whose counties the rulebook does not name.
    """
    rulebook = assessment.rulebook
    shown = rulebook.jurisdictions.get(jurisdiction)
    answer = assessment.answers.get(rulebook.profile.counties[0])
    if shown is None or answer is None or answer.state != "known":
        return None
    counties = {county.id: county for county in rulebook.about.counties}
    county = counties.get(str(answer.value))
    if county is None:
        named = any(each.jurisdiction == jurisdiction for each in counties.values())
        return FoundElsewhere(shown, None, None) if named else None
    if county.jurisdiction in rulebook.applicable_jurisdictions(jurisdiction):
        return None
    return FoundElsewhere(shown, county, rulebook.jurisdictions[county.jurisdiction])


def calls_only_there(rulebook: Rulebook, elsewhere: FoundElsewhere) -> tuple[Call, ...]:
    """Whom the interruptions say to call in the state where the youth was found, and in no other: its hotline."""
    if elsewhere.found is None:
        return ()
    calls = (call for each in rulebook.concern.interruptions for call in each.calls)
    there = {
        call.number: call
        for call in calls
        if call.jurisdictions is not None and elsewhere.found.id in call.jurisdictions
    }
    return tuple(there.values())

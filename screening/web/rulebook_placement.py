"""The criteria of a place as the explorer tells them: by what a miss does, and in words what silence means and how they rank."""

from collections.abc import Mapping

from screening.core.matching import criteria_of
from screening.core.placement_shapes import Criterion, Effect
from screening.core.rulebook import Rulebook
from screening.web.spoken import N_
from screening.web.spoken import gettext as _

EFFECTS: Mapping[Effect, tuple[str, str]] = {
    "exclude": (N_("What rules a service out"), N_("A miss rules the service out, and the reason is shown.")),
    "ask": (
        N_("What must be asked first"),
        N_("After a miss somebody calls before anybody relies on the service."),
    ),
    "route": (N_("What comes before any place"), N_("It is said beside every place to stay.")),
    "prefer": (N_("What ranks a service up"), N_("A miss rules nothing out.")),
    "warn": (N_("What is warned of"), N_("The warning stands beside the service.")),
    "show": (N_("What is shown and decides nothing"), N_("People weigh it, the youth above all.")),
}
"""What a miss does → heading and sentence, in the order of the page."""

_UNKNOWN = {
    "ask": N_("it is asked"),
    "homes": N_("places to stay are asked; others pass"),
    "tell": N_("that is said beside it"),
    "ignore": N_("nothing follows"),
}
_WEIGHTS = {
    "first": N_("before all others, in this order"),
    "high": N_("much"),
    "normal": N_("somewhat"),
}


def criteria_by_effect(rulebook: Rulebook) -> dict[Effect, tuple[Criterion, ...]]:
    """The criteria of an edition by what a miss does; groups without any are left out."""
    criteria = criteria_of(rulebook)
    grouped = {effect: tuple(each for each in criteria if each.effect == effect) for effect in EFFECTS}
    return {effect: each for effect, each in grouped.items() if each}


def unknown_in_words(criterion: Criterion) -> str:
    """What follows where an entry says nothing."""
    return _(_UNKNOWN[criterion.unknown])


def weight_in_words(criterion: Criterion) -> str:
    """How much a preference ranks a service up."""
    return _(_WEIGHTS[criterion.weight])

"""The form that opens a screening: where it is done, under which state's law, and the agency's own case number."""

from collections.abc import Mapping
from functools import lru_cache

from flask_babel import lazy_gettext
from wtforms import Field, Form, StringField, ValidationError
from wtforms.validators import AnyOf, Length, Optional, Regexp

from screening.core.jurisdictions import OfferedStates, offered_states
from screening.core.rulebook import Jurisdiction, Rulebook
from screening.web.security import one_line
from screening.web.spoken import translate

LONGEST_YOUTH_REF = 60
ANOTHER_STATE = "another"
"""The answer that sends to the list of all other states. No id of a place: those begin with their nation's."""


class StateFields(Form):
    """The choice of a state: one of the usual ones, or another one from a list. Exactly one of the two counts."""

    offered: OfferedStates

    def validate_other_state(self, field: Field) -> None:
        """Refuse a list left empty, and a state chosen twice: then nobody knows which one was meant."""
        another = self["jurisdiction"].data == ANOTHER_STATE
        if another and field.data not in [state.id for state in self.offered.others]:
            raise ValidationError(lazy_gettext("Choose the other state from the list"))
        if field.data and not another:
            raise ValidationError(
                lazy_gettext(
                    "A state is chosen above and another one in this list. Choose “Another state”, or empty the list"
                )
            )

    @property
    def state(self) -> str:
        """The id of the chosen state, once the form is valid."""
        chosen = self["other_state" if self["jurisdiction"].data == ANOTHER_STATE else "jurisdiction"].data
        return str(chosen)


@lru_cache(maxsize=16)
def new_screening_form(rulebook: Rulebook, home: str) -> type[StateFields]:
    """The form class for opening a screening. Built once per rulebook and home state."""
    states = offered_states(rulebook, home)
    elsewhere = [ANOTHER_STATE] if states.others else []

    class NewScreening(StateFields):
        offered = states
        setting = StringField(
            validators=[AnyOf(rulebook.settings, lazy_gettext("Choose where the screening is done"))]
        )
        youth_ref = StringField(
            filters=[one_line],
            validators=[
                Optional(),
                Length(max=LONGEST_YOUTH_REF, message=lazy_gettext("Use at most %(max)d characters")),
                # A name has no digit; a case number has. Cheap, and it keeps most names out.
                Regexp(
                    r".*\d", message=lazy_gettext("A case number has a digit in it. Never enter a name here")
                ),
            ],
        )
        jurisdiction = StringField(
            validators=[AnyOf([*states.ids, *elsewhere], lazy_gettext("Choose the state"))]
        )
        other_state = StringField()

    return NewScreening


def state_choices(offered: OfferedStates) -> Mapping[str, list[tuple[str, str]]]:
    """The states by field, with their names."""

    def named(states: tuple[Jurisdiction, ...]) -> list[tuple[str, str]]:
        return [(state.id, translate(state.label)) for state in states]

    return {"jurisdiction": named(offered.usual), "other_state": named(offered.others)}


def state_hints(offered: OfferedStates) -> list[str]:
    """What the rulebook says about choosing between the usual states, each once."""
    return list(dict.fromkeys(translate(state.hint) for state in offered.usual if state.hint))

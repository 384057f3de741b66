"""Who acts and what each role may do. Every verb asks ``require`` first; what is not in the table is refused."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Refusal(Exception):
    """An operation that cannot be done as asked. The message is fit to be shown; nothing was changed."""


class PermissionRefused(Refusal):
    """This person's role does not include the verb, or nobody is signed in."""


class Role(StrEnum):
    """What a user is in their agency."""

    INTAKE_STAFF = "intake_staff"
    CPS_WORKER = "cps_worker"
    SUPERVISOR = "supervisor"
    ADMINISTRATOR = "administrator"
    RULEBOOK_PUBLISHER = "rulebook_publisher"
    DIRECTORY_EDITOR = "directory_editor"
    GUEST = "guest"
    """Somebody outside the agency, through the link of one hand-off or one question for a bed. See ``ACCOUNT_ROLES``."""


ACCOUNT_ROLES = tuple(role for role in Role if role is not Role.GUEST)
"""The roles an account can have."""


class Verb(StrEnum):
    """Everything that needs a permission."""

    OPEN_SCREENING = "open_screening"
    VIEW_SCREENING = "view_screening"
    SAVE_STATEMENTS = "save_statements"
    COMPLETE_SCREENING = "complete_screening"
    REOPEN_SCREENING = "reopen_screening"
    LIST_SCREENINGS = "list_screenings"
    SEE_CASE_NUMBERS = "see_case_numbers"
    MANAGE_USERS = "manage_users"
    FOLLOW_UP = "follow_up"
    HAND_OFF = "hand_off"
    ANSWER_HAND_OFF = "answer_hand_off"
    REMIND = "remind"
    REVIEW_SCREENING = "review_screening"
    VIEW_EDITIONS = "view_editions"
    OFFER_RULEBOOK = "offer_rulebook"
    PUBLISH_RULEBOOK = "publish_rulebook"
    VIEW_DIRECTORY = "view_directory"
    SEE_CONFIDENTIAL_PLACES = "see_confidential_places"
    EDIT_DIRECTORY = "edit_directory"
    REPORT_DIRECTORY_ERROR = "report_directory_error"
    REPORT_BEDS = "report_beds"
    ANSWER_BED_REQUEST = "answer_bed_request"
    COUNT_UNMET_NEED = "count_unmet_need"


_SCREENING = frozenset(
    {
        Verb.OPEN_SCREENING,
        Verb.VIEW_SCREENING,
        Verb.SAVE_STATEMENTS,
        Verb.COMPLETE_SCREENING,
        Verb.REOPEN_SCREENING,
        Verb.LIST_SCREENINGS,
        Verb.SEE_CASE_NUMBERS,
        Verb.FOLLOW_UP,
        Verb.HAND_OFF,
        Verb.ANSWER_HAND_OFF,
        Verb.VIEW_EDITIONS,  # the rules people are screened by are open to all who work with them
        Verb.VIEW_DIRECTORY,
        Verb.SEE_CONFIDENTIAL_PLACES,  # whoever places a youth must know what is not advertised
        Verb.REPORT_DIRECTORY_ERROR,
        Verb.REPORT_BEDS,
    }
)
ALLOWED: Mapping[Role, frozenset[Verb]] = {
    Role.INTAKE_STAFF: _SCREENING,
    Role.CPS_WORKER: _SCREENING,
    Role.SUPERVISOR: _SCREENING | {Verb.REVIEW_SCREENING, Verb.REMIND, Verb.COUNT_UNMET_NEED},
    # Whoever runs the accounts sees that work is done, not on whom. Reminding marks what nobody answered and shows nothing.
    Role.ADMINISTRATOR: frozenset(
        {
            Verb.LIST_SCREENINGS,
            Verb.MANAGE_USERS,
            Verb.VIEW_EDITIONS,
            Verb.REMIND,
            Verb.VIEW_DIRECTORY,
            Verb.REPORT_DIRECTORY_ERROR,
            Verb.COUNT_UNMET_NEED,  # counts with small ones suppressed, never whom they are of
        }
    ),
    # Whoever answers for the rules sees under which of them work is done, not on whom.
    Role.RULEBOOK_PUBLISHER: frozenset(
        {
            Verb.LIST_SCREENINGS,
            Verb.VIEW_EDITIONS,
            Verb.OFFER_RULEBOOK,
            Verb.PUBLISH_RULEBOOK,
            Verb.VIEW_DIRECTORY,
            Verb.REPORT_DIRECTORY_ERROR,
        }
    ),
    # Whoever keeps the directory sees that work is done, not on whom: the list of screenings is where everybody begins.
    Role.DIRECTORY_EDITOR: frozenset(
        {
            Verb.LIST_SCREENINGS,
            Verb.VIEW_EDITIONS,
            Verb.VIEW_DIRECTORY,
            Verb.SEE_CONFIDENTIAL_PLACES,
            Verb.EDIT_DIRECTORY,
            Verb.REPORT_DIRECTORY_ERROR,
            Verb.REPORT_BEDS,
        }
    ),
    Role.GUEST: frozenset({Verb.ANSWER_HAND_OFF, Verb.ANSWER_BED_REQUEST}),
}


@dataclass(frozen=True, slots=True)
class Actor:
    """The person at the keyboard, for one transaction.

    ``stamp`` is that of the account at sign-in (see ``accounts.actor_for``); it is no part of who the person is.
    """

    user_id: str
    name: str
    role: Role
    agency_id: str
    stamp: str = field(default="", repr=False, compare=False)


SYSTEM = "system"
"""Stands in the journal for the installation itself, acting from the command line."""


def system_actor(agency_id: str) -> Actor:
    """The installation acting within one agency, before or beside any person: it manages users and sees no screening."""
    return Actor(SYSTEM, "System", Role.ADMINISTRATOR, agency_id)


def may(actor: Actor | None, verb: Verb) -> bool:
    """Whether the verb is open to the actor. Nobody at all may do nothing."""
    return actor is not None and verb in ALLOWED[actor.role]


def require(actor: Actor | None, verb: Verb) -> Actor:
    """The actor, if the verb is open to them. Raises PermissionRefused."""
    if actor is None or not may(actor, verb):
        raise PermissionRefused(
            "Your account is not set up for this. If you need it for your work, ask your supervisor."
        )
    return actor

"""What the journal can say: every action, and the exact detail fields each takes. Never personal data."""

import re
from collections.abc import Mapping
from enum import StrEnum

from screening.store.faults import JournalFault

Detail = Mapping[str, str | int]


class AuditAction(StrEnum):
    """What was done, as ``subject.verb``."""

    AGENCY_FOUNDED = "agency.founded"
    DEMONSTRATION_LOADED = "demonstration.loaded"
    KEYS_ROTATED = "keys.rotated"
    RULEBOOK_KEPT = "rulebook.kept"
    USER_CREATED = "user.created"
    USER_DEACTIVATED = "user.deactivated"
    USER_PASSWORD_CHANGED = "user.password_changed"  # noqa: S105 - the name of an action
    USER_SIGNED_IN = "user.signed_in"
    USER_SIGN_IN_FAILED = "user.sign_in_failed"
    SCREENING_OPENED = "screening.opened"
    SCREENING_VIEWED = "screening.viewed"
    SCREENING_LISTED = "screening.listed"
    SCREENING_SEARCHED = "screening.searched"
    SCREENING_RECOGNISED = "screening.recognised"
    SCREENING_COMPLETED = "screening.completed"
    SCREENING_REOPENED = "screening.reopened"
    STATEMENTS_SAVED = "statements.saved"


DETAIL_FIELDS: Mapping[AuditAction, Mapping[str, type[str] | type[int]]] = {
    AuditAction.AGENCY_FOUNDED: {"demonstration": int},
    AuditAction.DEMONSTRATION_LOADED: {"screenings": int},
    AuditAction.KEYS_ROTATED: {"screenings": int},
    AuditAction.RULEBOOK_KEPT: {"version": str, "files": int},
    AuditAction.USER_CREATED: {"role": str},
    AuditAction.USER_DEACTIVATED: {},
    AuditAction.USER_PASSWORD_CHANGED: {},
    AuditAction.USER_SIGNED_IN: {},
    AuditAction.USER_SIGN_IN_FAILED: {"failures": int},
    AuditAction.SCREENING_OPENED: {"setting": str, "jurisdiction": str, "rulebook": str},
    AuditAction.SCREENING_VIEWED: {},
    AuditAction.SCREENING_LISTED: {},
    AuditAction.SCREENING_SEARCHED: {"found": int},
    AuditAction.SCREENING_RECOGNISED: {},
    AuditAction.SCREENING_COMPLETED: {},
    AuditAction.SCREENING_REOPENED: {},
    AuditAction.STATEMENTS_SAVED: {"kept": int, "first": int, "last": int, "rows": str},
}
"""``statements.saved``: how many were kept, under which numbers, and a digest over the rows as they were stored."""

_PLAIN_WORD = re.compile(r"[A-Za-z0-9_.:+-]{1,128}")


def checked_detail(action: AuditAction, detail: Detail) -> Detail:
    """The detail as it is, if it has exactly the fields of the action.

    Raises JournalFault: a field missing, one too many, of another type, or a text that is more than an id or a version. The
    last keeps names, case numbers and answers out of the journal even by mistake.
    """
    fields = DETAIL_FIELDS[action]
    if detail.keys() != fields.keys():
        raise JournalFault(f"{action} takes exactly the fields {sorted(fields)}, not {sorted(detail)}")
    for name, value in detail.items():
        if type(value) is not fields[name]:
            raise JournalFault(f"{action}: the field '{name}' must be of type {fields[name].__name__}")
        if isinstance(value, str) and not _PLAIN_WORD.fullmatch(value):
            raise JournalFault(
                f"{action}: the field '{name}' may hold an id, a version or a digest, nothing else"
            )
    return detail

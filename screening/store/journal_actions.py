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
    RULEBOOK_OFFERED = "rulebook.offered"
    RULEBOOK_PUBLISHED = "rulebook.published"
    RULEBOOK_ROLLED_BACK = "rulebook.rolled_back"
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
    CHARGE_ADDED = "charge.added"
    CHARGE_WITHDRAWN = "charge.withdrawn"
    CHARGE_RESTORED = "charge.restored"
    EVENT_RECORDED = "event.recorded"
    DUTIES_RAISED = "duties.raised"
    DUTIES_LISTED = "duties.listed"
    DUTY_ASSIGNED = "duty.assigned"
    DUTY_DONE = "duty.done"
    DUTY_NOT_DONE = "duty.not_done"
    DUTY_REOPENED = "duty.reopened"
    SHEET_VIEWED = "sheet.viewed"
    HAND_OFF_OFFERED = "hand_off.offered"
    HAND_OFF_OPENED = "hand_off.opened"
    HAND_OFF_CODE_FAILED = "hand_off.code_failed"
    HAND_OFF_ACKNOWLEDGED = "hand_off.acknowledged"
    HAND_OFF_DECLINED = "hand_off.declined"
    HAND_OFF_DONE = "hand_off.done"
    HAND_OFF_WITHDRAWN = "hand_off.withdrawn"
    HAND_OFF_ESCALATED = "hand_off.escalated"
    HAND_OFFS_LISTED = "hand_offs.listed"
    REVIEW_RECORDED = "review.recorded"
    DIRECTORY_ENTRIES_SAVED = "directory.entries_saved"
    DIRECTORY_IMPORTED = "directory.imported"
    DIRECTORY_EXPORTED = "directory.exported"
    DIRECTORY_LISTED = "directory.listed"
    DIRECTORY_CONFIDENTIAL_VIEWED = "directory.confidential_viewed"
    DIRECTORY_ENTRY_EDITED = "directory.entry_edited"
    DIRECTORY_ENTRY_CHECKED = "directory.entry_checked"
    DIRECTORY_ENTRIES_JOINED = "directory.entries_joined"
    DIRECTORY_ERROR_REPORTED = "directory.error_reported"
    DIRECTORY_ERROR_CLOSED = "directory.error_closed"
    BEDS_REPORTED = "beds.reported"
    BEDS_ASKED_FOR = "beds.asked_for"
    BED_LINK_OPENED = "beds.link_opened"
    BED_LINK_CODE_FAILED = "beds.link_code_failed"
    BED_REQUEST_ANSWERED = "beds.answered"
    BED_REQUEST_CLOSED = "beds.request_closed"
    CONTACT_TRIED = "contact.tried"
    REFERRAL_MADE = "referral.made"
    REFERRAL_STEP_RECORDED = "referral.step_recorded"
    REFERRALS_LISTED = "referrals.listed"
    STAY_RECORDED = "stay.recorded"
    STAY_ENDED = "stay.ended"
    STAY_WITHDRAWN = "stay.withdrawn"
    UNMET_NEED_RECORDED = "unmet_need.recorded"
    UNMET_NEED_MET = "unmet_need.met"
    UNMET_NEED_WITHDRAWN = "unmet_need.withdrawn"
    UNMET_NEEDS_COUNTED = "unmet_needs.counted"


DETAIL_FIELDS: Mapping[AuditAction, Mapping[str, type[str] | type[int]]] = {
    AuditAction.AGENCY_FOUNDED: {"demonstration": int},
    AuditAction.DEMONSTRATION_LOADED: {"screenings": int},
    AuditAction.KEYS_ROTATED: {"screenings": int},
    AuditAction.RULEBOOK_KEPT: {"version": str, "files": int},
    AuditAction.RULEBOOK_OFFERED: {"version": str, "files": int, "licensed": int, "cases": int},
    AuditAction.RULEBOOK_PUBLISHED: {"sequence": int, "replaces": str, "row": str},
    AuditAction.RULEBOOK_ROLLED_BACK: {"sequence": int, "replaces": str, "row": str},
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
    AuditAction.CHARGE_ADDED: {"charge": str},
    AuditAction.CHARGE_WITHDRAWN: {"charge": str},
    AuditAction.CHARGE_RESTORED: {"charge": str},
    AuditAction.EVENT_RECORDED: {"event": str, "sequence": int},
    AuditAction.DUTIES_RAISED: {"raised": int, "lapsed": int},
    AuditAction.DUTIES_LISTED: {},
    AuditAction.DUTY_ASSIGNED: {"duty": str},
    AuditAction.DUTY_DONE: {"duty": str},
    AuditAction.DUTY_NOT_DONE: {"duty": str},
    AuditAction.DUTY_REOPENED: {"duty": str},
    AuditAction.SHEET_VIEWED: {"sheet": str},
    AuditAction.HAND_OFF_OFFERED: {"hand_off": str, "sheet": str},
    AuditAction.HAND_OFF_OPENED: {"hand_off": str},
    AuditAction.HAND_OFF_CODE_FAILED: {"hand_off": str, "failures": int},
    AuditAction.HAND_OFF_ACKNOWLEDGED: {"hand_off": str},
    AuditAction.HAND_OFF_DECLINED: {"hand_off": str},
    AuditAction.HAND_OFF_DONE: {"hand_off": str},
    AuditAction.HAND_OFF_WITHDRAWN: {"hand_off": str},
    AuditAction.HAND_OFF_ESCALATED: {"hand_off": str},
    AuditAction.HAND_OFFS_LISTED: {},
    AuditAction.REVIEW_RECORDED: {"sequence": int, "decision": str},
    AuditAction.DIRECTORY_ENTRIES_SAVED: {"kind": str, "added": int, "changed": int},
    AuditAction.DIRECTORY_IMPORTED: {
        "added": int,
        "changed": int,
        "unchanged": int,
        "left_source": int,
        "faults": int,
    },
    AuditAction.DIRECTORY_EXPORTED: {"format": str, "services": int, "confidential": int},
    AuditAction.DIRECTORY_LISTED: {"kind": str, "found": int},
    AuditAction.DIRECTORY_CONFIDENTIAL_VIEWED: {},
    AuditAction.DIRECTORY_ENTRY_EDITED: {"kind": str, "fields": int},
    AuditAction.DIRECTORY_ENTRY_CHECKED: {"outcome": str},
    AuditAction.DIRECTORY_ENTRIES_JOINED: {"kept": str},
    AuditAction.DIRECTORY_ERROR_REPORTED: {"error": str},
    AuditAction.DIRECTORY_ERROR_CLOSED: {"error": str, "status": str},
    AuditAction.BEDS_REPORTED: {"status": str},
    AuditAction.BEDS_ASKED_FOR: {"request": str, "places": int},
    AuditAction.BED_LINK_OPENED: {"place": str},
    AuditAction.BED_LINK_CODE_FAILED: {"place": str, "failures": int},
    AuditAction.BED_REQUEST_ANSWERED: {"place": str, "answer": str},
    AuditAction.BED_REQUEST_CLOSED: {"request": str, "status": str},
    AuditAction.CONTACT_TRIED: {"attempt": str, "outcome": str},
    AuditAction.REFERRAL_MADE: {"referral": str, "need": str},
    AuditAction.REFERRAL_STEP_RECORDED: {"referral": str, "step": str},
    AuditAction.REFERRALS_LISTED: {},
    AuditAction.STAY_RECORDED: {"stay": str, "place": str},
    AuditAction.STAY_ENDED: {"stay": str},
    AuditAction.STAY_WITHDRAWN: {"stay": str},
    AuditAction.UNMET_NEED_RECORDED: {"unmet": str, "need": str, "reason": str},
    AuditAction.UNMET_NEED_MET: {"unmet": str},
    AuditAction.UNMET_NEED_WITHDRAWN: {"unmet": str},
    AuditAction.UNMET_NEEDS_COUNTED: {"format": str},
}
"""``statements.saved``: how many were kept, under which numbers, and a digest over the rows as they were stored.
``rulebook.published`` and ``rulebook.rolled_back``: the publication's number, and a digest over its row; their subject is the
rulebook that counts from then on."""

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

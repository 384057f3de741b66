"""Publishing: an edition is brought in and checked, put into use by a named person, and taken back in one step.

What is published decides only what new screenings are opened under; those there are keep theirs. Nothing is ever removed:
going back is one more publication.
"""

import re
import unicodedata
from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple
from uuid import uuid4

from sqlalchemy import insert, select

from screening.core.loading import RulebookFaults, digest_of, load_files
from screening.core.rule_files import Fault, is_licensed
from screening.operations.actors import Actor, Refusal, Role, Verb, require, system_actor
from screening.operations.database import Database, Transaction
from screening.operations.rulebooks.checking import Check, CheckReport, read_report
from screening.operations.rulebooks.keeping import (
    EditionUnreadable,
    add_unless_there,
    keep_files,
    kept_rulebook,
)
from screening.store.journal_actions import AuditAction
from screening.store.models import Agency, RulebookOffer, RulebookPublication, User
from screening.store.publication_rows import publication_digest

LONGEST_REASON = 500
_VERSION = re.compile(r"[A-Za-z0-9_.:+-]{1,60}")
_LATEST = (
    select(RulebookPublication.digest, RulebookPublication.replaces, RulebookPublication.sequence)
    .order_by(RulebookPublication.sequence.desc())
    .limit(1)
)


class _Latest(NamedTuple):
    """An agency's last publication."""

    digest: str
    replaces: str
    sequence: int


class EditionRefused(Refusal):
    """An edition cannot be published or taken back like this; the message says why. Nothing was changed."""


def current_digest(tx: Transaction) -> str | None:
    """The edition the agency's new screenings are opened under; None while it has published none."""
    latest = _latest(tx)
    return None if latest is None else latest.digest


def offer_edition(db: Database, actor: Actor | None, files: Mapping[str, bytes], check: Check) -> CheckReport:
    """Check an edition and, if it is sound, keep it so that it can be published. Out: what the check found.

    The check runs outside any transaction, so that nobody waits for it. Offering an edition again changes nothing.
    Raises PermissionRefused, CheckImpossible.
    """
    person = require(actor, Verb.OFFER_RULEBOOK)
    report = check(files)
    if report.digest and not _VERSION.fullmatch(report.version):
        fix = "write a version of at most 60 letters, digits, dots, hyphens or underscores"
        message = "the version holds something that cannot stand in the journal"
        report = report.with_fault(Fault("rulebook.yaml", 1, "P001", message, fix))
    if not report.is_sound:
        return report
    digest = digest_of(files)
    with db.writing(person) as tx:
        keep_files(tx, digest, report.version, files)
        row = {
            "agency_id": person.agency_id,
            "digest": digest,
            "offered_by": person.user_id,
            "offered_at": tx.now,
            "licensed_files": sum(map(is_licensed, files)),
            "report": report.as_json(),
        }
        if add_unless_there(tx, RulebookOffer, row):
            tx.journal.record(
                AuditAction.RULEBOOK_OFFERED,
                digest,
                version=report.version,
                files=len(files),
                licensed=sum(map(is_licensed, files)),
                cases=len(report.cases),
            )
    return report


def publish_edition(tx: Transaction, digest: str, *, reason: str, fallback: str) -> None:
    """Open the agency's new screenings under an edition that was offered and found sound.

    In: why, in the publisher's words; and the digest of the rulebook the installation was started with, which counts
    while the agency has published nothing. Of two who publish at the same moment both are recorded, and the later counts.
    Raises EditionRefused, EditionUnreadable, PermissionRefused.
    """
    require(tx.actor, Verb.PUBLISH_RULEBOOK)
    reason = _checked_reason(reason)
    report = tx.session.execute(
        select(RulebookOffer.report).where(RulebookOffer.digest == digest)
    ).scalar_one_or_none()
    if report is None or not read_report(report).is_sound:
        raise EditionRefused(
            "Only an edition that was checked in your agency can be published. Check it first."
        )
    _ensure_it_loads(tx, digest)
    latest = _hold_latest(tx)
    replaced = fallback if latest is None else latest.digest
    _add(tx, latest, digest, replaced, reason, AuditAction.RULEBOOK_PUBLISHED)


def roll_back(tx: Transaction, *, current: str, reason: str) -> str:
    """Publish the edition that counted before the present one again, as a new entry. Out: its digest.

    In: the digest of the edition to be taken back, as the person saw it: who presses twice, or at the same moment as a
    colleague, does not go back and forth. Raises EditionRefused, EditionUnreadable, PermissionRefused.
    """
    require(tx.actor, Verb.PUBLISH_RULEBOOK)
    reason = _checked_reason(reason)
    latest = _hold_latest(tx)
    if latest is None:
        raise EditionRefused("Your agency has published nothing yet, so there is nothing to take back.")
    if latest.digest != current:
        raise EditionRefused(
            "Another edition has come into use meanwhile. Look at the list of editions again."
        )
    _ensure_it_loads(tx, latest.replaces)
    _add(tx, latest, latest.replaces, latest.digest, reason, AuditAction.RULEBOOK_ROLLED_BACK)
    return latest.replaces


def publisher_named(db: Database, *, agency: str, username: str) -> Actor:
    """The person of an agency (its name or its id) with this user name. For the command line, where nobody signs in.

    Raises EditionRefused: there is no such agency, or no such open account in it.
    """
    with db.reading(None) as tx:
        named = select(Agency.id).where((Agency.name == agency) | (Agency.id == agency))
        agency_id = tx.session.execute(named).scalar_one_or_none()
    if agency_id is None:
        raise EditionRefused("There is no agency with this name.")
    with db.reading(system_actor(agency_id)) as tx:
        people = select(User.id, User.name, User.role).where(
            User.username == unicodedata.normalize("NFKC", username).strip().casefold(), User.active.is_(True)
        )
        person = tx.session.execute(people).one_or_none()
    if person is None:
        raise EditionRefused("This agency has no open account with this user name.")
    return Actor(person.id, person.name, Role(person.role), agency_id)


def _latest(tx: Transaction) -> _Latest | None:
    row = tx.session.execute(_LATEST).one_or_none()
    return None if row is None else _Latest(*row)


def _hold_latest(tx: Transaction) -> _Latest | None:
    """The agency's last publication; its row is held, so that two who publish come one after the other."""
    agency = select(Agency.id).where(Agency.id == tx.session.agency_id).with_for_update(key_share=True)
    tx.session.execute(agency).one()
    return _latest(tx)


def _ensure_it_loads(tx: Transaction, digest: str) -> None:
    """A newer program may no longer read what it once found sound; then it must not come into use. Raises EditionUnreadable."""
    try:
        load_files(kept_rulebook(tx, digest).files, kept=True)
    except RulebookFaults:
        raise EditionUnreadable from None


def _add(
    tx: Transaction, latest: _Latest | None, digest: str, replaced: str, reason: str, action: AuditAction
) -> None:
    if digest == replaced:
        raise EditionRefused("This edition is in use already.")
    actor = require(tx.actor, Verb.PUBLISH_RULEBOOK)
    sequence = 1 if latest is None else latest.sequence + 1
    row: dict[str, str | int | datetime] = {
        "id": str(uuid4()),
        "agency_id": actor.agency_id,
        "sequence": sequence,
        "digest": digest,
        "published_by": actor.user_id,
        "published_at": tx.now,
        "reason": reason,
        "replaces": replaced,
    }
    tx.session.execute(insert(RulebookPublication), [row])
    tx.journal.record(action, digest, sequence=sequence, replaces=replaced, row=publication_digest(row))


def _checked_reason(reason: str) -> str:
    plain = " ".join(reason.split())
    if not 1 <= len(plain) <= LONGEST_REASON or not plain.isprintable():
        raise EditionRefused(f"Say why, in 1 to {LONGEST_REASON} characters.")
    return plain

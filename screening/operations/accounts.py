"""People who can sign in: making accounts, checking passwords, ending sign-ins.

Passwords are kept as argon2id hashes. A wrong password, an unknown name and an inactive account cost the same time and get
the same answer. Failures are counted on the account and journalled; what was typed is kept nowhere.
"""

import base64
import hmac
import re
import secrets
import unicodedata
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError
from sqlalchemy import Executable, Row, bindparam, insert, select, update

from screening.operations.actors import ALLOWED, Actor, Refusal, Role, Verb, require, system_actor
from screening.operations.database import Database, Transaction
from screening.store.journal_actions import AuditAction
from screening.store.models import Agency, User
from screening.store.scope import ACROSS_AGENCIES, AcrossAgencies

SHORTEST_PASSWORD = 12
LONGEST_PASSWORD = 1024
LONGEST_USERNAME = 64
LONGEST_NAME = 200
UNKNOWN_USER = "unknown"
"""The journal's subject of a failed sign-in whose name belongs to nobody. It may have been a password."""


_ID = re.compile(r"[a-z0-9-]{1,64}")
_USERNAME = re.compile(r"[\w.@-]{1,64}")


class AccountRefused(Refusal):
    """An account cannot be made or changed like this; the message says why."""


_COLUMNS = (User.id, User.name, User.role, User.agency_id, User.session_stamp, User.active)
_BY_NAME = select(*_COLUMNS, User.password_hash, User.failed_sign_ins).where(
    User.username == bindparam("username")
)
_BY_ID = select(*_COLUMNS).where(User.id == bindparam("user"))


def sign_in(db: Database, username: str, password: str) -> Actor | None:
    """The person with this name and password, or None: unknown, wrong or inactive, without saying which.

    The costly hashing happens outside any transaction, so that nobody else waits for it.
    """
    folded = _folded(username[: LONGEST_USERNAME + 1])
    password = password[: LONGEST_PASSWORD + 1]  # no password is longer, so a longer one still does not fit
    row = _look_up(db, _BY_NAME, username=folded) if _USERNAME.fullmatch(folded) else None
    fits = _verify(db.passwords, row.password_hash if row else _decoy(db.passwords), password)
    if row is None or not fits or not row.active:
        _note_failure(db, row)
        return None
    actor = _actor(row)
    renewed = (
        db.passwords.hash(_encoded(password)) if db.passwords.check_needs_rehash(row.password_hash) else None
    )
    with db.writing(actor) as tx:
        if row.failed_sign_ins or renewed:
            columns = {"failed_sign_ins": 0} | ({"password_hash": renewed} if renewed else {})
            tx.session.execute(update(User).where(User.id == actor.user_id).values(**columns))
        tx.journal.record(AuditAction.USER_SIGNED_IN, actor.user_id)
    return actor


def actor_for(db: Database, user_id: str, stamp: str) -> Actor | None:
    """The person of an open sign-in, as the account is now; None when the account is inactive or its stamp changed."""
    row = _look_up(db, _BY_ID, user=user_id) if _ID.fullmatch(user_id) else None
    if row is None or not row.active or not hmac.compare_digest(row.session_stamp.encode(), stamp.encode()):
        return None
    return _actor(row)


def create_user(tx: Transaction, *, username: str, name: str, role: Role, password: str) -> str:
    """Make an account in the actor's agency; out: its id.

    User names are unique in the whole installation and the same in capitals and small letters. Raises AccountRefused,
    PermissionRefused.
    """
    actor = require(tx.actor, Verb.MANAGE_USERS)
    wanted = _checked_username(username)
    _check_password(password, wanted)
    if not 1 <= len(name.strip()) <= LONGEST_NAME:
        raise AccountRefused(f"A name has 1 to {LONGEST_NAME} characters.")
    if _taken(tx, wanted):
        raise AccountRefused("This user name is taken. Choose another.")
    user_id = str(uuid4())
    row = {
        "id": user_id,
        "agency_id": actor.agency_id,
        "username": wanted,
        "name": name.strip(),
        "role": role.value,
        "password_hash": tx.passwords.hash(_encoded(password)),
        "session_stamp": secrets.token_hex(16),
        "active": True,
        "failed_sign_ins": 0,
        "created_at": tx.now,
    }
    tx.session.execute(insert(User), [row])
    tx.journal.record(AuditAction.USER_CREATED, user_id, role=role.value)
    return user_id


def found_agency(
    db: Database, *, name: str, username: str, administrator: str, password: str, demonstration: bool = False
) -> str:
    """Make an agency and its first administrator; out: the agency's id. For the command line, before anybody can sign in.

    Invented and real agencies never share a database: the passwords of the invented people are printed for everyone.
    Raises AccountRefused.
    """
    agency_id = str(uuid4())
    with db.writing(system_actor(agency_id)) as tx:
        others = tx.session.execute(select(Agency.name, Agency.demonstration)).all()
        if any(other.demonstration != demonstration for other in others):
            raise AccountRefused("The demonstration and real work need two databases. Nothing was changed.")
        if not 1 <= len(name.strip()) <= LONGEST_NAME or name.strip() in {other.name for other in others}:
            raise AccountRefused(f"An agency needs a name of its own of 1 to {LONGEST_NAME} characters.")
        agency = {
            "id": agency_id,
            "name": name.strip(),
            "demonstration": demonstration,
            "created_at": tx.now,
        }
        tx.session.execute(insert(Agency), [agency])
        tx.journal.record(AuditAction.AGENCY_FOUNDED, agency_id, demonstration=int(demonstration))
        create_user(tx, username=username, name=administrator, role=Role.ADMINISTRATOR, password=password)
    return agency_id


def colleagues(tx: Transaction, verb: Verb) -> Mapping[str, str]:
    """The active people of the actor's agency to whom a verb is open, by name: id → name. Raises PermissionRefused."""
    require(tx.actor, verb)
    roles = [role.value for role in Role if verb in ALLOWED[role]]
    query = select(User.id, User.name).where(User.active, User.role.in_(roles)).order_by(User.name, User.id)
    return {row.id: row.name for row in tx.session.execute(query)}


def set_password(tx: Transaction, user_id: str, password: str) -> None:
    """Give an account a new password and end its open sign-ins. Everyone may change their own.

    Raises AccountRefused, PermissionRefused.
    """
    if tx.actor is None or tx.actor.user_id != user_id:
        require(tx.actor, Verb.MANAGE_USERS)
    username = tx.session.execute(select(User.username).where(User.id == user_id)).scalar_one_or_none()
    if username is None:
        raise AccountRefused("There is no such user in your agency.")
    _check_password(password, username)
    _change(tx, user_id, password_hash=tx.passwords.hash(_encoded(password)), failed_sign_ins=0)
    tx.journal.record(AuditAction.USER_PASSWORD_CHANGED, user_id)


def deactivate_user(tx: Transaction, user_id: str) -> None:
    """Close an account and end its open sign-ins. What the person recorded stays. Raises AccountRefused, PermissionRefused."""
    require(tx.actor, Verb.MANAGE_USERS)
    if tx.session.execute(select(User.id).where(User.id == user_id)).one_or_none() is None:
        raise AccountRefused("There is no such user in your agency.")
    _change(tx, user_id, active=False)
    tx.journal.record(AuditAction.USER_DEACTIVATED, user_id)


def _change(tx: Transaction, user_id: str, **columns: object) -> None:
    stamp = secrets.token_hex(16)
    tx.session.execute(update(User).where(User.id == user_id).values(session_stamp=stamp, **columns))


def _look_up(db: Database, query: Executable, **parameters: str) -> Row[Any] | None:
    """An account in whatever agency: who signs in has none yet."""
    with db.reading(None) as tx:
        found = tx.session.execute(
            query, parameters, execution_options={ACROSS_AGENCIES: AcrossAgencies.SIGN_IN}
        )
        return found.one_or_none()


def _taken(tx: Transaction, username: str) -> bool:
    options = {ACROSS_AGENCIES: AcrossAgencies.SIGN_IN}
    return tx.session.execute(_BY_NAME, {"username": username}, execution_options=options).first() is not None


def _note_failure(db: Database, row: Row[Any] | None) -> None:
    """Count and journal a failure. An unknown name is journalled as such and not by what was typed."""
    if row is None:
        with db.writing(None) as tx:
            tx.journal.record(AuditAction.USER_SIGN_IN_FAILED, UNKNOWN_USER, failures=1)
        return
    with db.writing(system_actor(row.agency_id)) as tx:
        counted = (
            update(User)
            .where(User.id == row.id)
            .values(failed_sign_ins=User.failed_sign_ins + 1)
            .returning(User.failed_sign_ins)
        )
        failures = tx.session.execute(counted).scalar_one()
        tx.journal.record(AuditAction.USER_SIGN_IN_FAILED, row.id, failures=failures)


def _actor(row: Row[Any]) -> Actor:
    return Actor(row.id, row.name, Role(row.role), row.agency_id, row.session_stamp)


def _verify(passwords: PasswordHasher, password_hash: str, password: str) -> bool:
    try:
        return passwords.verify(password_hash, _encoded(password))
    except (Argon2Error, InvalidHashError):
        return False


def _decoy(passwords: PasswordHasher) -> str:
    """A hash that no password has, as costly to check as a real one: for names nobody has."""
    salt, digest = (
        base64.b64encode(secrets.token_bytes(length)).decode().rstrip("=")
        for length in (passwords.salt_len, passwords.hash_len)
    )
    costs = f"m={passwords.memory_cost},t={passwords.time_cost},p={passwords.parallelism}"
    return f"$argon2id$v=19${costs}${salt}${digest}"


def _folded(username: str) -> str:
    return unicodedata.normalize("NFKC", username).strip().casefold()


def _encoded(password: str) -> bytes:
    """The same bytes however the keyboard composes a letter; never a reason to fail on what cannot be encoded."""
    return unicodedata.normalize("NFKC", password).encode("utf-8", "surrogatepass")


def _checked_username(username: str) -> str:
    folded = _folded(username)
    if not _USERNAME.fullmatch(folded):
        raise AccountRefused("A user name has 1 to 64 letters, digits, dots, hyphens, underscores or @.")
    return folded


def _check_password(password: str, username: str) -> None:
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise AccountRefused(f"A password has {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters.")
    if username in password.casefold() or len(set(password)) < 5:
        raise AccountRefused("This password is too easy to guess: it repeats itself or holds the user name.")

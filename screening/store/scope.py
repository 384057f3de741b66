"""The agency scope: one session class that no query, update or delete can get past.

Every ORM statement of an ``AgencySession`` is limited to the rows of its agency, in every place a table occurs (joins,
aliases, subqueries). Kept rulebooks are limited alike: to those the installation was started with, which belong to everybody, and
those the agency was offered. Statements the limit cannot reach (plain tables, SQL text, unions) are refused, not let through. A
session without an agency sees nothing agency-owned. The few questions that must be asked across agencies name their reason.
"""

from enum import StrEnum
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import (
    Delete,
    Engine,
    Executable,
    Insert,
    Select,
    String,
    Update,
    bindparam,
    event,
    or_,
    select,
)
from sqlalchemy.orm import ORMExecuteState, Session, with_loader_criteria

from screening.store.faults import ScopeFault
from screening.store.models import AgencyOwned, RulebookFiles, RulebookOffer, ShippedRulebook

ACROSS_AGENCIES = "across_agencies"
"""Execution option: the reason why one statement is not limited to an agency."""


class AcrossAgencies(StrEnum):
    """The only reasons to look across agencies."""

    HAND_OFF_LINK = (
        "hand_off_link"  # whoever follows a link has no agency; the link's hash finds the one that offered it
    )
    BED_REQUEST_LINK = "bed_request_link"  # likewise for the link of a question for a bed
    SIGN_IN = "sign_in"  # whoever signs in has no agency yet; and a session's user is looked up by id


_AGENCY = "agency_of_the_session"
_REACHED = (Select, Insert, Update, Delete)
_PARAMETER = bindparam(_AGENCY, type_=String)
_LIMIT = with_loader_criteria(AgencyOwned, lambda cls: cls.agency_id == _PARAMETER, include_aliases=True)
_SHIPPED = select(ShippedRulebook.digest)
_OFFERED = select(RulebookOffer.digest).where(RulebookOffer.agency_id == _PARAMETER)
_READABLE = with_loader_criteria(
    RulebookFiles, lambda cls: or_(cls.digest.in_(_SHIPPED), cls.digest.in_(_OFFERED)), include_aliases=True
)
_limited: WeakKeyDictionary[Executable, Any] = WeakKeyDictionary()


class AgencySession(Session):
    """A session that sees and writes one agency's rows (``None``: no agency's), and writes only if it was opened to."""

    def __init__(self, engine: Engine, agency_id: str | None, writing: bool) -> None:
        super().__init__(
            engine, autoflush=False, expire_on_commit=False, execution_options={"synchronize_session": False}
        )
        self.agency_id = agency_id
        self.writing = writing


@event.listens_for(AgencySession, "do_orm_execute")
def _apply_scope(state: ORMExecuteState) -> None:
    session = state.session
    if not isinstance(session, AgencySession):
        raise ScopeFault("only an AgencySession executes statements")
    if not state.is_orm_statement or not isinstance(state.statement, _REACHED):
        raise ScopeFault(
            "the agency scope cannot reach this statement: select mapped classes, without UNION or SQL text"
        )
    if not state.is_select and not session.writing:
        raise ScopeFault("this transaction only reads; open one for writing")
    if state.is_insert:
        _require_own_rows(session, state)
        return
    reason = state.execution_options.get(ACROSS_AGENCIES)
    if reason is None:
        _limit(state, session.agency_id)
    elif not isinstance(reason, AcrossAgencies) or not state.is_select:
        raise ScopeFault("looking across agencies is for reading and needs one of the listed reasons")


def _limit(state: ORMExecuteState, agency_id: str | None) -> None:
    """Add the limit. The agency is a parameter: a statement built once stays compiled, and NULL (no agency) equals nothing."""
    given = state.parameters or {}
    if not isinstance(given, dict):
        raise ScopeFault(
            "a list of updates by key gets past the agency scope; write one update with a condition"
        )
    limited = _limited.get(state.statement)
    if limited is None:
        limited = _limited[state.statement] = state.statement.options(_LIMIT, _READABLE)
    state.statement = limited
    state.parameters = {**given, _AGENCY: agency_id}


def _require_own_rows(session: AgencySession, state: ORMExecuteState) -> None:
    """An insert into an agency-owned table names this session's agency in every row."""
    mapper = state.bind_mapper
    if mapper is None or not issubclass(mapper.class_, AgencyOwned):
        return
    rows: list[Any] = (
        list(state.parameters) if isinstance(state.parameters, list | tuple) else [state.parameters]
    )
    own = session.agency_id is not None and all(
        row and row.get("agency_id") == session.agency_id for row in rows
    )
    if not rows or not own:
        raise ScopeFault("a row can only be added to the agency of the person who adds it")


@event.listens_for(AgencySession, "before_flush")
def _refuse_foreign_objects(session: AgencySession, _context: object, _instances: object) -> None:
    touched = [*session.new, *session.dirty, *session.deleted]
    if touched and not session.writing:
        raise ScopeFault("this transaction only reads; open one for writing")
    for row in touched:
        if isinstance(row, AgencyOwned) and (session.agency_id is None or row.agency_id != session.agency_id):
            raise ScopeFault("a row can only be added to or changed in the agency of the person who does it")

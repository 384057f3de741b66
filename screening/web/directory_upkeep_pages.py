"""Keeping the directory right: whom to call, one call, reported errors, an entry's history."""

from collections.abc import Mapping
from uuid import uuid4

from flask import Blueprint, abort, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from screening.core.placement_shapes import VerificationRules
from screening.operations.actors import ACCOUNT_ROLES, ALLOWED, Role, Verb, may
from screening.operations.directory import EntryNotFound
from screening.operations.directory.checks import (
    LONGEST_WORDS,
    OFTEN_NOT_REACHED,
    CheckRefused,
    Show,
    call_queue,
    checks_of,
    directory_counts,
    record_check,
)
from screening.operations.directory.editing import present_service
from screening.operations.directory.errors import (
    LONGEST_NOTE,
    ErrorRefused,
    close_error,
    my_reports,
    open_errors,
    report_error,
    reported_name,
)
from screening.operations.directory.history import service_history
from screening.web.access import allow, plain_id
from screening.web.directory_traits import trait_fields
from screening.web.directory_upkeep_words import (
    FILTERS,
    OUTCOME_WORDS,
    OUTCOMES,
    STATUS_WORDS,
    field_words,
    script_of,
)
from screening.web.security import one_line
from screening.web.services import services
from screening.web.spoken import gettext as _
from screening.web.spoken import translate

pages = Blueprint("directory_upkeep_pages", __name__)

LAST_PAGE = 1_000_000
_EDITORS = tuple(role for role in ACCOUNT_ROLES if Verb.EDIT_DIRECTORY in ALLOWED[role])
_REPORTERS = tuple(role for role in ACCOUNT_ROLES if Verb.REPORT_DIRECTORY_ERROR in ALLOWED[role])
_READERS = tuple(role for role in ACCOUNT_ROLES if Verb.VIEW_DIRECTORY in ALLOWED[role])
_USUAL_RULES = VerificationRules(warn_days=180, demote_days=365)
"""For editions of the rulebook that say nothing of it."""


def may_keep_directory() -> bool:
    """Whether the person at the keyboard keeps the directory."""
    return may(g.get("actor"), Verb.EDIT_DIRECTORY)


def unverified_services() -> int:
    """How many services nobody has verified, for those who answer for the directory; nothing for others."""
    actor = g.get("actor")
    if actor is None or actor.role not in (Role.ADMINISTRATOR, Role.DIRECTORY_EDITOR):
        return 0
    with services().database.reading(actor) as tx:
        return directory_counts(tx, _USUAL_RULES).unverified


pages.add_app_template_global(may_keep_directory)
pages.add_app_template_global(unverified_services)


@pages.app_template_filter("error_words")
def _error_words(field: str, words: Mapping[str, str]) -> str:
    return words.get(field, field)


@pages.get("/directory/upkeep")
@allow(*_EDITORS)
def upkeep() -> ResponseReturnValue:
    """The services to call, the most pressing first, and how much is verified."""
    show = next((each for each in Show if each.value == request.args.get("show")), Show.ALL)
    rules = _rules()
    with services().database.reading(g.actor) as tx:
        found = call_queue(tx, rules, show=show, page=_page_number())
        counts = directory_counts(tx, rules)
    return render_template(
        "directory_upkeep/upkeep.html",
        found=found,
        counts=counts,
        rules=rules,
        show=show.value,
        often=OFTEN_NOT_REACHED,
        filters=[(each.value, translate(label)) for each, label in FILTERS],
        page_address=lambda number: url_for(".upkeep", show=show.value, page=number),
    )


@pages.get("/directory/services/<service_id>/check")
@allow(*_EDITORS)
def check(service_id: str) -> ResponseReturnValue:
    """What to ask on the telephone, beside what is kept."""
    return _check_page(_known(service_id), {}, {})


@pages.post("/directory/services/<service_id>/check")
@allow(*_EDITORS)
def keep_check(service_id: str) -> ResponseReturnValue:
    """Keep what the call came to."""
    known = _known(service_id)
    typed = {name: one_line(request.form.get(name)) for name in ("outcome", "spoke_with", "note")}
    errors = {}
    if typed["outcome"] not in dict(OUTCOMES):
        errors["outcome"] = _("Choose what the call came to.")
    elif typed["outcome"] != "not_reached" and not typed["spoke_with"]:
        errors["spoke_with"] = _("Say with whom you spoke, for example: front desk.")
    for name in ("spoke_with", "note"):
        if len(typed[name]) > LONGEST_WORDS:
            errors[name] = _("Keep it to %(num)d characters.", num=LONGEST_WORDS)
    if not errors:
        check_id = plain_id(request.form.get("check")) or str(uuid4())
        try:
            with services().database.writing(g.actor) as tx:
                words = {name: typed[name] for name in ("spoke_with", "note")}
                record_check(tx, known, typed["outcome"], check_id=check_id, **words)
            return redirect(url_for(".upkeep"), 303)
        except CheckRefused as refusal:
            errors["outcome"] = translate(str(refusal))
        except EntryNotFound:
            abort(404)
    return _check_page(known, typed, errors), 422


@pages.get("/directory/errors")
@allow(*_EDITORS)
def errors() -> ResponseReturnValue:
    """What people reported as wrong and nobody has seen to."""
    with services().database.reading(g.actor) as tx:
        found = open_errors(tx, page=_page_number())
    return render_template(
        "directory_upkeep/errors.html",
        found=found,
        words=_error_labels(),
        page_address=lambda number: url_for(".errors", page=number),
    )


@pages.post("/directory/errors/<error_id>")
@allow(*_EDITORS)
def close(error_id: str) -> ResponseReturnValue:
    """Say what became of a report."""
    try:
        with services().database.writing(g.actor) as tx:
            close_error(tx, _known(error_id), request.form.get("became", ""))
    except EntryNotFound:
        abort(404)
    return redirect(url_for(".errors"), 303)


@pages.get("/directory/services/<service_id>/error")
@allow(*_REPORTERS)
def error(service_id: str) -> ResponseReturnValue:
    """The form to report an error, and what became of earlier reports of this person."""
    return _error_page(_known(service_id), {"fields": (), "note": ""}, {}, sent="sent" in request.args)


@pages.post("/directory/services/<service_id>/error")
@allow(*_REPORTERS)
def report(service_id: str) -> ResponseReturnValue:
    """Report an error."""
    known = _known(service_id)
    typed = {"fields": tuple(request.form.getlist("fields")), "note": one_line(request.form.get("note"))}
    labels = _error_labels()
    faults = {} if set(typed["fields"]) & labels.keys() else {"fields": _("Choose what is wrong.")}
    if len(typed["note"]) > LONGEST_NOTE:
        faults["note"] = _("Keep it to %(num)d characters.", num=LONGEST_NOTE)
    if not faults:
        error_id = plain_id(request.form.get("report")) or str(uuid4())
        try:
            with services().database.writing(g.actor) as tx:
                report_error(
                    tx, known, typed["fields"], str(typed["note"]), known=tuple(labels), error_id=error_id
                )
            return redirect(url_for(".error", service_id=known, sent="yes"), 303)
        except ErrorRefused as refusal:
            faults["fields"] = translate(str(refusal))
        except EntryNotFound:
            abort(404)
    return _error_page(known, typed, faults, sent=False), 422


@pages.get("/directory/services/<service_id>/history")
@allow(*_READERS)
def history(service_id: str) -> ResponseReturnValue:
    """Every change of an entry; what is confidential is folded away."""
    return _history_page(_known(service_id), revealed=False)


@pages.post("/directory/services/<service_id>/history")
@allow(*_READERS)
def reveal_history(service_id: str) -> ResponseReturnValue:
    """The same with what is confidential, for those who may see it. The journal says so."""
    return _history_page(_known(service_id), revealed=True)


def _known(given: str) -> str:
    return plain_id(given) or abort(404)


def _page_number() -> int:
    return min(max(1, request.args.get("page", default=1, type=int)), LAST_PAGE)


def _rules() -> VerificationRules:
    placement = services().rulebook_of(g.actor).placement
    return placement.verification if placement else _USUAL_RULES


def _error_labels() -> dict[str, str]:
    placement = services().rulebook_of(g.actor).placement
    return {each.id: translate(each.label) for each in placement.entry_errors} if placement else {}


def _check_page(service_id: str, typed: Mapping[str, str], errors: Mapping[str, str]) -> str:
    here = services()
    try:
        with here.database.reading(g.actor) as tx:
            present = present_service(tx, service_id, here.rulebook_of(g.actor, tx))
            checks = checks_of(tx, service_id)
    except EntryNotFound:
        abort(404)
    failed = next(
        (number for number, each in enumerate(checks) if each.outcome != "not_reached"), len(checks)
    )
    return render_template(
        "directory_upkeep/check.html",
        present=present,
        checks=checks,
        not_reached=failed,
        often=OFTEN_NOT_REACHED,
        typed=typed,
        errors=errors,
        check_id=str(uuid4()),
        script=list(script_of(present, here.rulebook_of(g.actor))),
        outcomes=[(value, translate(label)) for value, label in OUTCOMES],
        outcome_words={value: translate(label) for value, label in OUTCOME_WORDS.items()},
    )


def _error_page(
    service_id: str, typed: Mapping[str, object], faults: Mapping[str, str], *, sent: bool
) -> str:
    try:
        with services().database.reading(g.actor) as tx:
            name = reported_name(tx, service_id)
            mine = my_reports(tx)
    except EntryNotFound:
        abort(404)
    labels = _error_labels()
    return render_template(
        "directory_upkeep/error.html",
        service_id=service_id,
        name=name,
        mine=mine,
        sent=sent,
        typed=typed,
        errors=faults,
        report_id=str(uuid4()),
        options=list(labels.items()),
        labels=labels,
        statuses={value: translate(label) for value, label in STATUS_WORDS.items()},
        longest=LONGEST_NOTE,
    )


def _history_page(service_id: str, *, revealed: bool) -> str:
    here = services()
    rulebook = here.rulebook_of(g.actor)
    features = rulebook.placement.features if rulebook.placement else ()
    restricted = [each.id for each in features if each.restricted]
    revealed = revealed and may(g.actor, Verb.SEE_CONFIDENTIAL_PLACES)
    try:
        with here.database.reading(g.actor) as tx:
            found = service_history(
                tx, service_id, page=_page_number(), restricted=restricted, revealed=revealed
            )
    except EntryNotFound:
        abort(404)
    labels = {each.id: each.label for each in trait_fields(rulebook)}
    labels |= {kind.id: translate(kind.label) for kind in rulebook.kinds.values()}
    return render_template(
        "directory_upkeep/history.html",
        service_id=service_id,
        found=found,
        revealed=revealed,
        may_reveal=may(g.actor, Verb.SEE_CONFIDENTIAL_PLACES),
        field_of_history=lambda each: field_words(each, labels),
        page_address=lambda number: url_for(".history", service_id=service_id, page=number),
    )

"""Editions of the rulebook: which one is in use and why, bringing a new one in, publishing it, and taking it back.

Everybody who is signed in sees the list; only publishers change anything. Another agency's edition is not found.
"""

from collections.abc import Mapping
from contextlib import closing
from functools import lru_cache

from flask import Blueprint, abort, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from screening.core.rule_diff import RulebookDiff, diff_rulebooks
from screening.core.rulebook import Rulebook
from screening.operations.actors import ALLOWED, Role, Verb, may
from screening.operations.rulebooks import (
    LONGEST_REASON,
    ArchiveRefused,
    CheckImpossible,
    Edition,
    EditionRefused,
    Editions,
    EditionUnreadable,
    editions,
    files_in_archive,
    kept_rulebook,
    offer_edition,
    offer_report,
    publish_edition,
    roll_back,
)
from screening.web.access import allow, signed_in
from screening.web.rulebook_compare import KINDS
from screening.web.services import services
from screening.web.spoken import gettext, translate

pages = Blueprint("publishing_pages", __name__)

LARGEST_ARCHIVE = 4 * 1024 * 1024
MOST_CHANGES = 100
_PUBLISHERS = tuple(role for role in Role if Verb.PUBLISH_RULEBOOK in ALLOWED[role])
_EDITION = "/rulebook/editions/<string(length=64):digest>"
_Errors = dict[str, str]  # name of the field, or nothing where no field is to blame → what is wrong


@pages.get("/rulebook/editions")
@signed_in
def list_editions() -> ResponseReturnValue:
    """Every edition of my agency: which is in use, since when, by whom and why, and what was screened under each."""
    return _list({})


@pages.post("/rulebook/editions")
@allow(*_PUBLISHERS)
def bring_in() -> ResponseReturnValue:
    """Check the rule files in an archive; on to the edition's page, or to everything that is wrong with it."""
    archive = _uploaded()
    if not archive:
        return _list({"archive": gettext("Choose the ZIP archive with the rule files")}), 422
    if len(archive) > LARGEST_ARCHIVE:
        return _list({"archive": gettext("The archive is larger than 4 megabytes; a rulebook is not")}), 422
    try:
        return _checked(files_in_archive(archive))
    except (ArchiveRefused, CheckImpossible) as refusal:
        return _list({"archive": translate(str(refusal))}), 422


def _uploaded() -> bytes:
    """What was sent as the archive, a byte more than is taken at most; nothing without one."""
    uploaded = request.files.get("archive")
    if uploaded is None:
        return b""
    with closing(uploaded):
        return uploaded.stream.read(LARGEST_ARCHIVE + 1)


@pages.get(_EDITION)
@signed_in
def show_edition(digest: str) -> ResponseReturnValue:
    """One edition: what the check found, what it changes, and, for publishers, publishing it."""
    return _edition(digest, {})


@pages.post(f"{_EDITION}/check")
@allow(*_PUBLISHERS)
def check_kept(digest: str) -> ResponseReturnValue:
    """Check an edition that is kept already, such as the one that came with the program."""
    _find(_editions(), digest)
    with services().database.reading(g.actor) as tx:
        files = kept_rulebook(tx, digest).files
    try:
        return _checked(files)
    except CheckImpossible as refusal:
        return _edition(digest, {"": translate(str(refusal))}), 422


@pages.post(f"{_EDITION}/publish")
@allow(*_PUBLISHERS)
def publish(digest: str) -> ResponseReturnValue:
    """Put an edition into use. Screenings that are open keep theirs."""
    _find(_editions(), digest)
    here = services()
    errors = _errors_of_decision()
    if not errors:
        try:
            with here.database.writing(g.actor) as tx:
                publish_edition(tx, digest, reason=request.form["reason"], fallback=here.rulebook.digest)
            return redirect(url_for(".list_editions", done="published"), 303)
        except (EditionRefused, EditionUnreadable) as refusal:
            errors = {"": translate(str(refusal))}
    return _edition(digest, errors), 422


@pages.get("/rulebook/editions/roll-back")
@allow(*_PUBLISHERS)
def confirm_roll_back() -> ResponseReturnValue:
    """What one step back would lead to."""
    return _roll_back({})


@pages.post("/rulebook/editions/roll-back")
@allow(*_PUBLISHERS)
def take_back() -> ResponseReturnValue:
    """Put the edition before the present one into use again."""
    errors = _errors_of_decision()
    if not errors:
        try:
            with services().database.writing(g.actor) as tx:
                roll_back(tx, current=request.form.get("current", ""), reason=request.form["reason"])
            return redirect(url_for(".list_editions", done="rolled_back"), 303)
        except (EditionRefused, EditionUnreadable) as refusal:
            errors = {"": translate(str(refusal))}
    return _roll_back(errors), 422


def _errors_of_decision() -> _Errors:
    """What is missing for a decision that counts: a reason, and a yes that was meant."""
    errors = {}
    length = len(" ".join(request.form.get("reason", "").split()))
    if not length:
        errors["reason"] = gettext("Say why; the reason is kept with your name")
    elif length > LONGEST_REASON:
        errors["reason"] = gettext("Use at most %(max)d characters", max=LONGEST_REASON)
    if request.form.get("confirmed") != "yes":
        errors["confirmed"] = gettext("Confirm that you have looked at what changes")
    return errors


def _checked(files: Mapping[str, bytes]) -> ResponseReturnValue:
    here = services()
    report = offer_edition(here.database, g.actor, files, here.check)
    if report.is_sound:
        return redirect(url_for(".show_edition", digest=report.digest), 303)
    return render_template("publishing/refused.html", report=report), 422


def _editions() -> Editions:
    here = services()
    with here.database.reading(g.actor) as tx:
        return editions(tx, fallback=here.rulebook.digest)


def _find(found: Editions, digest: str) -> Edition:
    """The edition. Ends the request with 404 where the agency has none like it."""
    edition = found.find(digest)
    if edition is None:
        abort(404)
    return edition


def _list(errors: _Errors) -> str:
    done = {
        "published": gettext("The edition is in use for new screenings"),
        "rolled_back": gettext("The edition before is in use again"),
    }
    return render_template(
        "publishing/editions.html",
        found=_editions(),
        done=done.get(request.args.get("done", "")),
        errors=errors,
        may_offer=may(g.actor, Verb.OFFER_RULEBOOK),
        may_publish=may(g.actor, Verb.PUBLISH_RULEBOOK),
    )


def _edition(digest: str, errors: _Errors) -> str:
    here = services()
    with here.database.reading(g.actor) as tx:
        found = editions(tx, fallback=here.rulebook.digest)
        edition = _find(found, digest)
        report = offer_report(tx, digest)
    return render_template(
        "publishing/edition.html",
        edition=edition,
        current=found.current,
        report=report,
        difference=_difference(found.current, edition),
        most=MOST_CHANGES,
        kind_names=_kind_names(),
        errors=errors,
        typed=request.form,
        longest=LONGEST_REASON,
        may_offer=may(g.actor, Verb.OFFER_RULEBOOK),
        may_publish=may(g.actor, Verb.PUBLISH_RULEBOOK),
    )


def _roll_back(errors: _Errors) -> str:
    found = _editions()
    return render_template(
        "publishing/roll_back.html",
        current=found.current,
        before=found.before,
        difference=_difference(found.current, found.before) if found.before else None,
        most=MOST_CHANGES,
        kind_names=_kind_names(),
        errors=errors,
        typed=request.form,
        longest=LONGEST_REASON,
    )


def _difference(current: Edition, other: Edition) -> RulebookDiff | None:
    """What would change if the other one came into use; nothing where one of them can no longer be read."""
    here = services()
    try:
        return _compared(here.rulebook_for(current.digest), here.rulebook_for(other.digest))
    except EditionUnreadable:
        return None


def _kind_names() -> dict[str, str]:
    """What the kinds of entries are called on the page."""
    return {kind: gettext(heading) for kind, heading in KINDS.items()}


@lru_cache(maxsize=16)
def _compared(old: Rulebook, new: Rulebook) -> RulebookDiff:
    return diff_rulebooks(old, new)

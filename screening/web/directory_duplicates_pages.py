"""Entries that may be the same: the list of pairs, and what an editor decides about each."""

from collections.abc import Mapping

from flask import Blueprint, abort, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from screening.core.duplicate_finding import Reason
from screening.operations.actors import ACCOUNT_ROLES, ALLOWED, Verb
from screening.operations.directory import EntryNotFound
from screening.operations.directory.duplicates import (
    TABLES,
    DuplicateRefused,
    decided_pairs,
    join_entries,
    possible_pairs,
    tell_apart,
    undo_joining,
)
from screening.web.access import allow, plain_id
from screening.web.services import services
from screening.web.spoken import N_, translate

pages = Blueprint("directory_duplicates_pages", __name__)

_EDITORS = tuple(role for role in ACCOUNT_ROLES if Verb.EDIT_DIRECTORY in ALLOWED[role])
_REASONS = {
    Reason.SAME_NUMBER: N_("the same number"),
    Reason.SAME_ORGANIZATION: N_("the same organization"),
    Reason.SAME_AREA: N_("the same area"),
    Reason.SAME_NAME: N_("the same name"),
    Reason.NAME_ALIKE: N_("nearly the same name"),
}


@pages.app_template_filter("area_words")
def _area_words(area: str, words: Mapping[str, str]) -> str:
    return words.get(area, area)


@pages.get("/directory/duplicates")
@allow(*_EDITORS)
def duplicates() -> ResponseReturnValue:
    """The pairs nobody has decided on, and those somebody has. ``?of=``: services or organizations."""
    return _page(_table(request.args.get("of")), {})


@pages.post("/directory/duplicates")
@allow(*_EDITORS)
def decide() -> ResponseReturnValue:
    """Say that two entries are the same or not, or take back what was said."""
    table = _table(request.form.get("of"))
    first, second = (plain_id(request.form.get(name)) or abort(400) for name in ("first", "second"))
    try:
        with services().database.writing(g.actor) as tx:
            match request.form.get("do"):
                case "apart":
                    tell_apart(tx, table, first, second)
                case "undo_apart":
                    tell_apart(tx, table, first, second, undo=True)
                case "keep_first":
                    join_entries(tx, table, first, second)
                case "keep_second":
                    join_entries(tx, table, second, first)
                case "undo_join":
                    undo_joining(tx, table, first)
                case _:
                    abort(400)
    except EntryNotFound:
        abort(404)
    except DuplicateRefused as refusal:
        return _page(table, {"": translate(str(refusal))}), 422
    return redirect(url_for(".duplicates", of=table), 303)


def _table(given: str | None) -> str:
    return given if given in TABLES else TABLES[0]


def _page(table: str, errors: Mapping[str, str]) -> str:
    here = services()
    page = min(max(1, request.args.get("page", default=1, type=int)), 1_000_000)
    with here.database.reading(g.actor) as tx:
        found = possible_pairs(tx, table, page=page)
        decided = decided_pairs(tx, table)
        about = here.rulebook_of(g.actor, tx).about
    areas = {each.id: translate(each.label) for each in about.counties}
    areas |= {each.id: translate(each.label) for each in about.jurisdictions}
    return render_template(
        "directory_upkeep/duplicates.html",
        table=table,
        found=found,
        decided=decided,
        errors=errors,
        areas=areas,
        reasons={reason.value: translate(label) for reason, label in _REASONS.items()},
        page_address=lambda number: url_for(".duplicates", of=table, page=number),
    )

"""Adding and editing a service of the directory. Whatever is refused comes back with everything that was typed."""

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

from flask import Blueprint, abort, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from screening.core.directory_service_entry import PlaceEntry, ServiceEntry
from screening.core.rulebook import Rulebook
from screening.operations.actors import ALLOWED, Role, Verb
from screening.operations.directory import EntryNotFound
from screening.operations.directory.checks import CheckRefused, record_check
from screening.operations.directory.editing import (
    Editing,
    EntryChanged,
    EntryFaults,
    OpensUp,
    Present,
    add_service,
    edit_service,
    present_service,
)
from screening.web.access import allow, plain_id
from screening.web.directory_form import EntryForm, empty_form, form_of, posted_form, unread_ages
from screening.web.directory_traits import TraitField, trait_fields
from screening.web.services import services
from screening.web.spoken import N_, translate
from screening.web.spoken import gettext as _

pages = Blueprint("directory_editing_pages", __name__)

_EDITORS = tuple(role for role in Role if Verb.EDIT_DIRECTORY in ALLOWED[role])
_UNDISCLOSED = "undisclosed"
STATUSES = (
    ("active", N_("Active")),
    ("temporarily closed", N_("Closed for now")),
    ("inactive", N_("Inactive")),
    ("defunct", N_("Closed for good")),
)
LEVELS = (
    ("public", N_("Public: everybody who may use the directory")),
    ("confidential", N_("Confidential: people who place youths, on request")),
    (_UNDISCLOSED, N_("Undisclosed: kept, and shown to nobody")),
)
PHONE_KINDS = (
    ("voice", N_("Voice")),
    ("text", N_("Text")),
    ("chat", N_("Chat (web address)")),
    ("fax", N_("Fax")),
)
FIELD_WORDS: Mapping[str, str] = {
    "name": N_("Name"),
    "organization": N_("Organization"),
    "description": N_("What it does"),
    "kinds": N_("Kinds of help"),
    "areas": N_("Areas"),
    "phones": N_("Numbers"),
    "email": N_("E-mail"),
    "url": N_("Website"),
    "day_and_night": N_("Open day and night"),
    "openings": N_("Hours"),
    "minimum_age": N_("Youngest age"),
    "maximum_age": N_("Oldest age"),
    "eligibility_description": N_("Who is served"),
    "application_process": N_("How to refer"),
    "alert": N_("Alert"),
    "status": N_("Status"),
    "level": N_("Who may see it"),
    "places": N_("Places"),
    "traits": N_("What else is known"),
}


@pages.get("/directory/services/new")
@allow(*_EDITORS)
def new() -> ResponseReturnValue:
    """An empty form."""
    return _page(empty_form(), None)


@pages.post("/directory/services/new")
@allow(*_EDITORS)
def add() -> ResponseReturnValue:
    """Add a service. The form carries the id it will have, so that sent twice it is one."""
    here = services()
    rulebook = here.rulebook_of(g.actor)
    form = _posted(ServiceEntry(), rulebook)
    if request.form.get("more"):
        return _page(form, None)
    service_id = plain_id(form.version) or abort(400)
    form = _asking(form, ServiceEntry())
    if form.faults:
        return _page(form, None), 422
    try:
        with here.database.writing(g.actor) as tx:
            how = Editing(new_organization=form.new_organization)
            added = add_service(tx, form.entry, rulebook, how, service_id=service_id)
    except EntryFaults as refusal:
        return _page(_with_faults(form, refusal), None), 422
    return _saved(added, form)


@pages.get("/directory/services/<service_id>/edit")
@allow(*_EDITORS)
def edit(service_id: str) -> ResponseReturnValue:
    """The form with what is kept. ``?call=yes``: the place is on the telephone."""
    present = _present(service_id)
    return _page(
        form_of(present.entry, present.version, during_call=request.args.get("call") == "yes"), present
    )


@pages.post("/directory/services/<service_id>/edit")
@allow(*_EDITORS)
def save(service_id: str) -> ResponseReturnValue:
    """Keep what was changed. What somebody else changed meanwhile is not written over: the page shows both."""
    here = services()
    rulebook = here.rulebook_of(g.actor)
    present = _present(service_id)
    form = _posted(present.entry, rulebook)
    if request.form.get("more"):
        return _page(form, present)
    form = _asking(form, present.entry)
    if form.faults:
        return _page(form, present), 422
    how = Editing(opens=form.confirmed, new_organization=form.new_organization)
    try:
        with here.database.writing(g.actor) as tx:
            count = edit_service(tx, present.id, form.entry, rulebook, how, version=form.version)
            if form.during_call:
                outcome = "changed" if count else "right"
                record_check(tx, present.id, outcome, spoke_with=form.spoke_with, note=form.note)
    except EntryFaults as refusal:
        return _page(_with_faults(form, refusal), present), 422
    except CheckRefused as refusal:
        return _page(replace(form, faults={"spoke_with": translate(str(refusal))}), present), 422
    except OpensUp:
        return _page(_asked(form, "opens"), present), 422
    except EntryChanged:
        return _conflict(service_id, form)
    return _saved(present.id, form)


def _present(service_id: str) -> Present:
    known = plain_id(service_id) or abort(404)
    here = services()
    try:
        with here.database.reading(g.actor) as tx:
            return present_service(tx, known, here.rulebook_of(g.actor, tx))
    except EntryNotFound:
        abort(404)


def _posted(shown: ServiceEntry, rulebook: Rulebook) -> EntryForm:
    fields_of_form = tuple(each.id for each in trait_fields(rulebook))
    form = posted_form(request.form, shown, fields_of_form)
    # What a form of today has no field for stays as it is.
    others = {code: values for code, values in shown.traits.items() if code not in fields_of_form}
    return replace(form, entry=replace(form.entry, traits={**form.entry.traits, **others}))


def _asking(form: EntryForm, shown: ServiceEntry) -> EntryForm:
    """The form with what can be said before anything is tried."""
    wrong = unread_ages(form)
    if wrong:
        return replace(form, faults={name: _("Enter an age in years, as a number.") for name in wrong})
    if form.entry.level == _UNDISCLOSED and shown.level != _UNDISCLOSED and not form.confirmed:
        return _asked(form, "hides")
    return form


def _asked(form: EntryForm, ask: str) -> EntryForm:
    words = {
        "opens": _("More people could see this entry or its place. If that is meant, say so and save again."),
        "hides": _(
            "Nobody would see this entry any more, you included. If that is meant, say so and save again."
        ),
    }
    return replace(form, ask=ask, faults={"confirmed": words[ask]})


def _with_faults(form: EntryForm, refusal: EntryFaults) -> EntryForm:
    faults = {name: translate(message) for name, message in refusal.faults.items()}
    return replace(form, faults=faults, names=refusal.names)


def _conflict(service_id: str, form: EntryForm) -> ResponseReturnValue:
    """Both versions: theirs is kept, mine is in the form, which is now made from theirs."""
    present = _present(service_id)
    traits = trait_fields(services().rulebook_of(g.actor))
    theirs = {}
    for each in fields(ServiceEntry):
        kept, mine = (in_words(getattr(entry, each.name), traits) for entry in (present.entry, form.entry))
        if kept != mine:
            theirs[each.name] = (kept, mine)
    return _page(replace(form, version=present.version, theirs=theirs), present), 409


def in_words(value: Any, traits: tuple[TraitField, ...] = ()) -> str:
    """A value of an entry in one line."""
    if isinstance(value, Mapping):
        known = {each.id: each for each in traits}
        return "; ".join(
            f"{known[code].label}: {known[code].said(values)}"
            for code, values in sorted(value.items())
            if code in known
        )
    if isinstance(value, PlaceEntry) and not value.shown:
        return _("address not shown (%(level)s)", level=value.level)
    if isinstance(value, tuple):
        return "; ".join(in_words(each) for each in value)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if hasattr(value, "__dataclass_fields__"):
        parts = [getattr(value, each.name) for each in fields(value) if each.name not in ("id", "shown")]
        return ", ".join(" ".join(part) if isinstance(part, tuple) else str(part) for part in parts if part)
    return "" if value is None else str(value)


def _saved(service_id: str, form: EntryForm) -> ResponseReturnValue:
    if form.entry.level == _UNDISCLOSED:
        return redirect(url_for("directory_upkeep_pages.upkeep"), 303)
    return redirect(url_for("directory_pages.service", service_id=service_id), 303)


def _page(form: EntryForm, present: Present | None) -> str:
    rulebook = services().rulebook_of(g.actor)
    about = rulebook.about
    chosen = set(form.entry.areas)
    home = {county.jurisdiction for county in about.counties}
    wide = [each for each in about.jurisdictions if each.id in home or each.id in chosen or each.id == "us"]
    extra = sorted({each.kind for each in form.entry.phones} - {kind for kind, _label in PHONE_KINDS})
    return render_template(
        "directory_upkeep/edit.html",
        form=form,
        entry=form.entry,
        present=present,
        address=url_for(".save", service_id=present.id) if present else url_for(".add"),
        kinds=[(kind.id, translate(kind.label)) for kind in rulebook.kinds.values()],
        areas=[(each.id, translate(each.label)) for each in about.counties]
        + [(each.id, translate(each.label)) for each in wide],
        other_areas=[(each.id, translate(each.label)) for each in about.jurisdictions if each not in wide],
        traits=trait_fields(rulebook),
        statuses=[(value, translate(label)) for value, label in STATUSES],
        levels=[(value, translate(label)) for value, label in LEVELS],
        phone_kinds=[(value, translate(label)) for value, label in PHONE_KINDS]
        + [(each, each) for each in extra],
        days=[
            ("MO", _("Mo")),
            ("TU", _("Tu")),
            ("WE", _("We")),
            ("TH", _("Th")),
            ("FR", _("Fr")),
            ("SA", _("Sa")),
            ("SU", _("Su")),
        ],
        empty_place=PlaceEntry("public"),
        field_words={name: translate(label) for name, label in FIELD_WORDS.items()},
    )

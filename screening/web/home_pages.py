"""The list of screenings, opening a new one, what the tool is, and the look of the pages."""

from typing import Any

from flask import Blueprint, current_app, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext
from wtforms import Form, StringField
from wtforms.validators import AnyOf, Length, Optional, Regexp

from screening.core.rulebook import Jurisdiction, Rulebook
from screening.operations.actors import ALLOWED, Actor, Role, Verb, may
from screening.operations.screenings import list_screenings, open_screening
from screening.web.access import allow, local_path, open_to_everyone, signed_in
from screening.web.security import one_line
from screening.web.services import services
from screening.web.spoken import translate

pages = Blueprint("home_pages", __name__)

PER_PAGE = 25
LAST_PAGE = 1_000_000
LONGEST_YOUTH_REF = 60
_SCREENERS = tuple(role for role in Role if Verb.OPEN_SCREENING in ALLOWED[role])
_SEARCHERS = tuple(role for role in Role if Verb.SEE_CASE_NUMBERS in ALLOWED[role])
_USUAL_SETTING = {Role.INTAKE_STAFF: "detention", Role.CPS_WORKER: "child_protection"}
_A_YEAR = 365 * 24 * 3600


def states(rulebook: Rulebook) -> list[Jurisdiction]:
    """The jurisdictions a screening can be done in: those no other lies within."""
    outer = {jurisdiction.within for jurisdiction in rulebook.about.jurisdictions}
    return [jurisdiction for jurisdiction in rulebook.about.jurisdictions if jurisdiction.id not in outer]


def new_screening_form(rulebook: Rulebook) -> type[Form]:
    """The form class for opening a screening. Built once per rulebook."""

    class NewScreening(Form):
        setting = StringField(
            validators=[AnyOf(rulebook.settings, lazy_gettext("Choose where the screening is done"))]
        )
        jurisdiction = StringField(
            validators=[AnyOf([state.id for state in states(rulebook)], lazy_gettext("Choose the state"))]
        )
        youth_ref = StringField(
            filters=[one_line],
            validators=[
                Optional(),
                Length(max=LONGEST_YOUTH_REF, message=lazy_gettext("Use at most %(max)d characters")),
                # A name has no digit; a case number has. Cheap, and it keeps most names out.
                Regexp(
                    r".*\d", message=lazy_gettext("A case number has a digit in it. Never enter a name here")
                ),
            ],
        )

    return NewScreening


@pages.record_once
def _build_form(state: Any) -> None:
    state.app.extensions["new_screening_form"] = new_screening_form(
        state.app.extensions["screening"].rulebook
    )


@pages.get("/")
@signed_in
def home() -> ResponseReturnValue:
    """The screenings of my agency, newest first, 25 a page."""
    page = min(max(1, request.args.get("page", default=1, type=int)), LAST_PAGE)
    return _listing(page=page, youth_ref=None)


@pages.post("/")
@allow(*_SEARCHERS)
def search() -> ResponseReturnValue:
    """Find by case number. By POST, so that the number never stands in an address, a log or the history."""
    return _listing(page=1, youth_ref=one_line(request.form.get("youth_ref")) or None)


def _listing(*, page: int, youth_ref: str | None) -> str:
    here = services()
    with here.database.reading(g.actor) as tx:
        found = list_screenings(tx, page=page, per_page=PER_PAGE, youth_ref=youth_ref)
    return render_template(
        "home/home.html",
        found=found,
        youth_ref=youth_ref,
        settings={setting.id: translate(setting.label) for setting in here.rulebook.about.settings},
        jurisdictions={state.id: translate(state.label) for state in here.rulebook.about.jurisdictions},
        may_open=may(g.actor, Verb.OPEN_SCREENING),
        may_view=may(g.actor, Verb.VIEW_SCREENING),
        may_search=may(g.actor, Verb.SEE_CASE_NUMBERS),
        longest=LONGEST_YOUTH_REF,
        page_address=lambda number: url_for("home_pages.home", page=number),
    )


@pages.get("/screenings/new")
@allow(*_SCREENERS)
def new_screening() -> ResponseReturnValue:
    """The form for a new screening, with what is usual here already chosen."""
    return _new_form(_form(data=_usual(g.actor)))


@pages.post("/screenings/new")
@allow(*_SCREENERS)
def start_screening() -> ResponseReturnValue:
    """Open the screening and go to it."""
    here = services()
    form = _form(request.form)
    if not form.validate():
        return _new_form(form), 422
    with here.database.writing(g.actor) as tx:
        screening_id = open_screening(tx, **form.data, rulebook_digest=here.rulebook.digest)
    return redirect(url_for("questionnaire_pages.resume", screening_id=screening_id), 303)


def _form(*arguments: Any, **keywords: Any) -> Form:
    form: Form = current_app.extensions["new_screening_form"](*arguments, **keywords)
    return form


def _usual(actor: Actor) -> dict[str, str]:
    """What is chosen before the person touches the form. A state only if the installation names one."""
    here = services()
    usual = {"setting": _USUAL_SETTING.get(actor.role, ""), "jurisdiction": here.config.home_jurisdiction}
    return {name: value for name, value in usual.items() if value}


def _new_form(form: Form) -> str:
    rulebook = services().rulebook
    return render_template(
        "home/new_screening.html",
        form=form,
        settings=[(setting.id, translate(setting.label)) for setting in rulebook.about.settings],
        states=[(state.id, translate(state.label)) for state in states(rulebook)],
        messages={field.name: str(field.errors[0]) for field in form if field.errors},
        longest=LONGEST_YOUTH_REF,
    )


@pages.get("/about")
@open_to_everyone
def about() -> ResponseReturnValue:
    """What the tool is, what it never does, its limits, and which rules it applies."""
    here = services()
    return render_template("home/about.html", rulebook=here.rulebook, who_to_ask=here.config.who_to_ask)


@pages.post("/contrast")
@open_to_everyone
def contrast() -> ResponseReturnValue:
    """Change the look on this device. The cookie holds one word and nothing about a person."""
    response = redirect(local_path(request.form.get("next")), 303)
    if request.form.get("contrast") == "more":
        response.set_cookie(
            "contrast",
            "more",
            max_age=_A_YEAR,
            httponly=True,
            samesite="Lax",
            secure=services().config.secure_cookies,
        )
    else:
        response.delete_cookie("contrast")
    return response


@pages.get("/healthz")
@open_to_everyone
def healthz() -> ResponseReturnValue:
    """For monitors: whether the program and its database answer, and under which rulebook."""
    here = services()
    if not here.database.is_reachable():
        return {"status": "no database"}, 503
    return {"status": "ok", "rulebook": here.rulebook.digest}

"""The list of screenings, opening a new one, what the tool is, and the look of the pages."""

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from screening.core.rulebook import About
from screening.operations.actors import ALLOWED, Actor, Role, Verb, may
from screening.operations.database import Transaction
from screening.operations.duties import how_many_overdue
from screening.operations.rulebooks import EditionUnreadable
from screening.operations.screenings import list_screenings, open_screening
from screening.web.access import allow, local_path, open_to_everyone, signed_in
from screening.web.new_screening_form import (
    ANOTHER_STATE,
    LONGEST_YOUTH_REF,
    StateFields,
    new_screening_form,
    state_choices,
    state_hints,
)
from screening.web.security import one_line
from screening.web.services import services
from screening.web.spoken import translate

pages = Blueprint("home_pages", __name__)

PER_PAGE = 25
LAST_PAGE = 1_000_000
_SCREENERS = tuple(role for role in Role if Verb.OPEN_SCREENING in ALLOWED[role])
_SEARCHERS = tuple(role for role in Role if Verb.SEE_CASE_NUMBERS in ALLOWED[role])
_USUAL_SETTING = {Role.INTAKE_STAFF: "detention", Role.CPS_WORKER: "child_protection"}
_A_YEAR = 365 * 24 * 3600


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
        words = _present_words(tx)
        found = list_screenings(tx, page=page, per_page=PER_PAGE, youth_ref=youth_ref)
        late = how_many_overdue(tx) if may(g.actor, Verb.FOLLOW_UP) else 0
    return render_template(
        "home/home.html",
        found=found,
        youth_ref=youth_ref,
        late=late,
        settings={setting.id: translate(setting.label) for setting in words.settings},
        jurisdictions={state.id: translate(state.label) for state in words.jurisdictions},
        may_open=may(g.actor, Verb.OPEN_SCREENING),
        may_view=may(g.actor, Verb.VIEW_SCREENING),
        may_search=may(g.actor, Verb.SEE_CASE_NUMBERS),
        longest=LONGEST_YOUTH_REF,
        page_address=lambda number: url_for("home_pages.home", page=number),
    )


def _present_words(tx: Transaction) -> About:
    """What settings and places are called. The list opens even under an edition that cannot be read, so that work goes on."""
    here = services()
    try:
        return here.rulebook_of(g.actor, tx).about
    except EditionUnreadable:
        return here.rulebook.about


@pages.get("/screenings/new")
@allow(*_SCREENERS)
def new_screening() -> ResponseReturnValue:
    """The form for a new screening, with what is usual here already chosen."""
    here = services()
    form = new_screening_form(here.rulebook_of(g.actor), here.config.home_jurisdiction)
    return _new_form(form(data=_usual(g.actor)))


@pages.post("/screenings/new")
@allow(*_SCREENERS)
def start_screening() -> ResponseReturnValue:
    """Open the screening and go to it."""
    here = services()
    rulebook = here.rulebook_of(g.actor)
    form = new_screening_form(rulebook, here.config.home_jurisdiction)(request.form)
    if not form.validate():
        return _new_form(form), 422
    with here.database.writing(g.actor) as tx:
        screening_id = open_screening(
            tx,
            setting=form["setting"].data,
            jurisdiction=form.state,
            youth_ref=form["youth_ref"].data,
            rulebook_digest=rulebook.digest,
        )
    return redirect(url_for("questionnaire_pages.resume", screening_id=screening_id), 303)


def _usual(actor: Actor) -> dict[str, str]:
    """What is chosen before the person touches the form. A state only if the installation names one."""
    here = services()
    usual = {"setting": _USUAL_SETTING.get(actor.role, ""), "jurisdiction": here.config.home_jurisdiction}
    return {name: value for name, value in usual.items() if value}


def _new_form(form: StateFields) -> str:
    rulebook = services().rulebook_of(g.actor)
    return render_template(
        "home/new_screening.html",
        form=form,
        settings=[(setting.id, translate(setting.label)) for setting in rulebook.about.settings],
        states=state_choices(form.offered),
        state_hints=state_hints(form.offered),
        another_state=ANOTHER_STATE,
        messages={field.name: str(field.errors[0]) for field in form if field.errors},
        longest=LONGEST_YOUTH_REF,
    )


@pages.get("/about")
@open_to_everyone
def about() -> ResponseReturnValue:
    """What the tool is, what it never does, its limits, and which rules it applies."""
    here = services()
    rulebook = here.rulebook_of(g.actor)
    return render_template("home/about.html", rulebook=rulebook, who_to_ask=here.config.who_to_ask)


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

"""Signing in and out."""

import unicodedata
from functools import cache

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext
from flask_limiter.util import get_remote_address
from werkzeug.wrappers import Response

from screening.operations import demonstration
from screening.operations.accounts import LONGEST_PASSWORD, LONGEST_USERNAME
from screening.operations.accounts import sign_in as check_password
from screening.operations.actors import Role
from screening.web.access import begin_sitting, end_sitting, local_path, open_to_everyone, signed_in
from screening.web.security import attempts, one_line
from screening.web.services import services
from screening.web.spoken import gettext

pages = Blueprint("account_pages", __name__)

ROLE_NAMES = {
    Role.INTAKE_STAFF: lazy_gettext("Detention intake staff"),
    Role.CPS_WORKER: lazy_gettext("Child protection worker"),
    Role.SUPERVISOR: lazy_gettext("Supervisor"),
    Role.ADMINISTRATOR: lazy_gettext("Administrator"),
    Role.RULEBOOK_PUBLISHER: lazy_gettext("Rulebook publisher"),
    Role.DIRECTORY_EDITOR: lazy_gettext("Directory editor"),
}


def _address_and_name() -> str:
    """One name from one address, so that nobody can lock a colleague out from elsewhere."""
    username = one_line(request.form.get("username"))[:LONGEST_USERNAME]
    return f"{get_remote_address()} {unicodedata.normalize('NFKC', username).casefold()}"


def _failed(response: Response) -> bool:
    return response.status_code != 303


@pages.get("/sign-in")
@open_to_everyone
def sign_in() -> ResponseReturnValue:
    """The sign-in form; who is signed in already goes on."""
    if g.actor is not None:
        return redirect(local_path(request.args.get("next")), 303)
    return _form(request.args.get("next"), reason=request.args.get("reason"))


@pages.post("/sign-in")
@open_to_everyone
@attempts.limit(
    lambda: services().config.sign_in_attempts_address, key_func=get_remote_address, deduct_when=_failed
)
@attempts.limit(lambda: services().config.sign_in_attempts, key_func=_address_and_name, deduct_when=_failed)
def check_sign_in() -> ResponseReturnValue:
    """Sign in. An unknown name and a wrong password get the same answer after the same time."""
    wanted = request.form.get("next")
    username = one_line(request.form.get("username"))
    password = request.form.get("password", "")
    errors = []
    if not username:
        errors.append(("username", gettext("Enter your user name")))
    if not password:
        errors.append(("password", gettext("Enter your password")))
    if not errors:
        # A longer one is no one's password, and hashing it would only cost time.
        short_enough = len(password) <= LONGEST_PASSWORD
        actor = check_password(services().database, username, password) if short_enough else None
        if actor is not None:
            begin_sitting(actor)
            return redirect(local_path(wanted), 303)
        errors.append(("username", gettext("The user name or the password is not right")))
    return _form(wanted, username=username, errors=errors), 422


@pages.post("/sign-out")
@signed_in
def sign_out() -> ResponseReturnValue:
    """End the sitting. The browser is asked to forget what it cached."""
    end_sitting()
    response = redirect(url_for("account_pages.sign_in", reason="signed_out"), 303)
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


def _form(
    wanted: str | None,
    *,
    username: str = "",
    reason: str | None = None,
    errors: list[tuple[str, str]] | None = None,
) -> str:
    return render_template(
        "account/sign_in.html",
        next=local_path(wanted),
        username=username,
        reason=reason,
        errors=errors or [],
        invented=_invented_people() if services().config.demonstration else (),
        invented_password=demonstration.PASSWORD,
        role_names=ROLE_NAMES,
    )


@cache
def _invented_people() -> tuple[demonstration.Person, ...]:
    """Who can sign in to the demonstration; shown there only."""
    return tuple(person for setup in demonstration.SETUPS for person in setup.people)

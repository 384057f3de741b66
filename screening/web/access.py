"""Who may open which page: deny by default, declared beside each view.

A view declares exactly one of ``open_to_everyone``, ``signed_in`` and ``allow``. An endpoint that declares nothing
answers 403. The session holds the user's id, the stamp of that account and two times, nothing else: whoever changes a
password or locks an account changes the stamp and so ends every sitting of that user.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from urllib.parse import urlsplit
from uuid import UUID

from flask import Flask, abort, current_app, g, redirect, request, session, url_for
from werkzeug.exceptions import Unauthorized
from werkzeug.wrappers import Response

from screening.operations.accounts import actor_for
from screening.operations.actors import ACCOUNT_ROLES, Actor, Role
from screening.web.services import Services, services

View = TypeVar("View", bound=Callable[..., Any])
_REFRESH_AFTER_SECONDS = 60


@dataclass(frozen=True)
class Access:
    """What a view declared: open to everyone, or to these roles."""

    everyone: bool
    roles: frozenset[Role]


def _declare(view: View, access: Access) -> View:
    if hasattr(view, "access"):
        raise TypeError(f"{view.__name__} declares its access twice")
    view.access = access  # type: ignore[attr-defined]  # functions take attributes; the type Callable does not say so
    return view


def open_to_everyone(view: View) -> View:
    """The page shows nothing that needs a sign-in."""
    return _declare(view, Access(everyone=True, roles=frozenset()))


def signed_in(view: View) -> View:
    """Any signed-in person may open the page; the operation behind it still checks the agency."""
    return _declare(view, Access(everyone=False, roles=frozenset(ACCOUNT_ROLES)))


def allow(*roles: Role) -> Callable[[View], View]:
    """Only signed-in persons with one of these roles may open the page."""

    def decorate(view: View) -> View:
        return _declare(view, Access(everyone=False, roles=frozenset(roles)))

    return decorate


def declared_access(app: Flask, endpoint: str) -> Access | None:
    """What the view behind an endpoint declared, None if nothing."""
    return getattr(app.view_functions.get(endpoint), "access", None)


def init_access(app: Flask) -> None:
    """Ask before every request. Comes before the check against forged requests, so that an ended sitting is told as such."""
    app.before_request(_admit)


def _admit() -> Response | None:
    g.actor = None
    g.sitting_ended = False
    endpoint = request.endpoint
    if endpoint == "static":
        return None
    if "user" in session:
        g.actor = _actor_of_session(services())
    if endpoint is None:
        return None  # no such page: the router answers 404 or 405
    access = declared_access(current_app, endpoint)
    if access is None:
        abort(403)
    if access.everyone:
        return None
    if g.actor is None:
        return _ask_to_sign_in()
    if g.actor.role not in access.roles:
        abort(403)
    return None


def _actor_of_session(here: Services) -> Actor | None:
    """The person of this sitting, or None (and an empty session) when the sitting has ended."""
    now = here.clock()
    actor = None
    if _in_time(now, here):
        actor = actor_for(here.database, session["user"], session["stamp"])
    if actor is None:
        session.clear()
        g.sitting_ended = True
    elif now.timestamp() - session["seen"] > _REFRESH_AFTER_SECONDS:
        session["seen"] = int(now.timestamp())
    return actor


def _in_time(now: datetime, here: Services) -> bool:
    """Whether this sitting is complete and within both limits."""
    began, seen = session.get("since"), session.get("seen")
    if "stamp" not in session or not isinstance(began, int) or not isinstance(seen, int):
        return False
    moment, settings = now.timestamp(), here.config
    return moment - seen <= settings.idle_minutes * 60 and moment - began <= settings.longest_hours * 3600


def begin_sitting(actor: Actor) -> None:
    """Sign a person in. The former session is thrown away, with it the token against forged requests."""
    now = int(services().clock().timestamp())
    session.clear()
    session.update(user=actor.user_id, stamp=actor.stamp, since=now, seen=now)
    g.pop("csrf_token", None)
    g.actor = actor


def end_sitting() -> None:
    """Sign out."""
    session.clear()
    g.pop("csrf_token", None)
    g.actor = None


def wants_json() -> bool:
    """Whether the answer is read by a script: it sent JSON, or asks for JSON and not for a page."""
    accepted = request.accept_mimetypes
    return request.is_json or (accepted["application/json"] > 0 and accepted["text/html"] == 0)


def _ask_to_sign_in() -> Response:
    if wants_json():
        raise Unauthorized
    back = return_path()
    return redirect(
        url_for(
            "account_pages.sign_in",
            next=None if back == url_for("home_pages.home") else back,
            reason="ended" if g.sitting_ended else None,
        ),
        303,
    )


def return_path() -> str:
    """The local address to come back to after a detour: this page if it can be fetched, else the list of screenings."""
    if request.method in ("GET", "HEAD") and request.url_rule is not None:
        return request.full_path.rstrip("?")
    adapter = current_app.create_url_adapter(request)
    if request.url_rule is not None and adapter is not None and adapter.test(request.path, "GET"):
        return request.path
    return url_for("home_pages.home")


def local_path(wanted: str | None) -> str:
    """``wanted`` if it is an address inside this application, else the list of screenings.

    Browsers read a backslash as a slash and skip control characters, so either makes an address foreign.
    """
    home = url_for("home_pages.home")
    if not wanted or not wanted.startswith("/") or wanted.startswith("//"):
        return home
    if "\\" in wanted or any(ord(letter) < 33 or ord(letter) == 127 for letter in wanted):
        return home
    parts = urlsplit(wanted)
    return home if parts.scheme or parts.netloc else wanted


def plain_id(value: object) -> str | None:
    """``value`` if it is an id drawn by the program; None for anything a person may have typed into an address."""
    try:
        return str(UUID(str(value)))
    except ValueError:
        return None

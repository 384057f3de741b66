"""What every response carries and every request must pass: headers, forged-request check, sizes, attempts."""

import hashlib
from functools import cache
from pathlib import Path

from flask import Flask, Response, abort, request, url_for
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_wtf.csrf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from screening.config import Config

LARGEST_REQUEST = 8 * 1024 * 1024
_STATIC_LIFETIME = "public, max-age=31536000, immutable"

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
_FEATURES_OFF = (
    "accelerometer", "autoplay", "camera", "display-capture", "encrypted-media", "fullscreen", "geolocation",
    "gyroscope", "magnetometer", "microphone", "midi", "payment", "picture-in-picture", "usb", "xr-spatial-tracking",
)  # fmt: skip
_HEADERS = (
    ("Content-Security-Policy", CONTENT_SECURITY_POLICY),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Referrer-Policy", "no-referrer"),
    ("Permissions-Policy", ", ".join(f"{feature}=()" for feature in _FEATURES_OFF)),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("X-Robots-Tag", "noindex, nofollow"),
)

forged_requests = CSRFProtect()
attempts = Limiter(get_remote_address, storage_uri="memory://", headers_enabled=False)


def apply_settings(app: Flask, config: Config, secret: str | bytes) -> None:
    """Flask's own settings. Sizes: one long section is far below; whatever is above is refused with a page that says so."""
    cookie = "__Host-sitting" if config.secure_cookies else "sitting"
    app.config.update(
        SECRET_KEY=secret,
        TESTING=config.testing,
        SESSION_COOKIE_NAME=cookie,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=config.secure_cookies,
        SESSION_COOKIE_PATH="/",
        PREFERRED_URL_SCHEME="https" if config.secure_cookies else "http",
        TRUSTED_HOSTS=list(config.hosts) or None,
        MAX_CONTENT_LENGTH=LARGEST_REQUEST,
        MAX_FORM_MEMORY_SIZE=LARGEST_REQUEST,
        MAX_FORM_PARTS=20_000,
        # A token lives as long as its sitting; an hour's limit of its own would only lose answers.
        WTF_CSRF_TIME_LIMIT=None,
        # The check of the referrer cannot work: our pages send none. Cross-site posts are refused below instead.
        WTF_CSRF_SSL_STRICT=False,
    )


def init_security(app: Flask, config: Config) -> None:
    """Install the checks and the headers. Call after ``init_access``: who may ask is settled first."""
    _prepare_static_addresses(app)
    app.before_request(_refuse_cross_site)
    forged_requests.init_app(app)
    attempts.init_app(app)
    headers = list(_HEADERS)
    if config.secure_cookies:
        headers.append(("Strict-Transport-Security", "max-age=31536000"))

    @app.after_request
    def _protect(response: Response) -> Response:
        response.headers.extend(headers)
        if request.endpoint == "static" and response.status_code in (200, 206, 304):
            response.headers["Cache-Control"] = _STATIC_LIFETIME if "v" in request.args else "no-cache"
        elif "immutable" not in response.headers.get("Cache-Control", ""):
            response.headers["Cache-Control"] = "no-store"
        return response

    if config.trusted_proxies:
        count = config.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)  # type: ignore[method-assign]


def _refuse_cross_site() -> None:
    """Browsers say where a request comes from; a post from another site is refused before its token is looked at."""
    elsewhere = request.headers.get("Sec-Fetch-Site") in ("cross-site", "same-site")
    if elsewhere and request.method not in ("GET", "HEAD", "OPTIONS"):
        abort(403)


def _prepare_static_addresses(app: Flask) -> None:
    """``static_url(name)`` in templates: the address carries a hash of the content, so it may be cached for a year."""
    folder = Path(app.static_folder or "")

    @cache
    def version(name: str) -> str:
        return hashlib.sha256((folder / name).read_bytes()).hexdigest()[:12]

    @cache
    def known_address(name: str) -> str:
        return url_for("static", filename=name, v=version(name))

    app.jinja_env.globals["static_url"] = known_address


def one_line(typed: str | None) -> str:
    """What was typed into a line: without characters nobody can see, and without the spaces around it."""
    return "".join(letter for letter in typed or "" if letter.isprintable()).strip()

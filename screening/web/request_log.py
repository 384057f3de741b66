"""One JSON line a request, for operators: what, how it ended, how long. Never who a screening is about.

A line holds the pattern of the address, not the address; ids drawn by the program; no query, no form, no header.
"""

import json
import logging
import sys
import time
import traceback
from typing import Any

from flask import Flask, Response, g, request

from screening.web.access import plain_id

log = logging.getLogger("screening.requests")


def init_request_log(app: Flask) -> None:
    """Time every request and write its line. Installed first, so that refused requests are written as well."""
    if not log.handlers and not app.testing:
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(logging.Formatter("%(message)s"))
        log.addHandler(handler)
        log.propagate = False
    log.setLevel(logging.INFO)

    @app.before_request
    def _begin() -> None:
        g.began = time.perf_counter()

    @app.after_request
    def _write(response: Response) -> Response:
        if log.isEnabledFor(logging.INFO) and request.endpoint != "static":
            log.info(json.dumps(_line(response.status_code)))
        return response


def _line(status: int) -> dict[str, Any]:
    actor = g.get("actor")
    line: dict[str, Any] = {
        "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "method": request.method,
        "route": request.url_rule.rule if request.url_rule else None,
        "status": status,
        "ms": round((time.perf_counter() - g.get("began", time.perf_counter())) * 1000, 1),
    }
    for name, value in (request.view_args or {}).items():
        if known := plain_id(value):
            line[name] = known
    if actor is not None:
        line |= {"user": actor.user_id, "agency": actor.agency_id}
    return line


def log_fault(fault: BaseException) -> None:
    """Write a program fault: its kind and where, without its message, which may quote an answer."""
    places = [
        f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(fault.__traceback__)
    ]
    route = request.url_rule.rule if request.url_rule else None
    log.error(json.dumps({"fault": type(fault).__qualname__, "route": route, "places": places}))

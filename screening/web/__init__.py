"""The web face: HTTP to verbs and back. No rules here, no database statements."""

from collections.abc import Callable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from flask import Flask, request

from screening.config import Config, shipped_folder
from screening.core.loading import load_files, read_rule_files
from screening.core.rulebook import Rulebook
from screening.operations.database import Database
from screening.operations.rulebooks import keep_rulebook
from screening.web import (
    account_pages,
    advocate_pages,
    bed_link_pages,
    bed_pages,
    charge_pages,
    contact_pages,
    directory_api,
    directory_duplicates_pages,
    directory_editing_pages,
    directory_pages,
    directory_upkeep_pages,
    due_list_pages,
    duty_pages,
    hand_off_inbox_pages,
    hand_off_link_pages,
    hand_off_pages,
    home_pages,
    placement_pages,
    publishing_pages,
    questionnaire_pages,
    referral_pages,
    report_pages,
    result_pages,
    review_pages,
    rulebook_pages,
    sheet_pages,
    stay_pages,
    unmet_need_pages,
    unmet_need_report_pages,
    what_if_pages,
)
from screening.web.access import init_access, open_to_everyone, return_path
from screening.web.error_pages import init_error_pages
from screening.web.language import init_language, page_language
from screening.web.request_log import init_request_log
from screening.web.security import apply_settings, init_security
from screening.web.services import Services

_AREAS = (
    account_pages,
    advocate_pages,
    bed_link_pages,
    bed_pages,
    charge_pages,
    contact_pages,
    directory_api,
    directory_duplicates_pages,
    directory_editing_pages,
    directory_pages,
    directory_upkeep_pages,
    due_list_pages,
    duty_pages,
    hand_off_inbox_pages,
    hand_off_link_pages,
    hand_off_pages,
    home_pages,
    placement_pages,
    publishing_pages,
    questionnaire_pages,
    referral_pages,
    report_pages,
    result_pages,
    review_pages,
    rulebook_pages,
    sheet_pages,
    stay_pages,
    unmet_need_pages,
    unmet_need_report_pages,
    what_if_pages,
)


def utc_now() -> datetime:
    """The clock of a running installation."""
    return datetime.now(UTC)


def create_app(
    config: Config,
    *,
    rulebook: Rulebook | None = None,
    database: Database | None = None,
    clock: Callable[[], datetime] = utc_now,
) -> Flask:
    """The application over one installation.

    In: its settings; the rulebook and the database they name may be handed in if they are open already.
    Raises RulebookFaults when the rulebook does not hold together, RulebookNotKept when the one handed in is not the one
    the settings name, and what ``Database.open`` raises.
    """
    app = Flask(
        "screening.web",
        static_folder=str(shipped_folder("static")),
        static_url_path="/static",
        template_folder=str(config.templates_path),
        instance_path=str(config.instance_path),
    )
    timezone = ZoneInfo(config.timezone)
    database = database or Database.open(config.database_url, config.keys_path, clock, timezone=timezone)
    rulebook = _shipped_rulebook(config, database, rulebook)
    apply_settings(app, config, config.secret_key or database.web_session_secret())
    app.extensions["screening"] = Services(database, rulebook, clock, config, timezone)
    open_to_everyone(app.view_functions["static"])
    init_request_log(app)
    init_language(app, config)
    init_access(app)
    init_security(app, config)
    init_error_pages(app)
    _prepare_templates(app, config)
    for area in _AREAS:
        app.register_blueprint(area.pages)
    return app


def _shipped_rulebook(config: Config, database: Database, rulebook: Rulebook | None) -> Rulebook:
    """The rulebook that counts where an agency has published none; kept, so that what is screened under it can be read."""
    files = read_rule_files(config.rules_path)
    rulebook = rulebook or load_files(files)
    keep_rulebook(database, rulebook, files)
    return rulebook


def _prepare_templates(app: Flask, config: Config) -> None:
    """What every page needs to know; settled once where it can be."""
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals["demonstration"] = config.demonstration
    app.jinja_env.globals["page_language"] = page_language
    app.jinja_env.globals["return_path"] = return_path
    app.jinja_env.globals["high_contrast"] = high_contrast


def high_contrast() -> bool:
    """Whether the person chose the high-contrast look on this device."""
    return request.cookies.get("contrast") == "more"

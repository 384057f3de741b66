"""Referrals of a screening: making one, following it step by step, and the agency's list of those that are not over."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from uuid import NAMESPACE_URL, UUID, uuid4, uuid5

from flask import Blueprint, abort, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from screening.core.placement_shapes import PlacementGuide, ReferralStep
from screening.core.rulebook import Rulebook, Service
from screening.operations.actors import ALLOWED, Role, Verb
from screening.operations.database import Transaction
from screening.operations.directory.finding import services_named
from screening.operations.referrals import (
    LONGEST_WORDS,
    OpenReferral,
    ReferralChanged,
    ReferralExists,
    ReferralRefused,
    make_referral,
    open_referrals,
    quiet_referrals,
    record_step,
)
from screening.operations.rulebooks import EditionUnreadable, RulebookNotKept
from screening.web.access import allow, plain_id
from screening.web.duty_views import duration_in_words
from screening.web.following import Following, following
from screening.web.moment_fields import NOTHING_TYPED, TypedMoment, read_moment
from screening.web.referral_views import (
    QUIET_AFTER,
    ReferralView,
    TypedStep,
    first_step,
    guide_of,
    need_label,
    place_label,
    referral_views,
    step_rules,
    steps_after,
    who_refers,
)
from screening.web.security import one_line
from screening.web.services import services
from screening.web.spoken import gettext as _
from screening.web.spoken import translate

pages = Blueprint("referral_pages", __name__)

PER_PAGE = 25
LAST_PAGE = 1_000_000
NOT_YET = "not_yet"
_VIEWERS = tuple(role for role in Role if Verb.VIEW_SCREENING in ALLOWED[role])
_KEEPERS = tuple(role for role in Role if Verb.FOLLOW_UP in ALLOWED[role])


@dataclass(frozen=True, slots=True)
class NewReferral:
    """What was chosen and typed for a new referral, the id it will have, and what is wrong with it."""

    id: str
    need: str = ""
    answer: str = NOT_YET
    at: TypedMoment = NOTHING_TYPED
    note: str = ""
    faults: tuple[tuple[str, str], ...] = ()
    exists: str = ""


def decision_id(referral_id: str, step: str) -> str:
    """The id of a step sent together with its referral: the same form sent twice draws the same."""
    return str(uuid5(NAMESPACE_URL, f"{UUID(referral_id)}/{step}"))


@pages.app_template_global()
def referral_work(screening_id: str, rulebook: Rulebook) -> list[ReferralView]:
    """The referrals of a screening, for a page about more than them that read it already."""
    return referral_views(screening_id, rulebook)


# ---- the referrals of a screening


@pages.get("/screenings/<screening_id>/referrals")
@allow(*_VIEWERS)
def referrals(screening_id: str) -> ResponseReturnValue:
    """Every referral with its steps in time, and what may come next."""
    return _list_page(following(screening_id), {})


@pages.post("/screenings/<screening_id>/referrals/<referral_id>/step")
@allow(*_KEEPERS)
def step(screening_id: str, referral_id: str) -> ResponseReturnValue:
    """Record a step. Refused, what was typed stays in its fields."""
    found = following(screening_id)
    guide = guide_of(found.rulebook)
    if guide is None or plain_id(referral_id) is None:
        abort(404)
    here = services()
    if all(view.referral.id != referral_id for view in referral_views(screening_id, found.rulebook)):
        abort(404)
    form = request.form
    at = read_moment(
        form.get(f"at-{referral_id}", ""), form.get("which", ""), zone=here.timezone, now=here.clock()
    )
    typed = TypedStep(plain_id(form.get("id")) or str(uuid4()), at, one_line(form.get("note")))
    name = f"at-{referral_id}"
    if at.error:
        return _list_page(found, {referral_id: replace(typed, faults=((name, at.error),))}), 422
    chosen = form.get("step", "")
    if not chosen:
        fault = (f"step-{referral_id}", _("Choose what happened."))
        return _list_page(found, {referral_id: replace(typed, faults=(fault,))}), 422
    try:
        with here.database.writing(g.actor) as tx:
            record_step(
                tx,
                referral_id,
                chosen,
                at.at,
                {"note": typed.note},
                typed.id,
                steps=step_rules(guide),
                seen=form.get("seen", type=int),
            )
    except ReferralChanged:
        return _list_page(found, {referral_id: replace(typed, id=str(uuid4()), changed=True)}), 409
    except ReferralRefused as refusal:
        fault = (name if at.at else f"step-{referral_id}", translate(str(refusal)))
        return _list_page(found, {referral_id: replace(typed, faults=(fault,))}), 422
    return redirect(url_for(".referrals", screening_id=screening_id, _anchor=f"referral-{referral_id}"), 303)


def _list_page(found: Following, typed: Mapping[str, TypedStep]) -> str:
    views = referral_views(found.record.id, found.rulebook)
    return render_template(
        "referrals/referrals.html",
        found=found,
        guide=guide_of(found.rulebook),
        views=views,
        typed={view.referral.id: typed.get(view.referral.id) or TypedStep(str(uuid4())) for view in views},
        faults=[fault for each in typed.values() for fault in each.faults],
        open_count=sum(view.is_open for view in views),
        longest=LONGEST_WORDS,
    )


# ---- a new referral


@pages.get("/screenings/<screening_id>/referrals/new")
@allow(*_KEEPERS)
def new(screening_id: str) -> ResponseReturnValue:
    """The form for a new referral to one service. Without a service, the way to where services are."""
    found = following(screening_id)
    form = NewReferral(str(uuid4()), need=_need(found.rulebook, request.args.get("need", "")))
    return _new_page(found, _service(found.rulebook, request.args.get("service", "")), form)


@pages.post("/screenings/<screening_id>/referrals/new")
@allow(*_KEEPERS)
def make(screening_id: str) -> ResponseReturnValue:
    """Make it, with what the youth decided if that is known."""
    found = following(screening_id)
    service = _service(found.rulebook, request.form.get("service", ""))
    guide = guide_of(found.rulebook)
    begin = first_step(guide) if guide else None
    if service is None or guide is None or begin is None:
        abort(404)
    here, typed = services(), request.form
    form = NewReferral(
        plain_id(typed.get("id")) or str(uuid4()),
        _need(found.rulebook, typed.get("need", "")),
        typed.get("answer", NOT_YET),
        read_moment(typed.get("at", ""), typed.get("which", ""), zone=here.timezone, now=here.clock()),
        one_line(typed.get("note")),
    )
    faults = _faults(form, _answers(guide, begin))
    if faults:
        return _new_page(found, service, replace(form, faults=faults)), 422
    try:
        with here.database.writing(g.actor) as tx:
            _make(tx, screening_id, service, guide, begin, form)
    except ReferralExists as refusal:
        return _new_page(found, service, replace(form, exists=refusal.referral_id)), 409
    except ReferralRefused as refusal:
        return _new_page(found, service, replace(form, faults=(("note", translate(str(refusal))),))), 422
    return redirect(url_for(".referrals", screening_id=screening_id, _anchor=f"referral-{form.id}"), 303)


def _make(
    tx: Transaction,
    screening_id: str,
    service: Service,
    guide: PlacementGuide,
    begin: ReferralStep,
    form: NewReferral,
) -> None:
    rules, words = step_rules(guide), {"note": form.note}
    is_new = make_referral(
        tx, screening_id, service.id, form.need, begin.id, words, form.id, steps=rules, at=form.at.at
    )
    if is_new and form.answer != NOT_YET:
        own = decision_id(form.id, form.answer)
        record_step(tx, form.id, form.answer, form.at.at, {}, own, steps=rules)


def _faults(form: NewReferral, answers: tuple[ReferralStep, ...]) -> tuple[tuple[str, str], ...]:
    faults = []
    if not form.need:
        faults.append(("need", _("Choose what the youth needs.")))
    if form.answer not in {NOT_YET, *(step.id for step in answers)}:
        faults.append(("answer", _("Choose what the youth said.")))
    if form.at.error:
        faults.append(("at", form.at.error))
    if len(form.note) > LONGEST_WORDS:
        faults.append(("note", _("Keep it to %(most)d characters.", most=LONGEST_WORDS)))
    return tuple(faults)


def _answers(guide: PlacementGuide, begin: ReferralStep) -> tuple[ReferralStep, ...]:
    return tuple(step for step in steps_after(guide, begin.id) if step.youth_decides)


def _need(rulebook: Rulebook, wanted: str) -> str:
    return wanted if any(need.id == wanted for need in rulebook.needs) else ""


def _service(rulebook: Rulebook, service_id: str) -> Service | None:
    """The service that is asked for; 404 if the person may not see it. None if none is asked for."""
    if not service_id:
        return None
    with services().database.reading(g.actor) as tx:
        found = services_named(tx, rulebook, [service_id])
    return found[0] if found else abort(404)


def _new_page(found: Following, service: Service | None, form: NewReferral) -> str:
    guide = guide_of(found.rulebook)
    begin = first_step(guide) if guide else None
    return render_template(
        "referrals/new.html",
        found=found,
        service=service,
        place=place_label(service),
        who=who_refers(found.rulebook, service) if service else [],
        form=form,
        faults=dict(form.faults),
        needs=[(need.id, translate(need.label)) for need in found.rulebook.needs],
        answers=_answers(guide, begin) if guide and begin else (),
        begin=begin,
        not_yet=NOT_YET,
        longest=LONGEST_WORDS,
    )


# ---- the agency's open referrals


@dataclass(frozen=True, slots=True)
class OpenLine:
    """One line of the list."""

    referral: OpenReferral
    place: str
    need: str
    step: str
    waiting: str
    quiet: bool


@pages.get("/referrals")
@allow(*_KEEPERS)
def open_list() -> ResponseReturnValue:
    """A page of the agency's referrals that are not over, the one without a step for longest first."""
    here = services()
    page = min(max(1, request.args.get("page", default=1, type=int)), LAST_PAGE)
    with here.database.reading(g.actor) as tx:
        found = open_referrals(tx, page=page, per_page=PER_PAGE)
        quiet = quiet_referrals(tx, tx.now - QUIET_AFTER)
        wanted = {each.service_id for each in found.items}
        named = services_named(tx, here.rulebook_of(g.actor, tx), wanted)
    by_id = {service.id: service for service in named}
    return render_template(
        "referrals/open.html",
        found=found,
        quiet=quiet,
        days=QUIET_AFTER.days,
        lines=[_line(each, by_id.get(each.service_id)) for each in found.items],
        page_address=lambda number: url_for(".open_list", page=number),
    )


def _line(each: OpenReferral, service: Service | None) -> OpenLine:
    rulebook = _edition(each)
    guide = guide_of(rulebook)
    labels = {step.id: translate(step.label) for step in guide.referral_steps} if guide else {}
    waiting = services().clock() - each.step_at
    return OpenLine(
        each,
        place_label(service),
        need_label(rulebook, each.need),
        labels.get(each.step, each.step),
        duration_in_words(waiting),
        waiting > QUIET_AFTER,
    )


def _edition(each: OpenReferral) -> Rulebook:
    """The edition the screening was opened under; the agency's present one where that cannot be read."""
    here = services()
    try:
        return here.rulebook_for(each.rulebook_digest)
    except (EditionUnreadable, RulebookNotKept):
        return here.rulebook_of(g.actor)

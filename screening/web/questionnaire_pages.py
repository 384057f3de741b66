"""The questionnaire in desk mode: one section a page, saving as answers are given, checking, interruptions."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from flask import Blueprint, abort, g, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_time
from werkzeug.datastructures import MultiDict

from screening.core.advice import calls_for
from screening.core.evaluation import Level
from screening.core.rulebook import Section
from screening.core.statements import Statement
from screening.operations.actors import ALLOWED, Role, Verb
from screening.operations.database import Transaction
from screening.operations.screenings import (
    amendable_until,
    complete_screening,
    find_screening,
    note_recognised,
    reopen_screening,
    save_statements,
)
from screening.web.access import allow
from screening.web.advocate_views import advocate_address
from screening.web.duty_views import duration_in_words
from screening.web.forms import (
    SectionForm,
    SentPage,
    form_class,
    last_recorded_at,
    new_statements,
    save_token,
    values_shown,
)
from screening.web.question_html import listed_options, questions_html
from screening.web.section_views import (
    Sitting,
    asked_questions,
    checked_questions,
    concern_words,
    faults_in_words,
    interruption_links,
    mostly_asks,
    newly_applying,
    rights_notices,
    state_labels,
    steps_of,
    with_phone_links,
)
from screening.web.services import services
from screening.web.spoken import gettext as _

pages = Blueprint("questionnaire_pages", __name__)

pages.add_app_template_global(listed_options)
pages.add_app_template_global(with_phone_links)

MOST_AUTOSAVED_VALUES = 100
_SCREENERS = tuple(role for role in Role if Verb.SAVE_STATEMENTS in ALLOWED[role])


@pages.get("/screenings/<screening_id>")
@allow(*_SCREENERS)
def resume(screening_id: str) -> ResponseReturnValue:
    """Go on where something is still open."""
    with services().database.reading(g.actor) as tx:
        sitting = _sitting(tx, screening_id)
    return redirect(_onward(sitting, None), 303)


@pages.get("/screenings/<screening_id>/sections/<section_id>")
@allow(*_SCREENERS)
def section(screening_id: str, section_id: str) -> ResponseReturnValue:
    """A section's questions, with the person's own answers filled in."""
    with services().database.reading(g.actor) as tx:
        sitting = _sitting(tx, screening_id)
    here = _section_of(sitting, section_id)
    if sitting.record.status == "completed":  # the check page offers to reopen it
        return redirect(url_for(".check", screening_id=screening_id), 303)
    form = form_class(sitting.rulebook, section_id, sitting.record.setting)(
        None, sitting.own, services().today()
    )
    return _section_page(sitting, here, form)


@pages.post("/screenings/<screening_id>/sections/<section_id>")
@allow(*_SCREENERS)
def save_section(screening_id: str, section_id: str) -> ResponseReturnValue:
    """Save the valid answers of a page in one transaction, then go on, or back to what is wrong or new on it."""
    with services().database.writing(g.actor) as tx:
        before = _sitting(tx, screening_id)
        here = _section_of(before, section_id)
        form = _posted_form(before, here, request.form)
        sent = SentPage(
            token=save_token(request.form.get("save")),
            shown=values_shown(before.record.statements, before.author, request.form.get("seen", "")),
            touched=frozenset(request.form.get("touched", "").split()),
        )
        after = _save(tx, before, form, sent)
    faults = form.faults()
    if faults:
        # Sound rows are shown as recorded now, so that saving this page again undoes nothing saved elsewhere meanwhile.
        faulty = MultiDict((name, value) for name, value in request.form.items(multi=True) if name in faults)
        form = type(form)(faulty, after.own, services().today())
        form.validate()
        return _section_page(after, here, form), 422
    return redirect(_address_after(before, after, here), 303)


@pages.post("/screenings/<screening_id>/answers")
@allow(*_SCREENERS)
def save_answers(screening_id: str) -> ResponseReturnValue:
    """Save one row as it is given. In: ``{section, field, values, save}``. Out: where the screening stands now."""
    asked = request.get_json(silent=True)
    if not isinstance(asked, dict):
        abort(400)
    name, values = asked.get("field"), asked.get("values")
    if not isinstance(name, str) or not isinstance(values, list) or len(values) > MOST_AUTOSAVED_VALUES:
        abort(400)
    if not all(isinstance(value, str) for value in values):
        abort(400)
    with services().database.writing(g.actor) as tx:
        before = _sitting(tx, screening_id)
        here = _section_of(before, str(asked.get("section")))
        form = _posted_form(before, here, MultiDict((name, value) for value in values))
        after = _save(tx, before, form, SentPage(save_token(asked.get("save")), {}, frozenset((name,))))
    return jsonify(_standing(before, after, here, form))


@pages.get("/screenings/<screening_id>/check")
@allow(*_SCREENERS)
def check(screening_id: str) -> ResponseReturnValue:
    """All answers in words, for checking before the result."""
    with services().database.reading(g.actor) as tx:
        sitting = _sitting(tx, screening_id)
        until = amendable_until(tx, screening_id)
    return render_template(
        "screenings/check.html",
        amendable_until=until,
        is_locked=until is not None and services().clock() >= until,
        amend_for=duration_in_words(_amend_for()),
        sitting=sitting,
        sections=[(each, checked_questions(sitting, each)) for each in sitting.sections],
        last_section=sitting.sections[-1],
        concern=concern_words(sitting),
        interruptions=interruption_links(sitting),
        state_labels=state_labels(),
    )


@pages.post("/screenings/<screening_id>/complete")
@allow(*_SCREENERS)
def complete(screening_id: str) -> ResponseReturnValue:
    """Close the screening and show its result."""
    with services().database.writing(g.actor) as tx:
        complete_screening(tx, screening_id, amend_for=_amend_for())
    return redirect(url_for("result_pages.result", screening_id=screening_id), 303)


@pages.post("/screenings/<screening_id>/reopen")
@allow(*_SCREENERS)
def reopen(screening_id: str) -> ResponseReturnValue:
    """Let a completed screening take answers again."""
    with services().database.writing(g.actor) as tx:
        reopen_screening(tx, screening_id)
    return redirect(url_for(".check", screening_id=screening_id), 303)


@pages.get("/screenings/<screening_id>/interruptions/<interruption_id>")
@allow(*_SCREENERS)
def interruption(screening_id: str, interruption_id: str) -> ResponseReturnValue:
    """What to do now, before anything else is asked."""
    with services().database.reading(g.actor) as tx:
        sitting = _sitting(tx, screening_id)
    found = next(
        (each for each in sitting.rulebook.concern.interruptions if each.id == interruption_id), None
    )
    if found is None:
        abort(404)
    links = interruption_links(sitting)
    return render_template(
        "screenings/interruption.html",
        sitting=sitting,
        interruption=found,
        calls=calls_for(sitting.rulebook, found, sitting.record.jurisdiction),
        in_force=any(link["id"] == interruption_id for link in links),
        others=[link for link in links if link["id"] != interruption_id],
        onward=_onward(sitting, request.args.get("then")),
        advocate=advocate_address(sitting.rulebook, screening_id, _then(sitting)),
    )


def _then(sitting: Sitting) -> str:
    """The section an address names to go on with; the first with something open, if it names none that is there."""
    wanted, ids = request.args.get("then"), [each.id for each in sitting.sections]
    left = [each.id for each in sitting.sections if sitting.open_in(each)]
    return str(wanted) if wanted in ids else next(iter(left), ids[0])


def _amend_for() -> timedelta:
    """How long a completed screening can be reopened by staff."""
    return timedelta(hours=services().config.amend_hours)


def _sitting(tx: Transaction, screening_id: str) -> Sitting:
    """Load a screening, once. An address that is no id is as little found as another agency's screening."""
    try:
        UUID(screening_id)
    except ValueError:
        abort(404)
    record = find_screening(tx, screening_id)
    return Sitting(services().rulebook_for(record.rulebook_digest), record, g.actor.user_id)


def _section_of(sitting: Sitting, section_id: str) -> Section:
    found = next((each for each in sitting.sections if each.id == section_id), None)
    return found or abort(404)


def _posted_form(sitting: Sitting, section: Section, posted: MultiDict[str, str]) -> SectionForm:
    """The section's form over what was posted, validated; fields it does not know are left aside."""
    made = form_class(sitting.rulebook, section.id, sitting.record.setting)
    form = made(posted, sitting.own, services().today())
    form.validate()
    return form


def _save(tx: Transaction, before: Sitting, form: SectionForm, sent: SentPage) -> Sitting:
    """Record what is new in the form, start the clocks if concern is now possible, and give the screening as it is then."""
    new = new_statements(form, before.author, sent, before.own)
    if not new:
        return before
    receipt = save_statements(tx, before.record.id, new)
    kept = frozenset(receipt.kept)
    added = tuple(
        Statement(each.id, each.question, each.value, each.source, before.author, receipt.saved_at)
        for each in new
        if each.id in kept
    )
    after = replace(before, record=replace(before.record, statements=(*before.record.statements, *added)))
    if before.record.recognised_at is None and after.assessment.at_least >= Level.POSSIBLE:
        note_recognised(tx, before.record.id)
    return after


def _section_page(sitting: Sitting, section: Section, form: SectionForm) -> str:
    steps = steps_of(sitting)
    position = [each.id for each in sitting.sections].index(section.id)
    return render_template(
        "screenings/section.html",
        sitting=sitting,
        section=section,
        form=form,
        questions=questions_html(
            sitting.rulebook.digest,
            asked_questions(sitting, section, form, request.values.get("also", "")),
            sitting.offers_asking(section),
        ),
        faults=faults_in_words(form),
        steps=steps,
        step=steps[position],
        needs=next((each for each in sitting.sections[position + 1 :] if each.purpose == "needs"), None),
        previous=sitting.sections[position - 1] if position else None,
        seen=last_recorded_at(sitting.record.statements, sitting.author),
        concern=concern_words(sitting),
        interruptions=interruption_links(sitting),
        notices=rights_notices(sitting, section),
        notice_open=mostly_asks(section) and not any(map(mostly_asks, sitting.sections[:position])),
        may_stop=sitting.route.may_stop,
        save=save_token(None),
        advocate=_advocate(sitting, section),
    )


def _advocate(sitting: Sitting, section: Section) -> str:
    """The address of the offer of an advocate; it leads back to the question last touched, or the first that is open."""
    touched = [name.partition(".")[0] for name in request.form.get("touched", "").split()]
    at = [id for id in touched if any(question.id == id for question in section.questions)][-1:]
    return advocate_address(
        sitting.rulebook, sitting.record.id, section.id, next(iter(at or sitting.open_in(section)), None)
    )


def _address_after(before: Sitting, after: Sitting, section: Section) -> str:
    """Where saving a page leads: to a new interruption, back to questions that just began to apply, else onward."""
    more = newly_applying(before, after, section)
    position = [each.id for each in after.sections].index(section.id)
    rest = after.sections[position + 1 :]
    then = section.id if more else rest[0].id if rest else None
    known = {each.id for each in before.interruptions}
    for new in (each for each in after.interruptions if each.id not in known):
        return url_for(".interruption", screening_id=after.record.id, interruption_id=new.id, then=then)
    if request.form.get("to") == "advocate" and (offer := _advocate(after, section)):
        return offer
    also = request.form.get("also")
    if any(question.id == also for question in section.questions):
        return url_for(
            ".section", screening_id=after.record.id, section_id=section.id, also=also, _anchor=also
        )
    if then is None:
        return url_for(".check", screening_id=after.record.id)
    return url_for(".section", screening_id=after.record.id, section_id=then, more=1 if more else None)


def _onward(sitting: Sitting, section_id: str | None) -> str:
    """The address of a section of this screening; without one, of the first that has open questions, else the check."""
    ids = [each.id for each in sitting.sections]
    if section_id not in ids:
        section_id = next((each.id for each in sitting.sections if sitting.open_in(each)), None)
    if section_id is None:
        return url_for(".check", screening_id=sitting.record.id)
    return url_for(".section", screening_id=sitting.record.id, section_id=section_id)


def _standing(before: Sitting, after: Sitting, section: Section, form: SectionForm) -> dict[str, object]:
    """What the page shows again after a row was saved."""
    step = next(each for each in steps_of(after) if each.id == section.id)
    faults = form.faults()
    saved_at = format_time(services().clock(), "HH:mm")
    saved = _("Saved %(time)s", time=saved_at)
    return {
        "saved_at": saved_at,
        "message": _("Not saved. See the message beside the answer.") if faults else saved,
        "concern": concern_words(after),
        "interruptions": interruption_links(after, frozenset(each.id for each in before.interruptions)),
        "not_applicable": [question.id for question in section.questions if not after.shows(question)],
        "asking": after.offers_asking(section),
        "may_stop": after.route.may_stop,
        "progress": _("%(done)d of %(total)d", done=step.answered, total=step.total),
        "errors": faults,
    }

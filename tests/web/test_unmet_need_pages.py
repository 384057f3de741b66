"""The ledger of a screening: writing a need down, marking it met, taking it back, and the stays."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from result_text import text_of, texts

from screening.operations.actors import Role
from screening.operations.unmet_need import stays_of, unmet_of
from screening.web.services import Services

ANSWERS = {"record": {"age": 15, "sex": "girl"}}


@pytest.fixture
def officer(browser_of):
    return browser_of(Role.INTAKE_STAFF)


@pytest.fixture
def ledger(database, people):
    """A function: screening → its needs and its stays as they are kept."""

    def look(screening_id: str):
        with database.reading(people[Role.INTAKE_STAFF].actor) as tx:
            return unmet_of(tx, screening_id), stays_of(tx, screening_id)

    return look


def new(screening_id: str, query: str = "") -> str:
    return f"/screenings/{screening_id}/unmet-needs/new{query}"


def kept(screening_id: str) -> str:
    return f"/screenings/{screening_id}/unmet-needs"


def write_down(officer, screening_id: str, **fields: str):
    """Write a need down as the form does."""
    page = officer.get(new(screening_id, "?need=safe_place_tonight&reason=no_bed"))
    officer.submit(page, new(screening_id), **fields)
    return officer.get(kept(screening_id))


def enter_stay(officer, screening_id: str, status: int = 303, **fields: str):
    page = officer.get(kept(screening_id))
    return officer.submit(page, f"/screenings/{screening_id}/stays", status, **fields)


def test_the_form_is_filled_in_from_the_address_and_shows_what_is_kept(officer, screen, ledger):
    screening_id = screen(**ANSWERS)
    page = officer.get(new(screening_id, "?need=safe_place_tonight&reason=no_bed"))
    assert page.select_one("#need option[selected]")["value"] == "safe_place_tonight"
    assert page.select_one("input[name=reason][checked]")["value"] == "no_bed"
    assert "Girl" in text_of(page, "aside")
    assert "15 years" in text_of(page, "aside")
    officer.submit(page, new(screening_id), words="Called six homes")
    (entry,), _stays = ledger(screening_id)
    assert (entry.need, entry.reason) == ("safe_place_tonight", "no_bed")
    assert (entry.facts.sex, entry.facts.age, entry.facts.words) == ("girl", 15, "Called six homes")
    shown = text_of(officer.get(kept(screening_id)), "article")
    for words in (
        "A safe place tonight",
        "Every suitable place was full",
        "Not met for",
        "Girl, 15 years",
        "Called six",
    ):
        assert words in shown


def test_what_is_not_known_is_kept_as_the_unknown_it_is(officer, screen, ledger):
    screening_id = screen(record={"sex": "unsure"})
    assert "Not sure" in text_of(officer.get(new(screening_id)), "aside")
    write_down(officer, screening_id)
    (entry,), _stays = ledger(screening_id)
    assert (entry.facts.sex, entry.facts.age) == ("unsure", "unanswered")


def test_the_same_form_sent_twice_makes_one_entry(officer, screen, ledger):
    screening_id = screen(**ANSWERS)
    page = officer.get(new(screening_id, "?need=safe_place_tonight&reason=no_bed"))
    for _ in range(2):
        officer.submit(page, new(screening_id))
    assert len(ledger(screening_id)[0]) == 1


def test_bad_input_says_what_is_wrong_and_loses_nothing(officer, screen, ledger):
    screening_id = screen(**ANSWERS)
    page = officer.get(new(screening_id, "?need=nonsense&reason=no_bed"))
    assert page.select_one("#need option[selected]") is None
    answer = officer.submit(page, new(screening_id), 422, words="Called six homes", at="2027-01-01T10:00")
    for words in (
        "Choose which need was not met.",
        "has not come yet",
        "Called six homes",
        "2027-01-01T10:00",
    ):
        assert words in answer.text
    officer.submit(page, new(screening_id), 422, need="safe_place_tonight", words="x" * 501)
    assert ledger(screening_id)[0] == ()


def test_an_entry_is_marked_met_and_not_met_and_taken_back_and_restored(
    officer, screen, ledger, clock, browser_of
):
    screening_id = screen(**ANSWERS)
    write_down(officer, screening_id)
    (entry,), _stays = ledger(screening_id)
    clock.pass_by(days=2)
    officer = browser_of(Role.INTAKE_STAFF)
    met = f"{kept(screening_id)}/{entry.id}/met"
    refused = officer.post(met, 422, at="2026-11-23T08:00")
    assert "after it was needed" in refused.text
    assert "2026-11-23T08:00" in refused.text
    officer.submit(officer.get(kept(screening_id)), met)
    assert ledger(screening_id)[0][0].met_at == clock()
    page = officer.get(kept(screening_id))
    assert "Met after 2 days" in text_of(page, "article")
    officer.submit(page, met, undo="1")
    assert ledger(screening_id)[0][0].met_at is None
    back = f"{kept(screening_id)}/{entry.id}/withdraw"
    officer.submit(officer.get(kept(screening_id)), back)
    page = officer.get(kept(screening_id))
    assert texts(page, "article") == []
    assert "1 entry was taken back" in text_of(page)
    officer.submit(page, back, undo="1")
    assert len(texts(officer.get(kept(screening_id)), "article")) == 1


def test_stays_are_entered_ended_and_taken_back(officer, screen, ledger):
    screening_id = screen(**ANSWERS)
    enter_stay(officer, screening_id, place="detention", since="2026-11-20T09:00")
    page = officer.get(kept(screening_id))
    assert "Still there" in text_of(page, "#stays ~ .table-scroll")
    assert "4 days in detention so far" in text_of(page)
    assert "This ends the stay before it: Detention" in text_of(page, "form.card")
    enter_stay(officer, screening_id, place="safe_placement", since="2026-11-22T09:00", ends_former="1")
    _needs, (safe, detention) = ledger(screening_id)
    assert (safe.place, safe.until_at, detention.until_at) == (
        "safe_placement", None, datetime(2026, 11, 22, 15, tzinfo=UTC),
    )  # fmt: skip
    end = f"/screenings/{screening_id}/stays/{safe.id}/end"
    refused = officer.post(end, 422, at="2026-11-21T09:00")
    assert "A stay ends after it begins" in refused.text
    assert "2026-11-21T09:00" in refused.text
    assert "has not come yet" in officer.post(end, 422, at="2027-11-21T09:00").text
    officer.post(end, at="2026-11-23T09:00")
    assert ledger(screening_id)[1][0].until_at - safe.from_at == timedelta(days=1)
    for undo in ({}, {"undo": "1"}):
        officer.post(f"/screenings/{screening_id}/stays/{safe.id}/withdraw", **undo)
        assert (ledger(screening_id)[1][0].withdrawn_at is None) is bool(undo)
        officer.get(kept(screening_id))


def test_overlapping_stays_are_refused_with_the_place_and_nothing_is_lost(officer, screen, ledger):
    screening_id = screen(**ANSWERS)
    enter_stay(officer, screening_id, place="detention", since="2026-11-20T09:00", until="2026-11-22T09:00")
    answer = enter_stay(officer, screening_id, 422, place="hospital", since="2026-11-21T09:00")
    assert "Detention: Another stay covers part of that time" in answer.text
    assert 'value="2026-11-21T09:00"' in answer.text
    assert '<option value="hospital" selected>' in answer.text
    missing = enter_stay(officer, screening_id, 422)
    assert "Choose where the youth stayed." in missing.text
    assert "Enter when the stay began." in missing.text
    assert len(ledger(screening_id)[1]) == 1


def test_what_is_of_another_screening_or_agency_is_nowhere(officer, browser_of, screen, ledger):
    screening_id, other = screen(**ANSWERS), screen(**ANSWERS)
    write_down(officer, screening_id)
    enter_stay(officer, screening_id, place="detention", since="2026-11-20T09:00")
    (entry,), (stay,) = ledger(screening_id)
    for browser, screening in ((officer, other), (browser_of(Role.CPS_WORKER), screening_id)):
        for verb in ("met", "withdraw"):
            browser.post(f"{kept(screening)}/{entry.id}/{verb}", 404)
        for verb in ("end", "withdraw"):
            browser.post(f"/screenings/{screening}/stays/{stay.id}/{verb}", 404)
    foreign = browser_of(Role.CPS_WORKER)
    foreign.get(kept(screening_id), 404)
    foreign.get(new(screening_id), 404)
    foreign.post(new(screening_id), 404, need="safe_place_tonight", reason="no_bed")
    foreign.post(f"/screenings/{screening_id}/stays", 404, place="detention", since="2026-11-20T09:00")


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.RULEBOOK_PUBLISHER, Role.DIRECTORY_EDITOR])
def test_those_who_screen_nobody_see_no_ledger(browser_of, screen, role):
    screening_id = screen(**ANSWERS)
    browser = browser_of(role)
    for path in (kept(screening_id), new(screening_id)):
        browser.get(path, 403)
    browser.post(new(screening_id), 403)
    browser.post(f"/screenings/{screening_id}/stays", 403)


def test_an_edition_without_reasons_says_so_plainly(officer, screen, app, rulebook):
    older = replace(rulebook, placement=None)
    here = app.extensions["screening"]
    app.extensions["screening"] = Services(here.database, older, here.clock, here.config, here.timezone)
    screening_id = screen(**ANSWERS)
    assert "has no reasons to choose from" in text_of(officer.get(new(screening_id)), ".empty")
    officer.post(new(screening_id), 404, need="safe_place_tonight", reason="no_bed")
    assert officer.get(kept(screening_id)).select("main form") == []


def test_the_part_on_the_placement_page(app, officer, screen, people):
    screening_id = screen(**ANSWERS)
    write_down(officer, screening_id)
    enter_stay(officer, screening_id, place="detention", since="2026-11-20T09:00")
    with app.test_request_context():
        from flask import g

        g.actor = people[Role.INTAKE_STAFF].actor
        template = app.jinja_env.get_template("unmet_need/_on_placement.html")
        text = template.render(record=type("Record", (), {"id": screening_id}))
    assert "1 need is written down as not met." in text
    assert "Staying now: Detention, for 4 days." in text
    assert f'href="{new(screening_id)}"' in text

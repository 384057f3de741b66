"""The pages of editions: who sees what, what is refused and how it is told, and that nothing licensed leaves its agency."""

import io
import re
import zipfile
from dataclasses import replace

import pytest
from edition_files import BROKEN, CANARY, check_here, edition, licensed_edition
from questionnaire_screening import small_application, text_of

from screening.core.loading import load_files
from screening.operations.accounts import create_user
from screening.operations.actors import ACCOUNT_ROLES, Role, system_actor
from screening.operations.rulebooks import CheckImpossible, offer_edition, publish_edition
from screening.operations.screenings import find_screening

EDITIONS = "/rulebook/editions"
ROLL_BACK = f"{EDITIONS}/roll-back"


@pytest.fixture
def app(tmp_path, database, clock):
    """The application over the small rulebook, its check without a child."""
    app = small_application(tmp_path, database, clock)
    app.extensions["screening"] = replace(app.extensions["screening"], check=check_here)
    return app


@pytest.fixture
def fallback(app):
    return app.extensions["screening"].rulebook.digest


@pytest.fixture
def publisher(browser_of):
    return browser_of(Role.RULEBOOK_PUBLISHER)


@pytest.fixture
def elsewhere(app, database, people, browser_in):
    """A browser of the CPS worker's agency, signed in as its publisher."""
    with database.writing(system_actor(people[Role.CPS_WORKER].actor.agency_id)) as tx:
        create_user(
            tx, username="elsewhere", name="Else", role=Role.RULEBOOK_PUBLISHER, password=people.password
        )
    browser = browser_in(app, None)
    browser.role = "publisher elsewhere"
    browser.sign_in("elsewhere")
    return browser


def zipped(files):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(f"rules/{name}", content)
    return buffer.getvalue()


def bring_in(browser, content, status=303):
    content = zipped(content) if isinstance(content, dict) else content
    return browser.post(EDITIONS, status, archive=(io.BytesIO(content), "rules.zip"))


def published(browser, files, reason="Clearer words"):
    """Bring in and publish through the pages; out: the digest."""
    address = bring_in(browser, files).location
    browser.submit(browser.get(address), f"{address}/publish", reason=reason, confirmed="yes")
    return address.rpartition("/")[2]


def test_the_list_before_anything_was_published(browser_of, fallback):
    page = browser_of(Role.INTAKE_STAFF).get(EDITIONS)
    text = text_of(page.main)
    assert "Your agency has published no edition of its own." in text
    assert "Nothing published yet" in text
    assert fallback[:12] in text
    assert not page.select("input[type=file]")
    assert not page.select(f'a[href="{ROLL_BACK}"]')


@pytest.mark.parametrize("role", [role for role in ACCOUNT_ROLES if role is not Role.CPS_WORKER], ids=str)
def test_everybody_in_the_agency_reads_and_only_publishers_change(browser_of, publisher, role):
    digest = published(publisher, edition("2"))
    browser = browser_of(role)
    is_publisher = role is Role.RULEBOOK_PUBLISHER
    for address in (EDITIONS, f"{EDITIONS}/{digest}"):
        page = browser.get(address)
        assert "Clearer words" in text_of(page.main)
        assert bool(page.main.select("form")) == (is_publisher and address == EDITIONS)
    browser.get(ROLL_BACK, 200 if is_publisher else 403)
    if not is_publisher:
        for address in (EDITIONS, f"{EDITIONS}/{digest}/publish", f"{EDITIONS}/{digest}/check", ROLL_BACK):
            browser.post(address, 403)


def test_a_stranger_is_asked_to_sign_in(stranger):
    assert "/sign-in" in stranger.open(EDITIONS, 303).location


def test_from_archive_to_use_and_a_new_screening_is_opened_under_it(
    publisher, browser_of, database, people, fallback
):
    officer = browser_of(Role.INTAKE_STAFF)
    opening = {"setting": "detention", "jurisdiction": "us_mo"}
    before = officer.post("/screenings/new", **opening).location.split("/screenings/")[1][:36]
    changed = edition(
        "2", questions__01_now=edition()["questions/01_now.yaml"].decode().replace("youth hurt", "child hurt")
    )
    address = bring_in(publisher, changed).location

    page = publisher.get(address)
    text = text_of(page.main)
    assert "Checked, not yet published" in text
    assert "1 mock case comes out as its author expects." in text
    assert re.search(r"changed Questions? hurt text", text)
    digest = address.rpartition("/")[2]
    assert page.select_one(f'a[href="/rulebook/compare/{fallback}/{digest}"]')
    assert officer.get("/rulebook").find(string=lambda each: fallback[:12] in each)

    answer = publisher.submit(page, f"{address}/publish", reason="  The word fits\r\nbetter", confirmed="yes")
    listed = text_of(publisher.get(answer.location).main)
    assert "The edition is in use for new screenings" in listed
    assert "Published by Person rulebook_publisher:" in listed
    assert "The word fits better" in listed

    after = officer.post("/screenings/new", **opening).location.split("/screenings/")[1][:36]
    assert "child hurt" in text_of(officer.get(f"/screenings/{after}/sections/now").main)
    assert "youth hurt" in text_of(officer.get(f"/screenings/{before}/sections/now").main)
    with database.reading(people[Role.INTAKE_STAFF].actor) as tx:
        assert find_screening(tx, after).rulebook_digest == digest
        assert find_screening(tx, before).rulebook_digest == fallback


@pytest.mark.parametrize("fault", BROKEN)
def test_a_bad_edition_is_told_with_everything_and_not_kept(publisher, fault):
    answer = bring_in(publisher, BROKEN[fault], 422)
    report = check_here(BROKEN[fault])
    for each in report.faults:
        for told in (f"{each.file}:{each.line}", each.code):
            assert told in answer.text
    for case in report.failed:
        assert case.id in answer.text
        assert "result: expected none, found clear" in answer.text
    if fault == "no mock case":
        assert "A rulebook without mock cases" in answer.text
    if report.digest:
        publisher.get(f"{EDITIONS}/{report.digest}", 404)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "Choose the ZIP archive"),
        (b"no archive", "not a ZIP archive"),
        (b"x" * 100_001, "larger than 4 megabytes"),
        (zipped({"../../etc/x.yaml": b"a: 1"}), "leads out of the folder"),
    ],
    ids=["nothing", "no archive", "too large", "leads out"],
)
def test_what_is_no_archive_is_refused_beside_the_field(publisher, monkeypatch, content, told):
    monkeypatch.setattr("screening.web.publishing_pages.LARGEST_ARCHIVE", 100_000)
    page = bring_in(publisher, content, 422)
    assert told in page.text
    assert 'href="#archive"' in page.text


def test_a_form_without_a_file_is_told_so(publisher):
    assert "Choose the ZIP archive" in publisher.post(EDITIONS, 422).text
    assert "Choose the ZIP archive" in publisher.post(EDITIONS, 422, archive="just text").text


def test_a_check_that_comes_to_no_end_is_told_and_leaves_everything(app, publisher):
    def endless(files):
        raise CheckImpossible(
            "The check did not end within 60 seconds. A rulebook of the usual size needs two."
        )

    app.extensions["screening"] = replace(app.extensions["screening"], check=endless)
    assert "did not end within 60 seconds" in bring_in(publisher, edition(), 422).text
    assert "Nothing published yet" in text_of(publisher.get(EDITIONS).main)


def test_a_decision_needs_a_reason_and_a_yes_and_keeps_what_was_typed(publisher):
    address = bring_in(publisher, edition("2")).location
    page = publisher.get(address)
    for sent, missing in (
        ({"reason": "", "confirmed": "yes"}, ["#reason"]),
        ({"reason": "Because", "confirmed": ""}, ["#confirmed"]),
        ({"reason": "x" * 501, "confirmed": "yes"}, ["#reason"]),
        ({"reason": " ", "confirmed": ""}, ["#reason", "#confirmed"]),
    ):
        answer = publisher.submit(page, f"{address}/publish", 422, **sent)
        for each in ("#reason", "#confirmed"):
            assert (f'href="{each}"' in answer.text) == (each in missing)
        assert ("Because" in answer.text) == (sent["reason"] == "Because")
        assert ("checked" in answer.text.split('id="confirmed"')[1][:60]) == (sent["confirmed"] == "yes")
    assert "Nothing published yet" in text_of(publisher.get(EDITIONS).main)


def test_publishing_what_is_in_use_already_is_told(publisher):
    address = bring_in(publisher, edition("2")).location
    page = publisher.get(address)
    publisher.submit(page, f"{address}/publish", reason="Once", confirmed="yes")
    again = publisher.submit(page, f"{address}/publish", 422, reason="Twice", confirmed="yes")
    assert "This edition is in use already." in again.text


def test_one_step_back_and_a_second_press_does_not_go_forward_again(publisher, fallback):
    digest = published(publisher, edition("2"))
    page = publisher.get(ROLL_BACK)
    assert re.search(r"changed .* rulebook\.yaml version", text_of(page.main))
    refused = publisher.submit(page, ROLL_BACK, 422, reason="A fault", confirmed="")
    assert "A fault" in refused.text

    answer = publisher.submit(page, ROLL_BACK, reason="A question confused staff", confirmed="yes")
    listed = publisher.get(answer.location)
    assert "The edition before is in use again" in text_of(listed.main)
    assert fallback[:12] in text_of(listed.select_one("#in-use").parent)
    again = publisher.submit(page, ROLL_BACK, 422, reason="A question confused staff", confirmed="yes")
    assert "come into use meanwhile" in again.text
    assert digest[:12] in text_of(listed.main)


def test_with_nothing_published_the_page_says_so_and_leads_back(publisher):
    page = publisher.get(ROLL_BACK)
    assert "Nothing to go back to" in text_of(page.main)
    assert page.main.select(f'a[href="{EDITIONS}"]')
    token = publisher.token()
    refused = publisher.open(
        ROLL_BACK, 422, method="POST", data={"csrf_token": token, "reason": "r", "confirmed": "yes"}
    )
    assert refused.status_code == 422


def test_what_came_with_the_program_is_checked_before_it_can_be_published(tmp_path, app, publisher, fallback):
    address = f"{EDITIONS}/{fallback}"
    published(publisher, edition("2"))
    page = publisher.get(address)
    assert not page.select(f'form[action="{address}/publish"]')
    refused = publisher.submit(page, f"{address}/check", 422)  # the small rulebook has no mock cases
    assert "A rulebook without mock cases" in refused.text
    assert "Check it first" in publisher.post(f"{address}/publish", 422, reason="r", confirmed="yes").text


def test_another_agency_finds_nothing_of_it_anywhere(publisher, elsewhere, browser_of, app, fallback):
    digest = published(publisher, licensed_edition())
    mine, theirs = browser_of(Role.SUPERVISOR), elsewhere
    assert CANARY in mine.open("/rulebook/questions").text
    assert CANARY in mine.open(f"{EDITIONS}/{digest}").text

    pages = ["/", "/about", EDITIONS, ROLL_BACK, "/rulebook", "/rulebook?q=canary", "/rulebook/compare"]
    pages += [
        f"/rulebook/{name}" for name in ("questions", "indicators", "tools", "actions", "law", "sources")
    ]
    for address in pages:
        text = theirs.open(address).text
        assert CANARY not in text.replace("canary", ""), address
        assert digest[:12] not in text, address
    for address in (
        f"{EDITIONS}/{digest}",
        f"/rulebook/{digest}",
        f"/rulebook/{digest}/questions",
        f"/rulebook/compare/{fallback}/{digest}",
        f"/rulebook/compare/{digest}/{fallback}",
    ):
        assert CANARY not in theirs.open(address, 404).text
    for verb in ("publish", "check"):
        theirs.post(f"{EDITIONS}/{digest}/{verb}", 404, reason="r", confirmed="yes")
    assert CANARY not in browser_of(Role.CPS_WORKER).open("/screenings/new").text


def test_both_agencies_use_their_own_at_the_same_time(
    publisher, elsewhere, browser_of, database, people, fallback
):
    here = published(publisher, licensed_edition("5"))
    there = published(elsewhere, edition("6"))
    opening = {"jurisdiction": "us_mo"}
    for role, setting, digest in (
        (Role.INTAKE_STAFF, "detention", here),
        (Role.CPS_WORKER, "child_protection", there),
    ):
        answer = browser_of(role).post("/screenings/new", setting=setting, **opening)
        id = answer.location.split("/screenings/")[1][:36]
        with database.reading(people[role].actor) as tx:
            assert find_screening(tx, id).rulebook_digest == digest
    assert CANARY in browser_of(Role.INTAKE_STAFF).open("/rulebook/sources").text
    assert CANARY not in browser_of(Role.CPS_WORKER).open("/rulebook/sources").text


def test_another_worker_and_a_restart_use_what_was_published(
    tmp_path, app, publisher, database, clock, people, browser_in
):
    digest = published(publisher, edition("2"))
    again = small_application(tmp_path, database, clock)
    page = browser_in(again, Role.INTAKE_STAFF).get("/about")
    assert digest in text_of(page.main)
    other_files = edition("3")
    actor = people[Role.RULEBOOK_PUBLISHER].actor
    offer_edition(database, actor, other_files, check_here)
    third = load_files(other_files).digest
    with database.writing(actor) as tx:
        publish_edition(tx, third, reason="By another worker", fallback=digest)
    assert third in text_of(browser_in(app, Role.INTAKE_STAFF).get("/about").main)


def test_an_edition_nobody_has_is_not_found(publisher):
    publisher.get(f"{EDITIONS}/{'0' * 64}", 404)
    publisher.get(f"{EDITIONS}/short", 404)
    for verb in ("publish", "check"):
        publisher.post(f"{EDITIONS}/{'0' * 64}/{verb}", 404, reason="r", confirmed="yes")


def test_when_a_newer_program_cannot_read_the_edition_in_use_work_goes_on_and_a_step_back_is_open(
    publisher, browser_of, monkeypatch, fallback
):
    def unreadable(files, **options):
        load_files({})

    monkeypatch.setattr("screening.web.services.load_files", unreadable)
    address = bring_in(publisher, edition("9-unreadable")).location
    publisher.submit(
        publisher.get(address), f"{address}/publish", reason="Before the update", confirmed="yes"
    )
    officer = browser_of(Role.INTAKE_STAFF)
    officer.get("/")
    assert "cannot read that edition" in text_of(officer.get("/screenings/new", 409).main)
    publisher.get(EDITIONS)

    page = publisher.get(ROLL_BACK)
    assert "cannot compare them" in text_of(page.main)
    publisher.submit(page, ROLL_BACK, reason="The update cannot read it", confirmed="yes")
    officer.get("/screenings/new")

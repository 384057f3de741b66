"""The result page: the four results, reasons, deadlines, who may see it, and what is kept."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from result_text import text_of, texts

from screening.core.evaluation import Level
from screening.core.statements import Source
from screening.operations.actors import Role
from screening.operations.screenings import (
    NewStatement,
    complete_screening,
    find_screening,
    save_statements,
)


@pytest.fixture
def screen(database, people, open_screening_of):
    """A function: what each source says → the id of a detention screening that holds it."""

    def open_one(**sources: dict[str, object]) -> str:
        screening_id = open_screening_of(Role.INTAKE_STAFF, youth_ref="JO-77")
        new = [
            NewStatement(uuid4().hex, question, value, Source(source))
            for source, answers in sources.items()
            for question, value in answers.items()
        ]
        with database.writing(people[Role.INTAKE_STAFF].actor) as tx:
            save_statements(tx, screening_id, new)
        return screening_id

    return open_one


@pytest.fixture
def page_of(browser_of):
    """A function: a screening's id → its result page as the intake officer sees it."""
    return lambda screening_id: browser_of(Role.INTAKE_STAFF).get(f"/screenings/{screening_id}/result")


# ---- the four results


def test_clear_concern(screen, page_of):
    page = page_of(screen(record={"exchange_known": "yes"}, observed={"age": 15}))
    assert text_of(page, "#concern") == "Clear concern"
    assert page.select_one(".scale")["aria-label"].endswith("clear concern.")
    assert "It stays clear concern, whatever the open answers turn out to be." in text_of(page, ".bounds")
    assert "No open answer can change the result." in text_of(page, "section[aria-labelledby=open]")
    assert "RSMo 567.020.5" in text_of(page, "section[aria-labelledby=victim]")


def test_possible_concern(screen, page_of):
    page = page_of(screen(said={"threatened": "yes"}, observed={"age": 15}))
    assert text_of(page, "#concern") == "Possible concern"
    assert "It cannot fall below possible concern" in text_of(page, ".bounds")
    assert re.search(r"\d+ open answers could still raise it to clear concern", text_of(page, ".bounds"))
    change = text_of(page, "section[aria-labelledby=open]")
    assert "With any one of these answers it would become clear concern:" in change
    assert "If this answer proved wrong, it would no longer be sure to reach possible concern." in change


def test_no_current_concern_clears_nobody(screening_of_case, browser_of, rulebook):
    case = next(case for case in rulebook.cases.values() if case.expect.result == "none")
    role, screening_id = screening_of_case(case)
    page = browser_of(role).get(f"/screenings/{screening_id}/result")
    assert "no open answer can raise it" in text_of(page, ".bounds")
    assert "A screening clears nobody." in text_of(page, "section[aria-labelledby=victim]")
    assert not page.select(".stops")


def test_cannot_rule_out_yet(screen, page_of, rulebook):
    page = page_of(screen(observed={"age": 15}, said={"threatened": "declined", "owes_someone": "unsure"}))
    assert text_of(page, "#concern") == "Cannot rule out yet"
    assert "It can turn out to be anything from no current concern to clear concern." in text_of(
        page, ".bounds"
    )
    titles = texts(page, "section[aria-labelledby=open] > details > summary")
    assert [title.rsplit(" (", 1)[0] for title in titles[:3]] == [
        "Not yet answered",
        "Asked, but the youth or another did not want to say",
        "Asked or checked, but not sure",
    ]
    links = {each["href"] for each in page.select("section[aria-labelledby=open] a[href^='sections/']")}
    section = next(
        each.id for each in rulebook.sections if any(one.id == "threatened" for one in each.questions)
    )
    assert f"sections/{section}#threatened" in links


def test_links_to_open_questions_lead_to_the_question(screen, page_of, browser_of):
    screening_id = screen(observed={"age": 15})
    links = [
        each["href"]
        for each in page_of(screening_id).select("section[aria-labelledby=open] a[href^='sections/']")
    ]
    assert len(links) > 20
    for section in {link.split("#")[0] for link in links}:
        target = browser_of(Role.INTAKE_STAFF).get(f"/screenings/{screening_id}/{section}")
        for link in links:
            if link.startswith(f"{section}#"):
                assert target.select_one(f"#{link.split('#')[1]}"), link


# ---- reasons


def test_denial_beside_observation_is_shown(screen, page_of):
    page = page_of(
        screen(observed={"phone_watched": "yes", "age": 15}, said={"phone_watched": "no", "age": 19})
    )
    why = text_of(page, "section[aria-labelledby=why]")
    assert "Staff observed: yes (Person intake_staff, Nov 24, 09:00) The youth said: no" in why
    assert "Sources differ. Both are kept, and a no never cancels a yes." in why
    assert "On 2 questions sources differ; every answer is kept" in why


def test_several_ways_to_a_level_are_told_apart(screen, page_of):
    page = page_of(
        screen(
            observed={"age": 15, "mark_or_tattoo": "mark_with_unease", "costly_things": "yes"},
            record={"exchange_known": "yes", "earlier_report": "yes"},
        )
    )
    why = text_of(page, "section[aria-labelledby=why]")
    assert "What “Clear concern” rests on It is reached in 2 ways. Each is enough alone." in why


def test_background_stands_apart(screen, page_of):
    page = page_of(
        screen(observed={"age": 15}, record={"substance_use": "yes"}, said={"trusted_adult": "yes"})
    )
    assert "Background, raises nothing alone" in texts(page, "section[aria-labelledby=why] h3")
    assert "No sign is raised by the answers so far." in text_of(page)


# ---- deadlines


def test_showing_a_concern_starts_the_clocks_once(screen, page_of, database, people, clock):
    screening_id = screen(said={"threatened": "yes"}, observed={"age": 15})
    first = clock.now
    page = page_of(screening_id)
    assert "Time runs from the moment the concern was first noted: Tue, Nov 24, 09:00 CST." in text_of(page)
    clock.pass_by(minutes=5)
    page_of(screening_id)
    with database.reading(people[Role.INTAKE_STAFF].actor) as tx:
        assert find_screening(tx, screening_id).recognised_at == first


def test_without_concern_no_clock_starts(screen, page_of, database, people):
    screening_id = screen(observed={"age": 15})
    assert "Time runs" not in text_of(page_of(screening_id))
    with database.reading(people[Role.INTAKE_STAFF].actor) as tx:
        assert find_screening(tx, screening_id).recognised_at is None


def test_a_passed_deadline_is_said_plainly(screen, browser_of, clock):
    screening_id = screen(said={"threatened": "yes"}, observed={"age": 15})
    browser_of(Role.INTAKE_STAFF).get(f"/screenings/{screening_id}/result")
    clock.now += timedelta(hours=30)
    page = browser_of(Role.INTAKE_STAFF).get(f"/screenings/{screening_id}/result")
    late = texts(page, ".late")
    assert late
    assert all("overdue since Wed, Nov 25, 09:00 CST; if not yet done, do it now" in each for each in late)
    assert "Immediately, since Tue, Nov 24, 09:00 CST" in text_of(page, ".do-first")


def test_duty_and_advice_are_told_apart_in_words(screen, page_of):
    page = page_of(screen(said={"threatened": "yes"}, observed={"age": 15}))
    assert set(texts(page, ".duty b")) == {"Duty", "Advice"}


# ---- who may see it, and what is kept


def test_another_agency_and_the_administrator_see_nothing(screen, browser_of):
    path = f"/screenings/{screen(observed={'age': 15})}/result"
    browser_of(Role.CPS_WORKER).open(path, 404)
    browser_of(Role.ADMINISTRATOR).open(path, 403)
    browser_of(None).open(path, 303)
    browser_of(Role.INTAKE_STAFF).open("/screenings/JO-77/result", 404)
    browser_of(Role.SUPERVISOR).open(path)


def test_a_completed_screening_says_so(screen, page_of, database, people):
    screening_id = screen(said={"threatened": "yes"}, observed={"age": 15})
    assert "In progress" in text_of(page_of(screening_id), ".head")
    with database.writing(people[Role.INTAKE_STAFF].actor) as tx:
        complete_screening(tx, screening_id)
    assert "Completed" in text_of(page_of(screening_id), ".head")


def test_a_case_number_is_shown_escaped_and_never_in_the_title(page_of, open_screening_of):
    page = page_of(open_screening_of(Role.INTAKE_STAFF, youth_ref="<b>7</b>"))
    assert "<b>7</b>" in text_of(page, ".head")
    assert "7" not in page.title.get_text()


def test_kept_fragments_hold_nothing_about_a_youth(app, screen, page_of):
    screening_id = screen(
        said={"threatened": "yes", "trusted_adult": "yes"},
        observed={"age": 15},
        record={"exchange_known": "yes"},
    )
    first, second = page_of(screening_id), page_of(screening_id)
    fragments = app.extensions["result_fragments"]
    assert len(fragments) > 20
    kept = " ".join(fragments.values())
    assert not any(
        word in kept
        for word in ("JO-77", screening_id, "Person intake_staff", "Nov 24, 09:00", "Staff observed")
    )
    assert text_of(first) == text_of(second)
    other = text_of(page_of(screen(observed={"age": 15}, said={"threatened": "yes"})))
    assert "Records show" not in other


def test_levels_stand_in_the_order_of_the_scale(screen, page_of):
    page = page_of(screen(observed={"age": 15}))
    assert texts(page, ".scale span") == ["No current concern", "Possible concern", "Clear concern"]
    assert len(Level) == 3

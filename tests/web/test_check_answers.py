"""Checking all answers, completing and reopening; and what a page costs."""

import re
from uuid import uuid4

import pytest
from questionnaire_screening import leads_to, opener, small_application, text_of

import screening.web.questionnaire_pages as questionnaire
from screening.core.statements import Source
from screening.operations.actors import Role
from screening.operations.screenings import find_screening, reopen_screening
from screening.web import section_views


@pytest.fixture
def app(tmp_path, database, clock):
    return small_application(tmp_path, database, clock)


@pytest.fixture
def screening_in(app, database, people, browser_of):
    return opener(app, database, people, browser_of)


@pytest.fixture
def screening(screening_in):
    return screening_in(youth_ref="24-1189")


# ---- checking and completing


def test_the_check_shows_every_kind_of_answer_and_what_is_open(screening, people):
    screening.add("hurt", "no", Source.OBSERVED)
    screening.add("hurt", "yes", Source.RECORD, people[Role.SUPERVISOR].actor)
    screening.add("controlled", "declined", Source.SAID)
    screening.add("sold", "not_asked", Source.SAID)
    screening.add("found", (), Source.OBSERVED)
    screening.add("birth_date", "2011-03-14")
    page = screening.browser.get(screening.path("check"))
    lines = {row.dt.text: text_of(row.select_one("dd")) for row in page.select(".checked dl > div")}
    assert lines["Is the youth hurt?"] == (
        "No seen by staff · Person intake_staff, Nov 24, 09:00 Yes from records · Person supervisor, Nov 24, 09:00"
        " Sources differ"
    )
    assert lines["Did the youth tell you?"] == "Not answered"
    assert lines["Does someone decide?"].startswith("Did not want to say said by the youth")
    assert lines["Does someone decide?"].endswith("Still open: Did not want to say")
    assert lines["Was the youth sold?"].startswith("Not asked said by the youth")
    assert lines["What was found?"].startswith("None of these")
    assert lines["Born when?"].startswith("March 14, 2011 from records")
    assert lines["How old?"] == "15 years worked out from the date of birth"
    assert "What was it about?" not in lines
    assert page.select_one(".checked a[href='sections/who#age']")


def test_completing_leads_to_the_result_and_closes_the_questions(screening):
    page = screening.browser.get(screening.path("check"))
    token = page.select_one("form[action=complete] [name=csrf_token]")["value"]
    done = screening.browser.open(screening.path("complete"), 303, method="POST", data={"csrf_token": token})
    assert leads_to(done) == "result"
    assert screening.record.status == "completed"
    assert leads_to(screening.browser.open(screening.path("sections/now"), 303)) == "check"
    page = screening.browser.get(screening.path("check"))
    assert page.find("a", string=re.compile("Change")) is None
    screening.browser.post(screening.path("sections/now"), 409, **{"hurt.observed": "yes"})
    assert screening.answers == []
    assert leads_to(screening.browser.post(screening.path("reopen"))) == "check"
    assert screening.record.status == "open"


def test_an_answer_under_way_while_a_colleague_completes_is_refused_in_words(screening):
    screening.browser.post(screening.path("complete"))
    body = {"section": "now", "field": "hurt.observed", "values": ["yes"], "save": str(uuid4())}
    refused = screening.browser.post_json(screening.path("answers"), body, 409).json
    assert refused["error"]["message"] == "This screening is completed. Reopen it to add something."
    with screening.database.writing(screening.actor) as tx:
        reopen_screening(tx, screening.id)


# ---- cost


def test_a_page_loads_and_assesses_once(screening, monkeypatch):
    calls = []
    monkeypatch.setattr(
        questionnaire, "find_screening", lambda *args: calls.append("load") or find_screening(*args)
    )
    for name in ("assess", "route"):
        real = getattr(section_views, name)
        monkeypatch.setattr(
            section_views,
            name,
            lambda *args, real=real, name=name: calls.append(name) or real(*args),
        )
    screening.get("now")
    assert sorted(calls) == ["assess", "load", "route"]

"""Asking several places for a bed at once: the few facts stay sealed, a place sees nothing else, every answer is kept."""

from datetime import timedelta
from uuid import uuid4

import pytest
from bed_directory import ADVICE, AGE, BOYS, GIRLS, ROBIN, SECRET, asked, only, question, with_homes
from sqlalchemy import select

from screening.operations.actors import PermissionRefused
from screening.operations.beds import (
    BedRefused,
    LinkRefused,
    PlaceNotFound,
    Reply,
    RequestNotFound,
    WrongCode,
    answer_as_place,
    ask_for_beds,
    bed_board,
    bed_requests_of,
    bed_words,
    close_bed_request,
    draw_link,
    enter_answer,
    guest_of_place,
    link_place,
    open_bed_link,
    opened_bed_question,
    overdue_bed_requests,
    record_attempt,
    report_beds,
    waiting_requests,
)
from screening.operations.screenings import ScreeningNotFound, find_screening, list_screenings
from screening.store.faults import SealBroken
from screening.store.help_models import BedReportRow, BedRequestPlaceRow, BedRequestRow
from screening.store.models import JournalEntry
from tests.store.two_agencies import opened_by

YES, NO_FULL, PERHAPS = (
    Reply("yes", "Ms. Desk"),
    Reply("no", "Ms. Desk", "full"),
    Reply("assess_first", "Ms. D"),
)


@pytest.fixture
def screening_id(database, agencies):
    with_homes(database, agencies)
    return opened_by(database, agencies.intake)


def linked(database, actor, screening_id, *service_ids, **changes):
    """Ask with a link to the first place; out: the link and the id of that place's row."""
    link = draw_link(database.passwords)
    asked(database, actor, screening_id, *service_ids, links={service_ids[0]: link}, **changes)
    request = only(database, actor, screening_id)
    return link, next(each.id for each in request.places if each.service_id == service_ids[0])


def reply(database, guest, words):
    with database.writing(guest) as tx:
        return answer_as_place(tx, words)


def enter(database, actor, screening_id, place_id, words):
    with database.writing(actor) as tx:
        return enter_answer(tx, screening_id, place_id, words)


def told(database, actor, subject):
    with database.reading(actor) as tx:
        rows = select(JournalEntry.action).where(
            JournalEntry.subject == subject, JournalEntry.action.like("beds.%")
        )
        return list(tx.session.execute(rows.order_by(JournalEntry.sequence)).scalars())


def test_one_question_goes_to_several_places_and_the_asker_sees_every_answer(
    database, agencies, screening_id
):
    link, girls = linked(database, agencies.intake, screening_id, GIRLS, BOYS, ROBIN)
    guest = open_bed_link(database, link.token, f"{link.code[:4]} {link.code[4:]}")
    with database.reading(guest) as tx:
        seen = opened_bed_question(tx)
    assert (seen.agency, seen.facts, seen.note, seen.is_open) == ("here", (AGE,), "For tonight", True)
    assert reply(database, guest, YES)
    assert not reply(database, guest, YES)
    places = {each.service_id: each for each in only(database, agencies.intake, screening_id).places}
    assert enter(database, agencies.colleague, screening_id, places[BOYS].id, NO_FULL)
    assert enter(database, agencies.colleague, screening_id, places[ROBIN].id, PERHAPS)
    request = only(database, agencies.intake, screening_id)
    assert request.asked_by_name == "Intake"
    given = {each.service_id: each.given for each in request.places}
    assert {id: (each.reply, each.by_name) for id, each in given.items()} == {
        GIRLS: (YES, ""),
        BOYS: (NO_FULL, "Colleague"),
        ROBIN: (PERHAPS, "Colleague"),
    }
    with database.reading(agencies.intake) as tx:
        assert {id: word.status for id, word in bed_words(tx, [GIRLS, BOYS, ROBIN]).items()} == {
            GIRLS: "available",
            BOYS: "full",
        }
        recorded = tx.session.execute(select(BedReportRow.recorded_by, BedReportRow.serves)).all()
    assert set(recorded) == {(f"bed_place:{girls}", None), (agencies.colleague.user_id, None)}
    assert told(database, agencies.intake, screening_id) == [
        "beds.asked_for",
        "beds.link_opened",
        "beds.answered",
        "beds.answered",
        "beds.answered",
    ]


def test_nothing_of_the_facts_and_answers_can_be_read_in_the_database(database, agencies, screening_id):
    link, _place = linked(database, agencies.intake, screening_id, GIRLS, call_back="Desk 816-555-0177")
    guest = open_bed_link(database, link.token, link.code)
    reply(database, guest, NO_FULL)
    with database.writing(agencies.intake) as tx:
        request = tx.session.execute(select(BedRequestRow)).scalar_one()
        place = tx.session.execute(select(BedRequestPlaceRow)).scalar_one()
        kept = b"".join(
            value if isinstance(value, bytes) else str(value).encode()
            for row in (request, place)
            for value in vars(row).values()
        )
        for words in (b"15 years", b"How old", b"For tonight", b"816-555", b"Ms. Desk"):
            assert words not in kept
        assert link.token.encode() not in kept
        assert link.code.encode() not in kept
        place.answer_sealed = request.sealed  # what is moved to another row does not open
    with pytest.raises(SealBroken):
        only(database, agencies.intake, screening_id)


def test_a_guest_reaches_nothing_but_its_own_question(database, agencies, screening_id):
    link, _place = linked(database, agencies.intake, screening_id, GIRLS, BOYS)
    guest = open_bed_link(database, link.token, link.code)
    other = next(
        each for each in only(database, agencies.intake, screening_id).places if each.service_id == BOYS
    )
    for verb in (
        lambda tx: find_screening(tx, screening_id),
        lambda tx: list_screenings(tx, page=1),
        lambda tx: bed_requests_of(tx, screening_id),
        bed_board,
        lambda tx: bed_words(tx, [GIRLS]),
        lambda tx: report_beds(tx, GIRLS, "full", said_by="Desk"),
        lambda tx: enter_answer(tx, screening_id, other.id, YES),
        lambda tx: close_bed_request(tx, screening_id, "x", "closed"),
        lambda tx: record_attempt(tx, screening_id, GIRLS, "no_bed"),
        overdue_bed_requests,
    ):
        with pytest.raises(PermissionRefused), database.writing(guest) as tx:
            verb(tx)
    for stranger in (
        guest_of_place(other.id, guest.agency_id),  # a place whose link nobody opened
        guest_of_place(_place, agencies.elsewhere.agency_id),
        guest_of_place(str(uuid4()), guest.agency_id),
    ):
        with pytest.raises(LinkRefused), database.reading(stranger) as tx:
            opened_bed_question(tx)


def test_a_link_opens_once_with_its_code_and_the_same_form_sent_twice_opens_once(
    database, agencies, screening_id, clock
):
    link, _place = linked(database, agencies.intake, screening_id, GIRLS)
    with pytest.raises(LinkRefused):
        open_bed_link(database, "no such token", link.code)
    first = open_bed_link(database, link.token, link.code, attempt="one form")
    assert open_bed_link(database, link.token, link.code, attempt="one form") == first
    for attempt in ("", "another form"):
        with pytest.raises(LinkRefused):
            open_bed_link(database, link.token, link.code, attempt=attempt)
    clock.moment += timedelta(minutes=31)
    for late in (
        opened_bed_question,
        lambda tx: answer_as_place(tx, YES),
    ):
        with pytest.raises(LinkRefused), database.writing(first) as tx:
            late(tx)
    assert told(database, agencies.intake, screening_id).count("beds.link_opened") == 1


def test_five_wrong_codes_lock_a_link_and_a_new_one_opens_again(database, agencies, screening_id):
    link, place = linked(database, agencies.intake, screening_id, GIRLS)
    wrong = "00000000" if link.code != "00000000" else "11111111"
    for _time in range(5):
        with pytest.raises(WrongCode):
            open_bed_link(database, link.token, wrong)
    with pytest.raises(LinkRefused):
        open_bed_link(database, link.token, link.code)
    assert only(database, agencies.intake, screening_id).places[0].failed_codes == 5
    new = draw_link(database.passwords)
    with database.writing(agencies.colleague) as tx:
        assert link_place(tx, screening_id, place, new)
    with pytest.raises(LinkRefused):
        open_bed_link(database, link.token, link.code)
    guest = open_bed_link(database, new.token, new.code)
    reply(database, guest, YES)
    with database.writing(agencies.colleague) as tx:
        assert not link_place(tx, screening_id, place, draw_link(database.passwords))


def test_a_late_answer_is_kept_and_known_as_late_and_a_link_ends_a_day_later(
    database, agencies, screening_id, clock
):
    link, _place = linked(database, agencies.intake, screening_id, GIRLS, BOYS)
    clock.moment += timedelta(hours=3)
    with database.reading(agencies.colleague) as tx:
        assert overdue_bed_requests(tx) == 1
        (waiting,) = waiting_requests(tx)
    assert (waiting.screening_id, waiting.asked_by_name) == (screening_id, "Intake")
    with database.reading(agencies.elsewhere) as tx:
        assert overdue_bed_requests(tx) == 0
    guest = open_bed_link(database, link.token, link.code)
    reply(database, guest, YES)
    request = only(database, agencies.intake, screening_id)
    given = next(each.given for each in request.places if each.given)
    assert request.is_late(given)
    assert request.is_overdue(clock.moment)  # the boys' place still owes an answer

    other, _place = linked_again(database, agencies, screening_id)
    clock.moment += timedelta(hours=27)
    with pytest.raises(LinkRefused):
        open_bed_link(database, other.token, other.code)


def linked_again(database, agencies, screening_id):
    link = draw_link(database.passwords)
    id = asked(database, agencies.intake, screening_id, GIRLS, links={GIRLS: link})
    return link, id


def test_an_earlier_answer_stays_in_the_file_and_the_last_counts(database, agencies, screening_id):
    asked(database, agencies.intake, screening_id, GIRLS)
    place = only(database, agencies.intake, screening_id).places[0].id
    for words in (PERHAPS, NO_FULL, YES):
        assert enter(database, agencies.intake, screening_id, place, words)
    found = only(database, agencies.intake, screening_id)
    assert [each.reply for each in found.places[0].replies] == [PERHAPS, NO_FULL, YES]
    assert not found.all_said_no


def test_a_closed_question_shows_a_place_no_facts_and_still_keeps_its_answer(
    database, agencies, screening_id
):
    link, _place = linked(database, agencies.intake, screening_id, GIRLS)
    guest = open_bed_link(database, link.token, link.code)
    request_id = only(database, agencies.intake, screening_id).id
    with database.writing(agencies.colleague) as tx:
        assert close_bed_request(tx, screening_id, request_id, "placed")
        assert not close_bed_request(tx, screening_id, request_id, "closed")
    with database.reading(guest) as tx:
        seen = opened_bed_question(tx)
    assert (seen.is_open, seen.facts, seen.note, seen.call_back) == (False, (), "", "")
    assert reply(database, guest, YES)
    found = only(database, agencies.intake, screening_id)
    assert found.status == "placed"
    assert found.is_late(found.places[0].given)


def test_the_same_question_sent_twice_is_asked_once(database, agencies, screening_id):
    id = str(uuid4())
    assert asked(database, agencies.intake, screening_id, GIRLS, BOYS, id=id) == id
    with database.writing(agencies.intake) as tx:
        assert ask_for_beds(tx, screening_id, question(GIRLS, BOYS, id=id)) == (id, False)
    assert len(only(database, agencies.intake, screening_id).places) == 2
    other = opened_by(database, agencies.intake)
    with pytest.raises(RequestNotFound):
        asked(database, agencies.intake, other, GIRLS, id=id)


@pytest.mark.parametrize(
    ("places", "changes"),
    [
        ((), {}),
        ((GIRLS,), {"answer_within": timedelta(0)}),
        ((GIRLS,), {"answer_within": timedelta(days=30)}),
        ((GIRLS,), {"note": "n" * 201}),
        ((GIRLS,), {"note": "one\ntwo"}),
        ((GIRLS,), {"note": "about jc 2026-0417, please"}),
        ((GIRLS,), {"call_back": "ask for JC20260417"}),
        ((GIRLS,), {"facts": (AGE,) * 13}),
    ],
)
def test_a_question_that_tells_too_much_or_asks_nobody_is_refused(
    database, agencies, screening_id, places, changes
):
    with pytest.raises(BedRefused):
        asked(database, agencies.intake, screening_id, *places, **changes)
    with database.reading(agencies.intake) as tx:
        assert bed_requests_of(tx, screening_id) == ()


@pytest.mark.parametrize(
    "words",
    [
        Reply("maybe", "Desk"),
        Reply("no", "Desk"),
        Reply("no", "Desk", "Not This!"),
        Reply("yes", " "),
        Reply("yes", "D" * 121),
    ],
)
def test_an_answer_needs_a_word_a_name_and_a_no_its_reason(database, agencies, screening_id, words):
    asked(database, agencies.intake, screening_id, GIRLS)
    place = only(database, agencies.intake, screening_id).places[0].id
    with pytest.raises(BedRefused):
        enter(database, agencies.intake, screening_id, place, words)


def test_another_agency_asks_nobody_here_and_sees_nothing(database, agencies, screening_id):
    asked(database, agencies.intake, screening_id, GIRLS)
    place = only(database, agencies.intake, screening_id).places[0].id
    with pytest.raises(ScreeningNotFound), database.reading(agencies.elsewhere) as tx:
        bed_requests_of(tx, screening_id)
    with pytest.raises(ScreeningNotFound):
        enter(database, agencies.elsewhere, screening_id, place, YES)
    own = opened_by(database, agencies.elsewhere)
    with pytest.raises(PlaceNotFound):
        asked(database, agencies.elsewhere, own, GIRLS)
    with pytest.raises(RequestNotFound):
        enter(database, agencies.elsewhere, own, place, YES)
    for hidden in (SECRET, ADVICE.replace("-", "")):
        with pytest.raises(PlaceNotFound):
            asked(database, agencies.intake, screening_id, hidden)

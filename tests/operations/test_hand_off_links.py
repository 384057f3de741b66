"""Links to somebody outside: once, in time, with their code, to one hand-off."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Barrier
from uuid import uuid4

import pytest
from hand_off_offers import WORDS, answer, linked, offer, offered, only, told
from sqlalchemy import select, update

from screening.operations.actors import PermissionRefused, Role
from screening.operations.database import Database
from screening.operations.hand_offs import (
    HandOffNotFound,
    HandOffRefused,
    LinkRefused,
    OfferedLink,
    WrongCode,
    guest_of,
    hand_offs_of,
    offer_hand_off,
    open_link,
    opened_hand_off,
    pending_hand_offs,
    read_for_guest,
    withdraw_hand_off,
)
from screening.operations.screenings import find_screening
from screening.store.models import JournalEntry, User
from tests.conftest import SteppingClock
from tests.store.two_agencies import TwoAgencies, opened_by


def test_a_link_opens_once_with_its_code_and_is_answered_by_name(
    database: Database, agencies: TwoAgencies
) -> None:
    screening_id, link = linked(database, agencies)
    with pytest.raises(WrongCode):
        open_link(database, link.token, "00000000" if link.code != "00000000" else "1")
    guest = open_link(database, link.token, f" {link.code[:4]} {link.code[4:]} ")
    with pytest.raises(LinkRefused):
        open_link(database, link.token, link.code)
    with database.reading(guest) as tx:
        opened = opened_hand_off(tx)
    assert (opened.record.id, opened.hand_off.words) == (screening_id, WORDS)
    with pytest.raises(HandOffRefused):
        answer(database, guest, link.hand_off_id, "acknowledged")
    assert answer(database, guest, link.hand_off_id, "acknowledged", name="Officer B")
    assert only(database, agencies.intake, screening_id).answer == {"name": "Officer B"}
    assert told(database, agencies.intake, screening_id) == [
        "hand_off.offered",
        "hand_off.code_failed",
        "hand_off.opened",
        "hand_off.acknowledged",
    ]


def test_two_people_who_open_a_link_at_once_are_one_who_opens_it(
    open_database: Callable[..., Database], database: Database, agencies: TwoAgencies
) -> None:
    for _round in range(3):
        screening_id, link = linked(database, agencies)
        doors = [open_database(clock=lambda: datetime(2026, 11, 24, 15, 30, tzinfo=UTC)) for _ in range(4)]
        start = Barrier(len(doors))

        def come(
            number: int, doors: list[Database] = doors, start: Barrier = start, link: OfferedLink = link
        ) -> str:
            start.wait()
            try:
                open_link(doors[number], link.token, link.code, attempt=f"form {number}")
            except LinkRefused:
                return "refused"
            return "opened"

        with ThreadPoolExecutor(len(doors)) as people:
            came = sorted(people.map(come, range(len(doors))))
        assert came == ["opened", "refused", "refused", "refused"]
        assert told(database, agencies.intake, screening_id) == ["hand_off.offered", "hand_off.opened"]


def test_the_same_form_sent_twice_opens_once_and_another_form_opens_nothing(
    database: Database, agencies: TwoAgencies, clock: SteppingClock
) -> None:
    screening_id, link = linked(database, agencies)
    first = open_link(database, link.token, link.code, attempt="one form")
    assert open_link(database, link.token, link.code, attempt="one form") == first
    for attempt in ("", "another form"):
        with pytest.raises(LinkRefused):
            open_link(database, link.token, link.code, attempt=attempt)
    with pytest.raises(WrongCode):
        open_link(database, link.token, "1", attempt="one form")
    assert told(database, agencies.intake, screening_id).count("hand_off.opened") == 1
    clock.moment += timedelta(minutes=31)
    with pytest.raises(LinkRefused):
        open_link(database, link.token, link.code, attempt="one form")


def test_the_same_offer_sent_twice_is_one_and_its_link_is_shown_once(
    database: Database, agencies: TwoAgencies
) -> None:
    screening_id, id = opened_by(database, agencies.intake), str(uuid4())
    with database.writing(agencies.intake) as tx:
        assert offer_hand_off(tx, screening_id, offer(outside=True, id=id))[1] is not None
    with database.writing(agencies.intake) as tx:
        assert offer_hand_off(tx, screening_id, offer(outside=True, id=id)) == (id, None)
    assert only(database, agencies.intake, screening_id).id == id
    other = opened_by(database, agencies.intake)
    for taken in (id, "no id"):
        with pytest.raises(HandOffNotFound):
            offered(database, agencies.intake, other, id=taken)


def test_every_word_that_was_said_stays(database: Database, agencies: TwoAgencies) -> None:
    screening_id, link = linked(database, agencies)
    guest = open_link(database, link.token, link.code)
    answer(database, guest, link.hand_off_id, "acknowledged", name="Officer B")
    answer(database, guest, link.hand_off_id, "declined", name="Officer C", reason="Handed back")
    kept = only(database, agencies.intake, screening_id).receipts
    assert [(each.step, each.name) for each in kept] == [
        ("opened", ""),
        ("acknowledged", "Officer B"),
        ("declined", "Officer C"),
    ]


def test_a_guests_sheet_is_read_with_the_senders_rights_under_the_hand_offs_name(
    database: Database, agencies: TwoAgencies
) -> None:
    screening_id, link = linked(database, agencies)
    guest = open_link(database, link.token, link.code)
    opened, found = read_for_guest(database, guest, lambda tx, opened: hand_offs_of(tx, opened.record.id))
    assert [each.id for each in found] == [opened.hand_off.id]
    with pytest.raises(LinkRefused):
        read_for_guest(
            database, guest_of(str(uuid4()), guest.agency_id), lambda tx, _: find_screening(tx, screening_id)
        )
    read_for_guest(database, guest, lambda tx, _: find_screening(tx, screening_id))
    with database.reading(agencies.intake) as tx:
        viewed = select(JournalEntry.actor_id).where(
            JournalEntry.action == "screening.viewed", JournalEntry.subject == screening_id
        )
        assert set(tx.session.execute(viewed).scalars()) == {guest.user_id}
    with database.writing(agencies.administrator) as tx:
        demoted = update(User).where(User.id == agencies.intake.user_id).values(role=Role.ADMINISTRATOR.value)
        tx.session.execute(demoted)
    with pytest.raises(LinkRefused):
        read_for_guest(database, guest, lambda tx, _: find_screening(tx, screening_id))


def test_an_expired_link_a_withdrawn_one_and_an_unknown_one_open_nothing(
    database: Database, agencies: TwoAgencies, clock: SteppingClock
) -> None:
    _, late = linked(database, agencies, link_valid_for=timedelta(hours=1))
    _, taken_back = linked(database, agencies, link_valid_for=timedelta(hours=3))
    with database.writing(agencies.intake) as tx:
        assert withdraw_hand_off(tx, taken_back.hand_off_id)
    clock.moment += timedelta(hours=2)
    for link in (late, taken_back):
        with pytest.raises(LinkRefused):
            open_link(database, link.token, link.code)
    with pytest.raises(LinkRefused):
        open_link(database, "no-such-token", "12345678")


def test_after_five_wrong_codes_the_right_one_opens_nothing(
    database: Database, agencies: TwoAgencies
) -> None:
    screening_id, link = linked(database, agencies)
    wrong = "11111111" if link.code != "11111111" else "22222222"
    for _ in range(5):
        with pytest.raises(WrongCode):
            open_link(database, link.token, wrong)
    with pytest.raises(LinkRefused):
        open_link(database, link.token, link.code)
    assert only(database, agencies.intake, screening_id).status == "offered"


def test_a_guests_sitting_ends_and_a_guest_reaches_nothing_else(
    database: Database, agencies: TwoAgencies, clock: SteppingClock
) -> None:
    screening_id, link = linked(database, agencies)
    _, other = linked(database, agencies)
    guest = open_link(database, link.token, link.code)
    with pytest.raises(LinkRefused):
        answer(database, guest, other.hand_off_id, "acknowledged", name="Officer B")
    with database.reading(guest) as tx:
        for verb in (lambda: hand_offs_of(tx, screening_id), lambda: pending_hand_offs(tx)):
            with pytest.raises(PermissionRefused):
                verb()
    unopened = guest_of(other.hand_off_id, agencies.intake.agency_id)
    with pytest.raises(LinkRefused), database.reading(unopened) as tx:
        opened_hand_off(tx)
    clock.moment += timedelta(minutes=31)
    with pytest.raises(LinkRefused), database.reading(guest) as tx:
        opened_hand_off(tx)
    with pytest.raises(LinkRefused):
        answer(database, guest, link.hand_off_id, "acknowledged", name="Officer B")


def test_staff_cannot_say_that_somebody_outside_took_it_but_can_close_it(
    database: Database, agencies: TwoAgencies
) -> None:
    screening_id, link = linked(database, agencies)
    with pytest.raises(HandOffRefused):
        answer(database, agencies.intake, link.hand_off_id, "acknowledged")
    assert answer(
        database, agencies.intake, link.hand_off_id, "done", outcome="Told by phone, call number 7."
    )
    assert only(database, agencies.intake, screening_id).status == "done"


def test_neither_words_nor_codes_lie_open_in_the_file(
    database: Database, agencies: TwoAgencies, tmp_path: Path, database_url: str
) -> None:
    screening_id, link = linked(database, agencies)
    guest = open_link(database, link.token, link.code)
    answer(database, guest, link.hand_off_id, "declined", name="Officer B", reason="Unique words of refusal")
    assert only(database, agencies.intake, screening_id).answer["reason"] == "Unique words of refusal"
    if database_url.startswith("sqlite"):
        raw = b"".join(path.read_bytes() for path in tmp_path.rglob("*.sqlite*"))
        assert screening_id.encode() in raw
        for secret in (*WORDS.values(), "Officer B", "Unique words of refusal", link.token):
            assert secret.encode() not in raw

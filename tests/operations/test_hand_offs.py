from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from screening.operations.actors import PermissionRefused
from screening.operations.database import Database
from screening.operations.hand_offs import (
    HandOff,
    HandOffRefused,
    LinkRefused,
    Offer,
    OfferedLink,
    WrongCode,
    answer_hand_off,
    escalate_silent,
    guest_of,
    hand_offs_of,
    offer_hand_off,
    open_link,
    opened_hand_off,
    pending_hand_offs,
    withdraw_hand_off,
)
from screening.operations.screenings import ScreeningNotFound
from screening.store.models import JournalEntry
from tests.conftest import SteppingClock
from tests.store.two_agencies import TwoAgencies, opened_by

WORDS = {"recipient": "Officer of the day", "organization": "Invented County Police", "note": "Call first."}


def offer(**changes: object) -> Offer:
    usual: dict[str, object] = {
        "sheet": "law_enforcement",
        "to_profession": "law_enforcement",
        "to_user": None,
        "outside": False,
        "words": WORDS,
        "answer_within": timedelta(hours=4),
    }
    return Offer(**{**usual, **changes})


def offered(database: Database, actor: object, screening_id: str, **changes: object) -> str:
    with database.writing(actor) as tx:
        return offer_hand_off(tx, screening_id, offer(**changes))[0]


def linked(database: Database, agencies: TwoAgencies, **changes: object) -> tuple[str, OfferedLink]:
    screening_id = opened_by(database, agencies.intake)
    with database.writing(agencies.intake) as tx:
        _, link = offer_hand_off(tx, screening_id, offer(outside=True, **changes))
    assert link is not None
    return screening_id, link


def only(database: Database, actor: object, screening_id: str) -> HandOff:
    with database.reading(actor) as tx:
        (found,) = hand_offs_of(tx, screening_id)
    return found


def answer(database: Database, actor: object, id: str, how: str, **words: str) -> bool:
    with database.writing(actor) as tx:
        return answer_hand_off(tx, id, how, words)


def told(database: Database, actor: object, screening_id: str) -> list[str]:
    with database.reading(actor) as tx:
        rows = tx.session.execute(
            select(JournalEntry.action)
            .where(JournalEntry.subject == screening_id, JournalEntry.action.like("hand_off.%"))
            .order_by(JournalEntry.sequence)
        )
        return list(rows.scalars())


def test_a_hand_off_to_a_colleague_is_taken_and_done(database: Database, agencies: TwoAgencies) -> None:
    screening_id = opened_by(database, agencies.intake)
    id = offered(database, agencies.intake, screening_id, to_user=agencies.colleague.user_id)
    with database.reading(agencies.colleague) as tx:
        assert [each.id for each in pending_hand_offs(tx, for_me=True).items] == [id]
    with database.reading(agencies.intake) as tx:
        assert pending_hand_offs(tx, for_me=True).items == ()
    with pytest.raises(HandOffRefused):
        answer(database, agencies.supervisor, id, "acknowledged")
    assert answer(database, agencies.colleague, id, "acknowledged")
    assert not answer(database, agencies.colleague, id, "acknowledged")
    assert answer(database, agencies.colleague, id, "done", outcome="Spoke with the unit.")
    found = only(database, agencies.intake, screening_id)
    assert (found.status, found.words, found.answer) == ("done", WORDS, {"outcome": "Spoke with the unit."})
    assert found.answered_at is not None
    assert found.done_at is not None
    assert told(database, agencies.intake, screening_id) == [
        "hand_off.offered",
        "hand_off.acknowledged",
        "hand_off.done",
    ]


def test_declining_needs_a_reason_and_a_done_one_is_not_declined(
    database: Database, agencies: TwoAgencies
) -> None:
    screening_id = opened_by(database, agencies.intake)
    id = offered(database, agencies.intake, screening_id)
    with pytest.raises(HandOffRefused):
        answer(database, agencies.colleague, id, "declined", reason="  ")
    assert only(database, agencies.intake, screening_id).status == "offered"
    assert answer(database, agencies.colleague, id, "done")
    with pytest.raises(HandOffRefused):
        answer(database, agencies.colleague, id, "declined", reason="Too late")


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


def test_silence_is_told_once(database: Database, agencies: TwoAgencies, clock: SteppingClock) -> None:
    screening_id = opened_by(database, agencies.intake)
    id = offered(database, agencies.intake, screening_id)
    with database.writing(agencies.supervisor) as tx:
        assert escalate_silent(tx) == 0
    clock.moment += timedelta(hours=5)
    with database.reading(agencies.supervisor) as tx:
        assert [each.id for each in pending_hand_offs(tx, silent=True).items] == [id]
    with database.writing(agencies.supervisor) as tx:
        assert escalate_silent(tx) == 1
    with database.writing(agencies.supervisor) as tx:
        assert escalate_silent(tx) == 0
    found = only(database, agencies.intake, screening_id)
    assert found.escalated_at is not None
    assert found.silent(clock.moment)


@pytest.mark.parametrize(
    "changes",
    [
        {"outside": True, "words": {"note": "no recipient"}},
        {"outside": True, "link_valid_for": timedelta(days=15)},
        {"outside": True, "link_valid_for": timedelta(0)},
        {"to_user": "nobody"},
        {"words": {"recipient": "a", "youth": "name"}},
        {"words": {"recipient": "a\nb"}},
        {"answer_within": timedelta(0)},
        {"sheet": "Not an id"},
    ],
    ids=str,
)
def test_what_cannot_be_offered(
    database: Database, agencies: TwoAgencies, changes: dict[str, object]
) -> None:
    screening_id = opened_by(database, agencies.intake)
    with pytest.raises(HandOffRefused):
        offered(database, agencies.intake, screening_id, **changes)
    with database.reading(agencies.intake) as tx:
        assert hand_offs_of(tx, screening_id) == ()


def test_another_agency_sees_and_answers_nothing(database: Database, agencies: TwoAgencies) -> None:
    screening_id = opened_by(database, agencies.intake)
    id = offered(database, agencies.intake, screening_id)
    with database.reading(agencies.elsewhere) as tx:
        assert pending_hand_offs(tx).total == 0
        with pytest.raises(ScreeningNotFound):
            hand_offs_of(tx, screening_id)
    with pytest.raises(HandOffRefused):
        answer(database, agencies.elsewhere, id, "done")
    with pytest.raises(HandOffRefused):
        offered(database, agencies.intake, screening_id, to_user=agencies.elsewhere.user_id)
    with pytest.raises(ScreeningNotFound):
        offered(database, agencies.elsewhere, screening_id)


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

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import delete, select, update

from screening.config import shipped_folder
from screening.core.charges import Charge, kinds_of, visible_charges
from screening.core.loading import load_rulebook
from screening.operations.actors import Actor, PermissionRefused
from screening.operations.charges import (
    MOST_CHARGES,
    ChargeConflict,
    ChargeNotFound,
    ChargeRefused,
    KeptCharge,
    add_charge,
    charges_of,
    restore_charge,
    standing,
    withdraw_charge,
)
from screening.operations.database import Database, SealBroken
from screening.operations.screenings import ScreeningNotFound, complete_screening
from screening.store.follow_up_models import ChargeRow
from screening.store.models import JournalEntry
from tests.conftest import SteppingClock
from tests.store.two_agencies import TwoAgencies, opened_by

DRUGS = Charge("one", "drug_possession", date(2026, 11, 20))
COUNSELS = Charge("two", "recruiting", None, privileged=True)


def add(database: Database, actor: Actor, screening_id: str, charge: Charge) -> bool:
    with database.writing(actor) as tx:
        return add_charge(tx, screening_id, charge)


def kept(database: Database, actor: Actor, screening_id: str) -> tuple[KeptCharge, ...]:
    with database.reading(actor) as tx:
        return charges_of(tx, screening_id)


def journalled(database: Database, actor: Actor, screening_id: str) -> list[tuple[str, str]]:
    with database.reading(actor) as tx:
        entries = select(JournalEntry.action, JournalEntry.detail).where(
            JournalEntry.subject == screening_id, JournalEntry.action.like("charge.%")
        )
        return [tuple(row) for row in tx.session.execute(entries.order_by(JournalEntry.sequence))]


@pytest.fixture
def screening_id(database: Database, agencies: TwoAgencies) -> str:
    return opened_by(database, agencies.intake)


def test_what_was_entered_is_read_again_in_the_order_it_was_entered(
    database: Database, agencies: TwoAgencies, screening_id: str
) -> None:
    assert add(database, agencies.intake, screening_id, DRUGS)
    assert add(database, agencies.colleague, screening_id, COUNSELS)

    found = kept(database, agencies.supervisor, screening_id)

    assert [each.charge for each in found] == [DRUGS, COUNSELS]
    assert [each.added_by_name for each in found] == ["Intake", "Colleague"]
    assert found[0].added_at < found[1].added_at
    assert {each.withdrawn_at for each in found} == {None}
    assert visible_charges(standing(found)) == (DRUGS,)
    assert visible_charges(standing(found), privileged=True) == (DRUGS, COUNSELS)


def test_nothing_entered_is_nothing(database: Database, agencies: TwoAgencies, screening_id: str) -> None:
    assert kept(database, agencies.intake, screening_id) == ()


def test_a_hundred_replays_at_once_make_one_row_and_one_entry(
    database: Database, agencies: TwoAgencies, screening_id: str
) -> None:
    added: list[bool] = []

    def replay() -> None:
        added.extend(add(database, agencies.intake, screening_id, DRUGS) for _ in range(10))

    threads = [threading.Thread(target=replay) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(added) == [False] * 99 + [True]
    assert len(kept(database, agencies.intake, screening_id)) == 1
    assert journalled(database, agencies.intake, screening_id) == [("charge.added", '{"charge":"one"}')]


@pytest.mark.parametrize(
    "other",
    [
        replace(DRUGS, kind="theft"),
        replace(DRUGS, offense_on=None),
        replace(DRUGS, privileged=True),
    ],
)
def test_an_id_taken_by_another_charge_is_refused_and_nothing_is_overwritten(
    database: Database, agencies: TwoAgencies, screening_id: str, other: Charge
) -> None:
    add(database, agencies.intake, screening_id, DRUGS)

    with pytest.raises(ChargeConflict):
        add(database, agencies.intake, screening_id, other)

    assert [each.charge for each in kept(database, agencies.intake, screening_id)] == [DRUGS]


def test_an_id_taken_elsewhere_is_refused(
    database: Database, agencies: TwoAgencies, screening_id: str
) -> None:
    add(database, agencies.intake, screening_id, DRUGS)

    for actor in (agencies.intake, agencies.elsewhere):
        other = opened_by(database, actor)
        with pytest.raises(ChargeConflict):
            add(database, actor, other, DRUGS)
        assert kept(database, actor, other) == ()
        assert journalled(database, actor, other) == []


def test_withdrawing_and_putting_back(
    database: Database, agencies: TwoAgencies, screening_id: str, clock: SteppingClock
) -> None:
    add(database, agencies.intake, screening_id, DRUGS)
    before = kept(database, agencies.intake, screening_id)
    with database.writing(agencies.colleague) as tx:
        moment = tx.now
        assert withdraw_charge(tx, screening_id, "one")
        assert not withdraw_charge(tx, screening_id, "one")

    (found,) = kept(database, agencies.intake, screening_id)
    assert (found.withdrawn_at, found.withdrawn_by_name) == (moment, "Colleague")
    assert standing((found,)) == ()
    assert not add(database, agencies.intake, screening_id, DRUGS), "sending it again does not bring it back"
    assert standing(kept(database, agencies.intake, screening_id)) == ()

    with database.writing(agencies.intake) as tx:
        assert restore_charge(tx, screening_id, "one")
        assert not restore_charge(tx, screening_id, "one")
    assert kept(database, agencies.intake, screening_id) == before
    assert [action for action, _ in journalled(database, agencies.intake, screening_id)] == [
        "charge.added", "charge.withdrawn", "charge.restored",
    ]  # fmt: skip


@pytest.mark.parametrize("change", [withdraw_charge, restore_charge])
@pytest.mark.parametrize("charge_id", ["one", "no such", "", "x" * 65])
def test_a_charge_that_is_not_there(
    database: Database,
    agencies: TwoAgencies,
    screening_id: str,
    change: Callable[..., bool],
    charge_id: str,
) -> None:
    with pytest.raises(ChargeNotFound), database.writing(agencies.intake) as tx:
        change(tx, screening_id, charge_id)


def test_a_charge_of_another_screening_is_not_there(
    database: Database, agencies: TwoAgencies, screening_id: str
) -> None:
    add(database, agencies.intake, screening_id, DRUGS)
    other = opened_by(database, agencies.intake)

    with pytest.raises(ChargeNotFound), database.writing(agencies.intake) as tx:
        withdraw_charge(tx, other, "one")


def test_another_agency_sees_and_changes_nothing(
    database: Database, agencies: TwoAgencies, screening_id: str
) -> None:
    add(database, agencies.intake, screening_id, DRUGS)

    for verb in (
        lambda tx: charges_of(tx, screening_id),
        lambda tx: add_charge(tx, screening_id, COUNSELS),
        lambda tx: withdraw_charge(tx, screening_id, "one"),
        lambda tx: restore_charge(tx, screening_id, "one"),
    ):
        with pytest.raises(ScreeningNotFound), database.writing(agencies.elsewhere) as tx:
            verb(tx)
    assert standing(kept(database, agencies.intake, screening_id)) == (DRUGS,)


def test_who_runs_accounts_sees_no_charge(
    database: Database, agencies: TwoAgencies, screening_id: str
) -> None:
    add(database, agencies.intake, screening_id, DRUGS)

    for actor in (agencies.administrator, agencies.publisher, None):
        for verb in (
            lambda tx: charges_of(tx, screening_id),
            lambda tx: add_charge(tx, screening_id, COUNSELS),
            lambda tx: withdraw_charge(tx, screening_id, "one"),
            lambda tx: restore_charge(tx, screening_id, "one"),
        ):
            with pytest.raises(PermissionRefused), database.writing(actor) as tx:
                verb(tx)


@pytest.mark.parametrize(
    "charge",
    [
        replace(DRUGS, id=""),
        replace(DRUGS, id="with space"),
        replace(DRUGS, id="x" * 65),
        replace(DRUGS, kind=""),
        replace(DRUGS, kind="Drug possession of Ann"),
        replace(DRUGS, kind="k" * 61),
        replace(DRUGS, offense_on=date(2026, 11, 25)),
    ],
)
def test_what_is_no_charge_is_refused(
    database: Database, agencies: TwoAgencies, screening_id: str, charge: Charge
) -> None:
    with pytest.raises(ChargeRefused):
        add(database, agencies.intake, screening_id, charge)
    assert kept(database, agencies.intake, screening_id) == ()


def test_the_day_itself_is_no_future(database: Database, agencies: TwoAgencies, screening_id: str) -> None:
    today = replace(DRUGS, offense_on=date(2026, 11, 24))

    assert add(database, agencies.intake, screening_id, today)


def test_no_more_than_a_page_holds(database: Database, agencies: TwoAgencies, screening_id: str) -> None:
    with database.writing(agencies.intake) as tx:
        for number in range(MOST_CHARGES):
            add_charge(tx, screening_id, replace(DRUGS, id=f"charge-{number}"))

    with pytest.raises(ChargeRefused):
        add(database, agencies.intake, screening_id, DRUGS)
    assert not add(database, agencies.intake, screening_id, replace(DRUGS, id="charge-0"))


def test_a_completed_screening_takes_charges(
    database: Database, agencies: TwoAgencies, screening_id: str
) -> None:
    with database.writing(agencies.intake) as tx:
        complete_screening(tx, screening_id)

    assert add(database, agencies.intake, screening_id, DRUGS)


def test_reading_charges_is_a_view_of_the_screening(
    database: Database, agencies: TwoAgencies, screening_id: str
) -> None:
    kept(database, agencies.supervisor, screening_id)

    with database.reading(agencies.intake) as tx:
        viewers = select(JournalEntry.actor_id).where(
            JournalEntry.subject == screening_id, JournalEntry.action == "screening.viewed"
        )
        assert tx.session.execute(viewers).scalars().all() == [agencies.supervisor.user_id]
    assert database.verify().is_sound


@pytest.mark.parametrize(
    "change",
    [
        {"added_at": datetime(2026, 11, 23, 12, tzinfo=UTC)},
        {"id": "moved"},
        {"added_by": "colleague"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_row_that_was_changed_does_not_open(
    database: Database, agencies: TwoAgencies, screening_id: str, change: dict[str, object]
) -> None:
    add(database, agencies.intake, screening_id, DRUGS)
    with database.writing(agencies.intake) as tx:
        values = {**change, **({"added_by": agencies.colleague.user_id} if "added_by" in change else {})}
        tx.session.execute(update(ChargeRow).where(ChargeRow.id == "one").values(**values))

    with pytest.raises(SealBroken):
        kept(database, agencies.intake, screening_id)


def test_a_sealed_charge_moved_to_another_row_does_not_open(
    database: Database, agencies: TwoAgencies, screening_id: str
) -> None:
    add(database, agencies.intake, screening_id, DRUGS)
    add(database, agencies.intake, screening_id, COUNSELS)
    with database.writing(agencies.intake) as tx:
        sealed = tx.session.execute(select(ChargeRow.sealed).where(ChargeRow.id == "one")).scalar_one()
        tx.session.execute(update(ChargeRow).where(ChargeRow.id == "two").values(sealed=sealed))

    with pytest.raises(SealBroken):
        kept(database, agencies.intake, screening_id)


KINDS = sorted(kinds_of(load_rulebook(shipped_folder("rules"))))


def test_what_is_sealed_has_one_length_for_every_kind(
    database: Database, agencies: TwoAgencies, screening_id: str
) -> None:
    with database.writing(agencies.intake) as tx:
        for number, kind in enumerate(KINDS):
            day = date(2026, 1, 1) if number % 2 else None
            add_charge(tx, screening_id, Charge(f"n{number}", kind, day, privileged=number % 3 == 0))

    with database.reading(agencies.intake) as tx:
        sealed = tx.session.execute(select(ChargeRow.sealed)).scalars().all()
    assert len(sealed) == len(KINDS)
    assert len({len(each) for each in sealed}) == 1


def test_no_kind_can_be_read_in_the_raw_database(
    database: Database, agencies: TwoAgencies, screening_id: str, sqlite_path: Path, database_url: str
) -> None:
    with database.writing(agencies.intake) as tx:
        for number, kind in enumerate(KINDS):
            add_charge(tx, screening_id, Charge(f"n{number}", kind, date(2017, 3, 14)))
        withdraw_charge(tx, screening_id, "n0")

    if database_url.startswith("sqlite"):
        database.close()
        content = b"".join(path.read_bytes() for path in sqlite_path.parent.iterdir() if path.is_file())
    else:
        content = raw_rows(database, agencies.intake)

    assert b"charge.added" in content, "what was looked at is what was written to"
    for kind in KINDS:
        assert kind.encode() not in content
    assert b"2017-03-14" not in content


def raw_rows(database: Database, actor: Actor) -> bytes:
    """Every column of the charges and of the journal, as it is stored."""
    with database.reading(actor) as tx:
        rows = [
            value if isinstance(value, bytes) else str(value).encode()
            for table in (ChargeRow, JournalEntry)
            for row in tx.session.execute(
                select(*(getattr(table, each.key) for each in table.__table__.columns))
            )
            for value in row
        ]
    return b" ".join(rows)


def test_a_row_is_never_deleted_by_a_verb(
    database: Database, agencies: TwoAgencies, screening_id: str
) -> None:
    """What the verbs leave behind after withdrawing is still a row; nothing here deletes."""
    add(database, agencies.intake, screening_id, DRUGS)
    with database.writing(agencies.intake) as tx:
        withdraw_charge(tx, screening_id, "one")
        assert tx.session.execute(select(ChargeRow.id)).scalars().all() == ["one"]
    with database.writing(agencies.elsewhere) as tx:
        assert tx.session.execute(delete(ChargeRow)).rowcount == 0
    assert len(kept(database, agencies.intake, screening_id)) == 1

from datetime import UTC, timedelta, tzinfo

import pytest
from sqlalchemy import func, select

from screening.config import shipped_folder
from screening.core.bed_words import BedWord
from screening.core.evaluation import Level, assess
from screening.core.loading import read_rule_files
from screening.core.rulebook import Rulebook
from screening.core.unmet_counts import CountingRules
from screening.operations.accounts import AccountRefused, found_agency, sign_in
from screening.operations.actors import ACCOUNT_ROLES, Actor, Role
from screening.operations.beds import attempts_of, bed_requests_of, standing_words
from screening.operations.database import Database, Transaction
from screening.operations.demonstration import PASSWORD as DEMONSTRATION_PASSWORD
from screening.operations.demonstration import load_demonstration
from screening.operations.demonstration_ledger import MONTHS, YOUTHS, Past, load_ledger
from screening.operations.directory.checks import directory_counts
from screening.operations.directory.duplicates import possible_pairs
from screening.operations.directory.errors import open_errors
from screening.operations.referrals import referrals_of
from screening.operations.rulebooks import keep_rulebook
from screening.operations.screenings import find_screening, list_screenings
from screening.operations.unmet_need import CountOrder, count_unmet, first_month, stays_of, unmet_of
from screening.store.help_models import (
    BedReportRow,
    BedRequestPlaceRow,
    BedRequestRow,
    ContactAttemptRow,
    DirectoryChangeRow,
    DirectoryCheckRow,
    DirectoryErrorRow,
    ReferralRow,
    ReferralStepRow,
    StayRow,
    UnmetNeedRow,
)
from tests.store.two_agencies import PASSWORD, TwoAgencies

HELP_ROWS = (
    BedReportRow,
    BedRequestRow,
    BedRequestPlaceRow,
    ContactAttemptRow,
    ReferralRow,
    ReferralStepRow,
    StayRow,
    UnmetNeedRow,
    DirectoryChangeRow,
    DirectoryCheckRow,
    DirectoryErrorRow,
)


def rows_about_help(database: Database) -> dict[str, int]:
    counted = {}
    for who in ("demo-intake", "demo-cps"):
        with database.reading(sign_in(database, who, DEMONSTRATION_PASSWORD)) as tx:
            for row in HELP_ROWS:
                query = select(func.count()).select_from(row)
                counted[f"{who} {row.__tablename__}"] = tx.session.execute(query).scalar_one()
    return counted


def latest_words(tx: Transaction) -> list[BedWord]:
    ids = tx.session.execute(select(BedReportRow.service_id)).scalars().all()
    return [word for words in standing_words(tx, ids).values() for word in words]


def counting_order(rulebook: Rulebook, zone: tzinfo) -> CountOrder:
    guide = rulebook.placement
    assert guide is not None
    rules = CountingRules(guide.counts.age_groups, frozenset(guide.counts.place_needs), guide.counts.smallest)
    return CountOrder(
        rules=rules,
        safe_places=frozenset(each.id for each in guide.stay_places if each.safe),
        detention_places=frozenset(each.id for each in guide.stay_places if each.detention),
        reasons=tuple(each.id for each in guide.unmet_reasons),
        needs=tuple(need.id for need in rulebook.needs),
        sexes=("girl", "boy"),
        ages=(),
        zone=zone,
        looked_at_as="page",
    )


@pytest.fixture(autouse=True)
def kept(database: Database, rulebook: Rulebook) -> None:
    keep_rulebook(database, rulebook, read_rule_files(shipped_folder("rules")))


def test_every_role_of_both_agencies_can_sign_in_as_printed(database: Database, rulebook: Rulebook) -> None:
    loaded = load_demonstration(database, rulebook)

    assert {login.agency for login in loaded.logins} == {
        "Demonstration detention intake (Independence, Missouri)",
        "Demonstration child protection (Kansas City)",
    }
    assert {login.role for login in loaded.logins} == set(ACCOUNT_ROLES)
    for login in loaded.logins:
        actor = sign_in(database, login.username, login.password)
        assert (actor.role, actor.name) == (login.role, login.name)
        assert "invented" in login.name


def test_the_screenings_are_plainly_invented_and_show_every_kind_of_result(
    database: Database, rulebook: Rulebook
) -> None:
    loaded = load_demonstration(database, rulebook)
    results, statuses, numbers = set(), set(), []

    for login in loaded.logins:
        if login.role not in (Role.INTAKE_STAFF, Role.CPS_WORKER):
            continue
        actor = sign_in(database, login.username, login.password)
        with database.reading(actor) as tx:
            for line in list_screenings(tx, page=1).items:
                record = find_screening(tx, line.id)
                found = assess(rulebook, record.statements, record.opened_on)
                assert (found.at_least >= Level.POSSIBLE) == (record.recognised_at is not None)
                assert record.statements
                results.add(found.result)
                statuses.add(record.status)
                numbers.append(record.youth_ref)

    mock_cases = [number for number in numbers if number < "DEMO-0100"]
    assert 6 <= loaded.screenings == loaded.added == len(mock_cases) <= 10
    assert sorted(mock_cases) == [f"DEMO-{number:04}" for number in range(1, len(mock_cases) + 1)]
    assert statuses == {"open", "completed"}
    assert results >= {"clear", "possible"}
    assert database.verify().is_sound


def signed_in(database: Database, *usernames: str) -> list[Actor]:
    return [sign_in(database, username, DEMONSTRATION_PASSWORD) for username in usernames]


def screening_ids(tx: Transaction) -> list[str]:
    return [line.id for line in list_screenings(tx, page=1, per_page=100).items]


@pytest.mark.parametrize("who", ["demo-intake", "demo-cps"])
def test_there_are_rows_about_help_for_every_page(database: Database, rulebook: Rulebook, who: str) -> None:
    load_demonstration(database, rulebook)
    assert rulebook.placement is not None
    staff, editor = signed_in(database, who, f"{who}-editor")

    with database.reading(staff) as tx:
        fresh = {place.is_fresh(tx.now, rulebook.placement.beds) for place in latest_words(tx)}
        words = latest_words(tx)
        asked = [each for id in screening_ids(tx) for each in bed_requests_of(tx, id)]
        calls = [each for id in screening_ids(tx) for each in attempts_of(tx, id)]
        referrals = [each for id in screening_ids(tx) for each in referrals_of(tx, id)]
        stays = [each for id in screening_ids(tx) for each in stays_of(tx, id)]
        unmet = [each for id in screening_ids(tx) for each in unmet_of(tx, id)]
    with database.reading(editor) as tx:
        counts = directory_counts(tx, rulebook.placement.verification)
        errors = open_errors(tx)
        pairs = possible_pairs(tx, "service")

    assert fresh == {True, False}
    assert {word.status for word in words} == {"available", "full", "waitlist", "assess_first", "unknown"}
    assert any(word.beds for word in words)
    assert all("invented" in word.said_by for word in words)
    assert {each.status for each in asked} == {"open", "closed"}
    assert {bool(place.replies) for each in asked for place in each.places} == {True, False}
    assert len(calls) >= 3
    assert {each.last.step for each in referrals} >= {"contacted", "waiting", "declined"}
    assert any(each.need == rulebook.placement.advocate.need for each in referrals)
    assert stays
    assert {each.need for each in unmet} <= {need.id for need in rulebook.needs}
    assert {each.reason for each in unmet} <= {each.id for each in rulebook.placement.unmet_reasons}
    assert all("invented" in each.facts.words.lower() for each in unmet)
    assert (counts.verified, counts.unverified > counts.verified) == (3, True)
    assert errors.total == 2
    assert any("invented" in pair.first.name and "invented" in pair.second.name for pair in pairs.items)


def test_somebody_left_and_came_back(database: Database, rulebook: Rulebook) -> None:
    load_demonstration(database, rulebook)
    (staff,) = signed_in(database, "demo-intake")
    with database.reading(staff) as tx:
        found = [each for id in screening_ids(tx) for each in referrals_of(tx, id)]
    steps = [[step.step for step in each.steps] for each in found]
    assert any(each[-3:] == ["admitted", "left", "admitted"] for each in steps)
    assert any(each[-1] == "completed" for each in steps)


def test_the_report_of_unmet_need_has_something_to_show_and_something_to_suppress(
    database: Database, rulebook: Rulebook
) -> None:
    load_demonstration(database, rulebook)
    order = counting_order(rulebook, UTC)
    (supervisor,) = signed_in(database, "demo-intake-supervisor")
    with database.reading(supervisor) as tx:
        since = first_month(tx, UTC)
        last = tx.today.replace(day=1) - timedelta(days=1)
        assert since is not None
        counts = count_unmet(tx, since, last, order).counts

    assert len(counts.months) == MONTHS
    for lines in (counts.months, counts.reasons, counts.ages, counts.sexes):
        assert sum(line.figure.count is not None for line in lines) >= 2
        assert any(line.figure.verdict in {"small", "withheld"} for line in lines)
    assert counts.places is not None
    assert counts.places.median_days is not None
    assert counts.places.held.count
    assert counts.places.not_held.count
    assert counts.places.detention_days


def test_loading_again_changes_nothing(database: Database, rulebook: Rulebook) -> None:
    first = load_demonstration(database, rulebook)
    before, rows = database.verify(), rows_about_help(database)
    assert all(rows.values())

    second = load_demonstration(database, rulebook)

    after = database.verify()
    assert (second.logins, second.screenings, second.added) == (first.logins, first.screenings, 0)
    assert (after.screenings, after.statements) == (before.screenings, before.statements)
    assert rows_about_help(database) == rows


def test_youths_of_the_ledger_that_are_missing_are_added(database: Database, rulebook: Rulebook) -> None:
    load_demonstration(database, rulebook)
    (staff, supervisor) = signed_in(database, "demo-intake", "demo-intake-supervisor")
    past = Past(staff, supervisor, "detention", "us_mo")
    assert load_ledger(database, rulebook, past) == 0
    elsewhere, other_supervisor = signed_in(database, "demo-cps", "demo-cps-supervisor")
    there = Past(elsewhere, other_supervisor, "child_protection", "us_mo")
    assert load_ledger(database, rulebook, there) == YOUTHS


def test_invented_people_never_come_into_a_database_with_real_work(
    database: Database, agencies: TwoAgencies, rulebook: Rulebook
) -> None:
    with pytest.raises(AccountRefused, match="two databases"):
        load_demonstration(database, rulebook)


def test_real_work_never_begins_in_the_demonstration(database: Database, rulebook: Rulebook) -> None:
    load_demonstration(database, rulebook)

    with pytest.raises(AccountRefused, match="two databases"):
        found_agency(database, name="Real", username="real", administrator="Real", password=PASSWORD)

import pytest

from screening.operations.actors import PermissionRefused
from screening.operations.database import Database
from screening.operations.screenings import complete_screening, list_screenings, note_recognised
from tests.store.two_agencies import TwoAgencies, opened_by


def test_the_newest_come_first_page_by_page(database: Database, agencies: TwoAgencies) -> None:
    opened = [opened_by(database, agencies.intake, f"JC-{number}") for number in range(7)]

    with database.reading(agencies.colleague) as tx:
        pages = [list_screenings(tx, page=page, per_page=3) for page in (1, 2, 3, 4)]

    assert [each.id for page in pages for each in page.items] == opened[::-1]
    assert [len(page.items) for page in pages] == [3, 3, 1, 0]
    assert {(page.total, page.pages, page.per_page) for page in pages} == {(7, 3, 3)}


def test_a_line_tells_what_the_list_shows(database: Database, agencies: TwoAgencies) -> None:
    screening_id = opened_by(database, agencies.intake, "JC-1")
    with database.writing(agencies.intake) as tx:
        note_recognised(tx, screening_id)
        complete_screening(tx, screening_id)

    with database.reading(agencies.colleague) as tx:
        (line,) = list_screenings(tx, page=1).items

    assert (line.youth_ref, line.setting, line.jurisdiction) == ("JC-1", "detention", "us_mo")
    assert (line.status, line.opened_by_name) == ("completed", "Intake")
    assert line.opened_at < line.completed_at
    assert line.recognised_at == line.completed_at


def test_pages_that_cannot_be_are_brought_into_bounds(database: Database, agencies: TwoAgencies) -> None:
    opened_by(database, agencies.intake)

    with database.reading(agencies.intake) as tx:
        for page, per_page in ((0, 25), (-5, 0), (1, 10_000)):
            found = list_screenings(tx, page=page, per_page=per_page)
            assert (len(found.items), found.page, found.pages) == (1, 1, 1)
            assert 1 <= found.per_page <= 100


def test_an_empty_list_has_one_empty_page(database: Database, agencies: TwoAgencies) -> None:
    with database.reading(agencies.intake) as tx:
        found = list_screenings(tx, page=1)

    assert (found.items, found.total, found.pages) == ((), 0, 1)


def test_another_agencys_screenings_are_neither_listed_nor_counted_nor_found(
    database: Database, agencies: TwoAgencies
) -> None:
    opened_by(database, agencies.intake, "JC-1")
    theirs = opened_by(database, agencies.elsewhere, "JC-1")

    with database.reading(agencies.elsewhere) as tx:
        for youth_ref in (None, "JC-1"):
            found = list_screenings(tx, page=1, youth_ref=youth_ref)
            assert ([each.id for each in found.items], found.total) == ([theirs], 1)


@pytest.mark.parametrize(
    "spelling", ["JC-2026-0417", "jc-2026-0417", " JC 2026 0417 ", "jc/2026.0417", "ＪＣ20260417"]
)
def test_a_case_number_is_found_however_it_is_spelled(
    database: Database, agencies: TwoAgencies, spelling: str
) -> None:
    wanted = opened_by(database, agencies.intake, "JC-2026-0417")
    opened_by(database, agencies.intake, "JC-2026-0418")

    with database.reading(agencies.intake) as tx:
        found = list_screenings(tx, page=1, youth_ref=spelling)

    assert [each.id for each in found.items] == [wanted]


@pytest.mark.parametrize("asked", ["", "-", "JC-2026", "JC-2026-04170", "%", "none", "x" * 5000])
def test_part_of_a_number_or_nothing_finds_nothing(
    database: Database, agencies: TwoAgencies, asked: str
) -> None:
    opened_by(database, agencies.intake, "JC-2026-0417")
    opened_by(database, agencies.intake, "")

    with database.reading(agencies.intake) as tx:
        assert list_screenings(tx, page=1, youth_ref=asked).total == 0


def test_a_screening_without_a_case_number_is_listed(database: Database, agencies: TwoAgencies) -> None:
    opened_by(database, agencies.intake, "")

    with database.reading(agencies.intake) as tx:
        assert [each.youth_ref for each in list_screenings(tx, page=1).items] == [""]


def test_the_same_number_twice_is_found_twice(database: Database, agencies: TwoAgencies) -> None:
    opened = {opened_by(database, agencies.intake, "JC-1") for _ in range(2)}

    with database.reading(agencies.intake) as tx:
        assert {each.id for each in list_screenings(tx, page=1, youth_ref="JC-1").items} == opened


def test_an_administrator_sees_that_work_is_done_but_not_on_whom(
    database: Database, agencies: TwoAgencies
) -> None:
    opened_by(database, agencies.intake, "JC-1")

    with database.reading(agencies.administrator) as tx:
        assert [each.youth_ref for each in list_screenings(tx, page=1).items] == [""]
        with pytest.raises(PermissionRefused):
            list_screenings(tx, page=1, youth_ref="JC-1")

"""Files of every kind, good and broken: what is right comes in, what is wrong is told where it stands."""

import io
import json

import pytest
from directory_examples import uid
from directory_files import as_file, as_lines, bring_in, names, service, totals, zipped

from screening.operations.actors import Role
from screening.operations.directory import (
    DirectoryFileRefused,
    ImportRefused,
    find_entry,
    import_directory,
    read_directory_file,
)
from tests.store.two_agencies import add_person


@pytest.fixture
def editor(database, agencies):
    return add_person(database, agencies.intake.agency_id, "editor", Role.DIRECTORY_EDITOR)


BROKEN = {
    "organizations.csv": f"id,name,description\r\n{uid('o')},Org,About\r\n{uid('bad')},,\r\n",
    "services.csv": f"id,organization_id,name,status\r\n{uid('s')},{uid('o')},Help,active\r\n{uid('t')},{uid('x')},More,open\r\n",
    "locations.csv": f"id,location_type,organization_id\r\n{uid('l')},physical,{uid('x')}\r\n",
    "service_at_location.csv": f"id,service_id,location_id\r\n{uid('a')},{uid('s')},{uid('l')}\r\n",
    "phones.csv": f"id,service_id,number\r\n{uid('p')},{uid('s')},816\r\n{uid('q')},{uid('x')},817\r\n",
    "url.csv": f"id,label,url\r\n{uid('u')},Site,https://example.org\r\n",
    "service_capacity.csv": "id,service_id,unit_id,available,updated\r\n"
    f"{uid('c')},{uid('x')},{uid('v')},1,2026-01-01T00:00:00Z\r\n",
    "README.txt": "not a table",
}


def test_a_broken_package_comes_in_with_its_faults_listed(database, editor):
    report = bring_in(
        database, editor, zipped({f"folder/{name}": content for name, content in BROKEN.items()})
    )
    assert {(fault.file, fault.row, fault.field, fault.kept) for fault in report.faults} == {
        ("organizations.csv", "line 3", "name", False),
        ("organizations.csv", "line 3", "description", False),
        ("services.csv", "line 3", "status", False),
        ("locations.csv", "line 2", "organization_id", True),
        ("phones.csv", "line 3", "service_id", True),
        ("phones.csv", "line 3", "id", False),
        ("url.csv", "line 2", "id", False),
        ("service_capacity.csv", "line 2", "service_id", False),
    }
    assert names(database, editor) == ["Help"]
    with database.reading(editor) as tx:
        shown = find_entry(tx, "service", uid("s"))
    assert [phone["number"] for phone in shown["phones"]] == ["816"]
    assert shown["service_at_locations"][0]["location"]["id"] == uid("l")


def test_old_tables_are_brought_in_and_found_again(database, editor):
    files = {
        "organizations.csv": "id,name\r\n1,Old House\r\n",
        "services.csv": "id,organization_id,name,audience\r\n1,1,Lunch,Youths\r\n",
        "regular_schedules.csv": "id,service_id,weekday,opens_at,closes_at\r\n1,1,Monday,9:00,17:00\r\n",
    }
    assert totals(bring_in(database, editor, zipped(files))) == (2, 0, 0, 0)
    assert totals(bring_in(database, editor, zipped(files))) == (0, 0, 2, 0)


def test_a_line_or_a_list_that_breaks_off_keeps_what_came_before(database, editor):
    lines = as_lines([service("A", "1"), service("B", "2")]).getvalue()
    report = bring_in(database, editor, io.BytesIO(lines.replace(b"\n", b"\n{broken\n")))
    assert [(fault.row, fault.field) for fault in report.faults] == [("line 2", "line")]
    assert names(database, editor) == ["A", "B"]
    listed = json.dumps([service("C", "3"), service("D", "4")]).encode()
    report = bring_in(database, editor, io.BytesIO(listed[:-40]))
    assert [(fault.row, fault.field) for fault in report.faults] == [("2", "list")]
    assert "C" in names(database, editor)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"no json", "neither JSON"),
        (b"\xff\xfe\x00", "UTF-8"),
        (b"PK\x03\x04 no archive", "not a ZIP archive"),
        (b"[]", "nothing of a directory"),
        (zipped({"a.txt": "x"}).getvalue(), "no table of HSDS"),
        (zipped({"a/services.csv": "id", "b/services.csv": "id"}).getvalue(), "twice"),
    ],
    ids=["text", "bytes", "archive", "empty", "no table", "twice"],
)
def test_what_is_no_directory_is_refused(content, told):
    with pytest.raises(DirectoryFileRefused, match=told):
        read_directory_file(io.BytesIO(content), "file", "list")


def test_an_archive_that_unpacks_to_too_much_is_refused(monkeypatch):
    monkeypatch.setattr("screening.operations.directory.reading.LARGEST_IN_ALL", 10_000)
    bomb = zipped({"services.csv": "id,name\r\n" + "x" * 1_000_000})
    with pytest.raises(DirectoryFileRefused, match="more than a directory needs"):
        read_directory_file(bomb, "file", "list")


@pytest.mark.parametrize("source", ["", " x", "a\nb", "x" * 101])
def test_a_source_has_a_name(database, editor, source):
    rows = read_directory_file(as_file([service("A", "1")]), "file", "list")
    with pytest.raises(ImportRefused):
        import_directory(database, editor, rows, source=source)


def test_progress_is_told(database, editor):
    told = []
    rows = read_directory_file(as_file([service("A", "1")]), "file", "list")
    import_directory(
        database, editor, rows, source="list", progress=lambda what, number: told.append((what, number))
    )
    assert told[-1] == ("compared", 2)

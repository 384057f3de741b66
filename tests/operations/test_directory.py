"""Bringing a directory in and handing it out: nothing doubled, nothing lost, nothing undisclosed."""

import io
import json

import pytest
from directory_examples import full_service, uid
from directory_files import (
    CONFIDENTIAL,
    HIDDEN,
    as_file,
    as_lines,
    bring_in,
    export,
    levelled,
    names,
    place,
    service,
    totals,
)
from sqlalchemy import select

from screening.core.directory_profile import Confidentiality
from screening.operations.actors import PermissionRefused, Role
from screening.operations.directory import (
    EntryNotFound,
    ExportFormat,
    Query,
    find_entry,
    list_entries,
)
from screening.store.directory_models import DirectoryAttribute, LocationRow, ServiceRow
from screening.store.journal_actions import AuditAction
from screening.store.models import JournalEntry
from tests.store.two_agencies import add_person


@pytest.fixture
def editor(database, agencies):
    return add_person(database, agencies.intake.agency_id, "editor", Role.DIRECTORY_EDITOR)


@pytest.fixture
def editor_elsewhere(database, agencies):
    return add_person(database, agencies.elsewhere.agency_id, "editor2", Role.DIRECTORY_EDITOR)


def test_an_import_adds_and_a_second_one_changes_nothing(database, editor):
    assert totals(bring_in(database, editor, [full_service()])) == (6, 0, 0, 0)
    again = bring_in(database, editor, [full_service()])
    assert totals(again) == (0, 0, 6, 0)
    assert again.faults == []
    assert names(database, editor) == ["Night shelter"]


def test_what_changed_is_replaced_and_is_unverified_again(database, editor):
    bring_in(database, editor, [full_service()])
    with database.writing(editor) as tx:
        row = tx.session.execute(select(ServiceRow)).scalar_one()
        row.verified_at = tx.now
    raw = full_service()
    raw["alert"] = "Closed this week"
    report = bring_in(database, editor, [raw])
    assert totals(report) == (0, 1, 5, 0)
    assert [(change.what, change.table) for change in report.changes] == [("changed", "service")]
    with database.reading(editor) as tx:
        assert tx.session.execute(select(ServiceRow.verified_at)).scalar_one() is None
        assert find_entry(tx, "service", uid("service"))["alert"] == "Closed this week"


def test_a_dry_run_tells_the_same_and_does_nothing(database, editor):
    bring_in(database, editor, [service("A", "1"), service("B", "2")])
    changed = [service("A", "1", alert="!"), service("C", "3")]
    planned = bring_in(database, editor, changed, dry_run=True)
    assert names(database, editor) == ["A", "B"]
    done = bring_in(database, editor, changed)
    assert totals(planned) == totals(done) == (1, 1, 1, 1)
    assert planned.changes == done.changes
    assert ("left", "service", uid("B")) in done.changes


def test_what_left_its_source_is_kept_and_comes_back(database, editor):
    bring_in(database, editor, [service("A", "1"), service("B", "2")])
    bring_in(database, editor, [service("A", "1")])
    assert names(database, editor) == ["A", "B"]
    marked = select(ServiceRow.id).where(ServiceRow.left_source_at.is_not(None))
    with database.reading(editor) as tx:
        assert tx.session.execute(marked).scalars().all() == [uid("B")]
    assert totals(bring_in(database, editor, [service("A", "1")])) == (0, 0, 2, 0)
    bring_in(database, editor, [service("A", "1"), service("B", "2")])
    with database.reading(editor) as tx:
        assert tx.session.execute(marked).scalars().all() == []


def test_another_source_does_not_miss_what_it_never_had(database, editor):
    bring_in(database, editor, [service("A", "1", organization="x")], source="one")
    report = bring_in(database, editor, [service("B", "2", organization="y")], source="two")
    assert totals(report) == (2, 0, 0, 0)


def test_json_list_lines_page_and_package_say_the_same(database, editor):
    values = [service("A", "1", place("P", "1 Road", "3")), service("B", "2")]
    bring_in(database, editor, values)
    package = export(database, editor, ExportFormat.TABULAR)
    for other in (as_lines(values), as_file({"contents": values})):
        assert totals(bring_in(database, editor, other)) == (0, 0, 5, 0)
    report = bring_in(database, editor, package)
    assert report.faults == []
    assert (report.total("changed"), report.total("unchanged"), report.total("left")) == (0, 5, 0)


@pytest.mark.parametrize("form", ExportFormat)
def test_an_export_comes_back_unchanged(database, editor, editor_elsewhere, form):
    values = [full_service(), *levelled()[1:2]]
    bring_in(database, editor, values)
    first = export(database, editor, form)
    report = bring_in(database, editor_elsewhere, io.BytesIO(first.getvalue()))
    assert report.faults == []
    assert export(database, editor_elsewhere, form).getvalue() == first.getvalue()
    back = bring_in(database, editor, first)
    assert (back.total("changed"), back.total("left")) == (0, 0)
    with database.reading(editor_elsewhere) as tx:
        levels = tx.session.execute(select(ServiceRow.confidentiality)).scalars().all()
    assert sorted(levels) == ["confidential", "public"]


def test_an_agency_sees_nothing_of_anothers(database, editor, editor_elsewhere, agencies):
    bring_in(database, editor, [service("A", "1")])
    assert names(database, agencies.elsewhere) == []
    with pytest.raises(EntryNotFound), database.reading(agencies.elsewhere) as tx:
        find_entry(tx, "service", uid("A"))
    assert b"Organization" not in export(database, agencies.elsewhere).getvalue()
    assert totals(bring_in(database, editor_elsewhere, [service("A", "1")])) == (2, 0, 0, 0)


def test_only_editors_bring_in_and_guests_see_nothing(database, agencies):
    for person in (agencies.intake, agencies.supervisor, agencies.administrator, agencies.publisher, None):
        with pytest.raises(PermissionRefused):
            bring_in(database, person, [service("A", "1")])
    with pytest.raises(PermissionRefused), database.reading(None) as tx:
        list_entries(tx, "service", Query())


@pytest.mark.parametrize("form", ExportFormat)
@pytest.mark.parametrize("role", ["editor", "intake", "administrator"])
def test_undisclosed_never_leaves_and_confidential_only_with_those_who_may(
    database, editor, agencies, form, role
):
    bring_in(database, editor, levelled())
    actor = editor if role == "editor" else getattr(agencies, role)
    content = export(database, actor, form)
    text = _unzipped(content) if form is ExportFormat.TABULAR else content.getvalue().decode()
    text += _answers(database, actor)
    told = text.casefold()
    assert not [canary for canary in HIDDEN if canary.casefold() in told]
    assert "organization two" not in told
    assert "open service" in told
    assert "1 open road" in told
    for word in CONFIDENTIAL:
        assert (word.casefold() in told) == (role != "administrator")


def _unzipped(file):
    import zipfile

    with zipfile.ZipFile(file) as archive:
        return "".join(archive.read(name).decode() for name in archive.namelist())


def _answers(database, actor):
    """Everything the lists and entries say."""
    said = []
    for table in ("service", "organization", "service_at_location", "taxonomy", "taxonomy_term"):
        with database.reading(actor) as tx:
            for full in (False, True):
                page = list_entries(tx, table, Query(full=full))
                said.append(page.contents)
            said.append([find_entry(tx, table, each["id"]) for each in page.contents])
    return json.dumps(said, ensure_ascii=False)


@pytest.mark.parametrize("words", ["canary", "undisclosed canary", "annex", "robin"])
def test_searching_finds_nothing_hidden(database, editor, agencies, words):
    bring_in(database, editor, levelled())
    assert names(database, agencies.administrator, search=words) == []
    assert names(database, agencies.administrator, "service_at_location", search=words) == []
    assert names(database, agencies.administrator, "organization", search="organization two") == []


def test_guessing_words_finds_no_text_that_is_not_shown(database, editor, agencies):
    values = levelled()
    values[0]["description"] = values[0]["organization"]["description"] = "Beds at 77 Canary Street"
    bring_in(database, editor, values)
    for table in ("service", "organization", "service_at_location"):
        for words in ("canary street", "77", "beds"):
            assert names(database, agencies.intake, table, search=words) == []
    assert names(database, agencies.intake, search="open service") == ["Open Service"]
    assert names(database, agencies.intake, search="about robin") == []  # the organization has a hidden place
    bring_in(database, editor, [service("Free", "1", organization="three")], source="other")
    assert names(database, agencies.intake, search="about free") == ["Free"]


def test_an_import_never_opens_an_entry_up(database, editor):
    bring_in(database, editor, levelled())
    open_now = json.loads(
        json.dumps(levelled()).replace("undisclosed", "public").replace('"confidential"', '"public"')
    )
    report = bring_in(database, editor, open_now)
    bring_in(database, editor, [service("Robin Service", "816-555-0111")])
    assert ("changed", "location", uid("CANARY-ANNEX")) not in report.changes
    with database.reading(editor) as tx:
        kept = dict(tx.session.execute(select(LocationRow.id, LocationRow.confidentiality)).all())
        robin = tx.session.execute(
            select(ServiceRow.confidentiality).where(ServiceRow.id == uid("Robin Service"))
        ).scalar_one()
    assert kept[uid("CANARY-ANNEX")] == "undisclosed"
    assert robin == "confidential"


def test_new_entries_that_name_no_level_get_the_one_that_was_asked_for(database, editor):
    bring_in(
        database, editor, [service("A", "1", place("P", "1 Road", "3"))], unsaid=Confidentiality.CONFIDENTIAL
    )
    with database.reading(editor) as tx:
        assert tx.session.execute(select(ServiceRow.confidentiality)).scalar_one() == "confidential"
        assert tx.session.execute(select(LocationRow.confidentiality)).scalar_one() == "confidential"


def test_what_is_journalled_tells_numbers_and_no_content(database, editor, agencies):
    bring_in(database, editor, levelled())
    with database.reading(agencies.intake) as tx:
        find_entry(tx, "service", uid("Robin Service"))
    export(database, agencies.intake)
    with database.reading(editor) as tx:
        entries = tx.session.execute(
            select(JournalEntry.action, JournalEntry.subject, JournalEntry.detail)
        ).all()
    text = json.dumps([list(entry) for entry in entries])
    assert not [canary for canary in (*HIDDEN, *CONFIDENTIAL) if canary in text]
    by_action = {entry.action: entry for entry in entries}
    assert json.loads(by_action[AuditAction.DIRECTORY_IMPORTED].detail)["added"] > 5
    assert json.loads(by_action[AuditAction.DIRECTORY_EXPORTED].detail)["confidential"] == 2
    viewed = {entry.subject for entry in entries if entry.action == AuditAction.DIRECTORY_CONFIDENTIAL_VIEWED}
    assert uid("Robin Service") in viewed
    assert database.verify().is_sound


def test_lists_are_filtered_ordered_and_paged(database, editor):
    raw = full_service()
    bring_in(
        database,
        editor,
        [raw, *(service(f"Shelter {number:02}", "1") for number in range(5)), service("100% sure", "2")],
    )
    assert names(database, editor, per_page=2, page=2) == ["Shelter 00", "Shelter 01"]
    assert names(database, editor, taxonomy_term_id=uid("term")) == ["Night shelter"]
    assert names(database, editor, taxonomy_id=uid("taxonomy")) == ["Night shelter"]
    assert names(database, editor, organization_id=uid("organization")) == ["Night shelter"]
    assert names(database, editor, search="SHELTER tonight") == ["Night shelter"]
    assert names(database, editor, search="0% s") == ["100% sure"]
    assert names(database, editor, search="_") == []
    assert names(database, editor, "service_at_location", postcode="64000") == [uid("at")]
    assert names(database, editor, "service_at_location", postcode="64009") == []
    at_term = {"taxonomy_term_id": uid("term")}
    assert names(database, editor, "service_at_location", **at_term) == [uid("at")]
    assert names(database, editor, "service_at_location", search="shelter 01") == []
    assert names(database, editor, "taxonomy_term", taxonomy_id=uid("taxonomy")) == ["Shelter"]
    assert names(database, editor, "taxonomy_term", top_only=True) == []
    with database.reading(editor) as tx:
        page = list_entries(tx, "service", Query(per_page=3, minimal=True))
        now = tx.now
    assert (page.total, page.pages, len(page.contents)) == (7, 3, 3)
    assert set(page.contents[0]) == {"id", "last_modified"}
    assert names(database, editor, modified_after=now) == []


def test_attributes_follow_their_entry(database, editor):
    raw = full_service()
    bring_in(database, editor, [raw])
    raw["attributes"] = []
    bring_in(database, editor, [raw])
    with database.reading(editor) as tx:
        assert tx.session.execute(select(DirectoryAttribute.id)).all() == []
    assert names(database, editor, taxonomy_term_id=uid("term")) == []

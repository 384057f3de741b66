"""Finding who helps: by kind and place, only what the person may see, never by reading a whole directory."""

import json
import re
from datetime import UTC, datetime

import pytest
from directory_examples import uid
from directory_files import CONFIDENTIAL, HIDDEN, bring_in, levelled
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, insert, select, update
from test_service_offers import helping, profiled, term

from screening.operations.actors import PermissionRefused, Role
from screening.operations.directory.finding import (
    MOST_OF_A_KIND,
    any_services,
    services_for,
    services_named,
)
from screening.store.directory_models import DirectoryAttribute, ServiceRow
from screening.store.help_models import ServiceOfferRow
from screening.store.models import JournalEntry
from tests.store.two_agencies import add_person

SHELTER = ("emergency_shelter",)
HERE = ("jackson_mo", "us_mo", "us")


@pytest.fixture
def editor(database, agencies):
    return add_person(database, agencies.intake.agency_id, "editor", Role.DIRECTORY_EDITOR)


@pytest.fixture
def found(database, agencies, rulebook):
    """A function: what the intake officer, or somebody else, finds."""

    def find(kinds=SHELTER, places=HERE, actor=None):
        with database.reading(actor or agencies.intake) as tx:
            return services_for(tx, rulebook, kinds, places)

    return find


def named(found):
    return [service.name for service in found.services]


def marked(*values, area="jackson_mo"):
    """The examples of every level, each giving shelter here."""
    for each in values:
        each["attributes"] = [
            *each.get("attributes", []),
            {"id": uid(each["name"], "kind"), "link_entity": "service", "taxonomy_term": term(*SHELTER)},
        ]
        each["service_areas"] = [{"id": uid(each["name"], "area"), "name": area}]
    return list(values)


def test_by_kind_and_place_and_without_a_place(database, editor, found):
    here, state, nowhere = (
        helping("Here", areas=["jackson_mo"]),
        helping("State", areas=["us_mo"]),
        helping("Nowhere said"),
    )
    other_kind, far = helping("Other", ("drop_in",), ["jackson_mo"]), helping("Far", areas=["wyandotte_ks"])
    bring_in(
        database, editor, [here, state, nowhere, other_kind, far, helping("Farther", areas=["johnson_ks"])]
    )
    result = found()
    assert named(result) == ["Here", "Nowhere said", "State"]
    assert (result.outside, result.unread) == (2, 0)
    assert named(found(("drop_in", "safe_home"))) == ["Other"]
    assert found(()).services == ()


@pytest.mark.parametrize("status", ["inactive", "defunct", "temporarily closed"])
def test_only_what_is_at_work(database, editor, found, status):
    bring_in(
        database,
        editor,
        [helping("Closed", status=status), helping("Far", areas=["johnson_ks"], status=status)],
    )
    assert (found().services, found().outside) == ((), 0)


def test_what_matching_reads_is_what_the_directory_says(database, editor, found, clock):
    more = [profiled("A", *each) for each in (("survivor_led", "yes"), ("residential", "yes"))]
    bring_in(
        database,
        editor,
        [helping("A", areas=["jackson_mo"], attributes=more, minimum_age=12, maximum_age=17)],
    )
    (service,) = found().services
    assert (service.id, service.kinds, service.areas) == (uid("A"), SHELTER, ("jackson_mo",))
    assert (service.minimum_age, service.maximum_age, service.residential, service.survivor_led) == (
        12,
        17,
        True,
        True,
    )
    assert [phone.number for phone in service.phones] == ["816-555-0100"]
    assert (service.verified_on, service.confidential) == (None, False)
    with database.writing(editor) as tx:
        tx.session.execute(
            update(ServiceRow)
            .values(verified_at=datetime(2026, 11, 3, 18, tzinfo=UTC))
            .where(ServiceRow.id == uid("A"))
        )
    assert f"{found().services[0].verified_on}" == "2026-11-03"


def test_another_agencys_services_are_never_found(database, agencies, editor, found, rulebook):
    bring_in(database, editor, [helping("A", areas=["jackson_mo"]), helping("Far", areas=["johnson_ks"])])
    nothing = found(actor=agencies.elsewhere)
    assert (nothing.services, nothing.outside) == ((), 0)
    with database.reading(agencies.elsewhere) as tx:
        assert not any_services(tx)
        assert services_named(tx, rulebook, [uid("A")]) == ()
    with database.reading(agencies.intake) as tx:
        assert any_services(tx)
        assert [each.name for each in services_named(tx, rulebook, [uid("A"), uid("none")])] == ["A"]


def test_undisclosed_places_are_found_by_nobody_and_count_nowhere(database, agencies, editor, found):
    bring_in(database, editor, marked(*levelled()))
    for actor in (agencies.intake, editor, agencies.publisher, agencies.administrator):
        result = found(actor=actor)
        text = json.dumps([service.model_dump(mode="json") for service in result.services])
        assert not [secret for secret in HIDDEN if secret in text]
        assert found(places=("us_ks",), actor=actor).outside == len(result.services)


def test_confidential_ones_only_for_who_places_youths_and_each_look_is_journalled(
    database, agencies, editor, found
):
    bring_in(database, editor, marked(*levelled()))
    assert named(found()) == ["Open Service", "Robin Service"]
    assert [service.confidential for service in found().services] == [False, True]
    query = select(JournalEntry.subject).where(JournalEntry.action == "directory.confidential_viewed")
    with database.reading(agencies.intake) as tx:
        assert uid("Robin Service") in tx.session.execute(query).scalars().all()
    hidden = found(actor=agencies.administrator)
    assert named(hidden) == ["Open Service"]
    assert not [secret for secret in CONFIDENTIAL if secret in repr(hidden)]


def test_nobody_finds_nothing(database, rulebook):
    for ask in (
        lambda tx: services_for(tx, rulebook, SHELTER, HERE),
        lambda tx: services_named(tx, rulebook, []),
        any_services,
    ):
        with pytest.raises(PermissionRefused), database.reading(None) as tx:
            ask(tx)


def test_of_very_many_the_ones_made_for_this_and_the_nearest_are_read(database, editor, found):
    survivor = [profiled("Z made for this", "survivor_led", "yes")]
    many = [helping(f"State {number:03}", areas=["us_mo"]) for number in range(MOST_OF_A_KIND)]
    bring_in(
        database,
        editor,
        [
            *many,
            helping("Z county", areas=["jackson_mo"]),
            helping("Z made for this", areas=["us"], attributes=survivor),
        ],
    )
    result = found()
    assert {"Z county", "Z made for this"} < set(named(result))
    assert (len(result.services), result.unread) == (MOST_OF_A_KIND, 2)


AREA = st.sampled_from(["jackson_mo", "clay_mo", "us_mo", "us", "johnson_ks"])
DIRECTORY = st.lists(
    st.tuples(st.sets(st.sampled_from(["emergency_shelter", "drop_in", "safe_home"])), st.sets(AREA)),
    max_size=6,
)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    directory=DIRECTORY,
    kinds=st.sets(st.sampled_from(["emergency_shelter", "drop_in"])),
    places=st.lists(AREA, unique=True),
)
def test_finding_equals_looking_at_every_service(database, editor, found, directory, kinds, places):
    gone = [helping(f"S{number}", ()) for number in range(6)]
    given_now = [
        helping(f"S{number}", tuple(sorted(of)), sorted(areas))
        for number, (of, areas) in enumerate(directory)
    ]
    bring_in(database, editor, [*given_now, *gone[len(given_now) :]])
    offered = [(f"S{number}", areas) for number, (of, areas) in enumerate(directory) if of & kinds]
    inside = [name for name, areas in offered if not areas or areas & set(places)]
    result = found(sorted(kinds), tuple(places))
    assert (named(result), result.outside) == (inside, len(offered) - len(inside))


def fill_with_others(database, actor, count):
    """Many services that give other help elsewhere, written past the import."""
    day = datetime(2026, 1, 1, tzinfo=UTC)
    common = {
        "agency_id": actor.agency_id,
        "source": "many",
        "as_of": day.date(),
        "changed_at": day,
        "left_source_at": None,
    }
    common |= {
        "digest": "0",
        "document": "{}",
        "search_text": "",
        "organization_id": None,
        "status": "active",
    }
    common |= {"confidentiality": "public", "verified_at": None}
    ids = [uid("many", number) for number in range(count)]
    mark = {"agency_id": actor.agency_id, "link_entity": "service", "taxonomy_term_id": None, "value": "no"}
    with database.writing(actor) as tx:
        tx.session.execute(insert(ServiceRow), [{**common, "id": own, "sort_name": own} for own in ids])
        offers = [
            {
                "agency_id": actor.agency_id,
                "kind": f"kind_{n % 40}",
                "area": f"area_{n % 50}",
                "service_id": own,
            }
            for n, own in enumerate(ids)
        ]
        tx.session.execute(insert(ServiceOfferRow), offers)
        tx.session.execute(insert(DirectoryAttribute), [{**mark, "id": own, "link_id": own} for own in ids])


def test_no_table_is_read_from_end_to_end(database, agencies, editor, found):
    bring_in(database, editor, [helping("A", areas=["jackson_mo"])])
    fill_with_others(database, editor, 5000)
    connections = database._connections
    if connections.dialect == "postgresql":
        with connections.administering() as connection:
            connection.exec_driver_sql("ANALYZE")
    asked = []
    note = lambda _c, _cursor, statement, parameters, *_: asked.append((statement, parameters))  # noqa: E731
    event.listen(connections._engine, "before_cursor_execute", note)
    assert named(found()) == ["A"]
    event.remove(connections._engine, "before_cursor_execute", note)
    explain = "EXPLAIN QUERY PLAN " if connections.dialect == "sqlite" else "EXPLAIN "
    about_services = [each for each in asked if "service_offers" in each[0]]
    assert len(about_services) == 2
    with connections.inspecting() as connection:
        for statement, parameters in about_services:
            plan = "\n".join(str(row) for row in connection.exec_driver_sql(explain + statement, parameters))
            tables = r"(service_offers|services|directory_attributes)"
            assert not re.search(rf"(SCAN|Seq Scan on) {tables}\b", plan), plan

"""A directory with places to live of every kind, as tests of beds and calls use it. Everything is invented."""

from datetime import timedelta

from directory_examples import uid
from directory_files import bring_in, service

from screening.core.directory_profile import profile_attribute, profile_rows
from screening.operations.actors import Actor, Role
from screening.operations.beds import BedQuestion, Fact, ask_for_beds, bed_requests_of
from screening.operations.database import Database
from tests.store.two_agencies import TwoAgencies, add_person

GIRLS, BOYS, ROBIN, SECRET, ADVICE = (
    uid(each) for each in ("Girls House", "Boys House", "Robin House", "Canary House", "Advice")
)
AGE = Fact("age", "How old is the youth?", "15 years")


def home(name: str, number: str, *serves: str, level: str = "public", **more: object) -> dict[str, object]:
    """A place to live."""
    marks = [
        ("residential", "yes"),
        ("confidentiality", level),
        *(("people_served", each) for each in serves),
    ]
    attributes = [profile_attribute("service", uid(name), code, value) for code, value in marks]
    return service(name, number, organization=name, attributes=attributes, **more)


def terms() -> list[dict[str, object]]:
    """Our own taxonomy and its terms, without which no attribute can say anything."""
    return [dict(row) for rows in profile_rows().values() for row in rows.values()]


def homes() -> list[dict[str, object]]:
    """Homes for girls, for boys, a confidential one for all, an undisclosed one; and advice, where nobody lives."""
    return [
        home("Girls House", "816-555-0101", "girls"),
        home("Boys House", "816-555-0102", "boys"),
        home("Robin House", "816-555-0103", "all", level="confidential"),
        home("Canary House", "816-555-0199", "girls", level="undisclosed"),
        service("Advice", "816-555-0104", organization="Advice"),
    ]


def with_homes(database: Database, agencies: TwoAgencies) -> Actor:
    """Bring the homes in; out: the editor who did."""
    editor = add_person(database, agencies.intake.agency_id, "editor", Role.DIRECTORY_EDITOR)
    bring_in(database, editor, [*terms(), *homes()])
    return editor


def question(*service_ids: str, **changes: object) -> BedQuestion:
    """A question for a bed."""
    usual: dict[str, object] = {"answer_within": timedelta(hours=2), "facts": (AGE,), "note": "For tonight"}
    return BedQuestion(service_ids=service_ids, **{**usual, **changes})


def asked(database: Database, actor: Actor, screening_id: str, *service_ids: str, **changes: object) -> str:
    """Ask; out: the question's id."""
    with database.writing(actor) as tx:
        return ask_for_beds(tx, screening_id, question(*service_ids, **changes))[0]


def only(database: Database, actor: Actor, screening_id: str):
    """The one question of a screening."""
    with database.reading(actor) as tx:
        (found,) = bed_requests_of(tx, screening_id)
    return found

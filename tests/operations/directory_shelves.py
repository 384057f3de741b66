"""An invented directory to browse in: kinds of help, places served, marks, levels of confidentiality, verified or not."""

from collections.abc import Iterable, Iterator
from typing import Any

from directory_examples import uid
from directory_files import bring_in, place, service
from sqlalchemy import select

from screening.core.directory_profile import (
    TAXONOMY_ID,
    feature_attribute,
    feature_term_id,
    profile_attribute,
)
from screening.operations.actors import Actor
from screening.operations.database import Database
from screening.store.directory_models import ServiceRow

KINDS = {"id": uid("kinds"), "name": "Kinds of help", "description": "Invented"}
PROFILE = {"id": TAXONOMY_ID, "name": "Placement profile", "description": "Invented", "version": "1"}


def kind_mark(own: str, kind: str) -> dict[str, Any]:
    """A kind of help on a service."""
    term = {
        "id": uid("kind", kind),
        "code": kind,
        "name": kind,
        "description": kind,
        "taxonomy_detail": KINDS,
    }
    return {"id": uid(own, "kind", kind), "link_entity": "service", "taxonomy_term": term}


def feature_mark(own: str, feature: str, value: str) -> dict[str, Any]:
    """What a service says of a feature of the rulebook, with the term it travels under."""
    row = feature_attribute("service", own, feature, value)
    term = {
        "id": feature_term_id(feature), "code": feature, "name": feature, "description": feature, "taxonomy_detail": PROFILE,
    }  # fmt: skip
    return {"id": row["id"], "link_entity": "service", "value": value, "taxonomy_term": term}


def shelf(
    name: str, kinds: Iterable[str] = (), areas: Iterable[str] = (), places: Iterable[Any] = (), **marks: str
) -> dict[str, Any]:
    """A service with kinds of help, places served, and marks of our own taxonomy (code = value)."""
    own = uid(name)
    attributes: list[dict[str, Any]] = [kind_mark(own, kind) for kind in kinds]
    level = marks.pop("confidentiality", "")
    attributes += [profile_attribute("service", own, "confidentiality", level)] if level else []
    attributes += [feature_mark(own, code, value) for code, value in marks.items()]
    served = [{"id": uid(name, "area", area), "name": area, "extent_type": "text"} for area in areas]
    number = f"816-555-{int(uid(name)[:6], 16) % 10_000:04}"
    return service(
        name, number, *places, organization=f"of {name}", attributes=attributes, service_areas=served
    )


def shelves() -> list[dict[str, Any]]:
    """The services of the directory."""
    return [
        shelf("Acorn House", ["safe_home"], ["mo_jackson"], [place("Acorn", "1 Acorn Road", "816-555-9001")],
              residential="yes", people_served="girls", trafficking_specific="yes"),
        shelf("Birch Shelter", ["emergency_shelter"], ["mo_clay", "mo_jackson"], residential="yes", people_served="boys"),
        shelf("Cedar Line", ["hotline"], ["us"], residential="no", people_served="all", survivor_led="yes"),
        shelf("Dogwood Counsel", ["counseling"], ["us_ks"], people_served="girls"),
        shelf("Elm Unsaid"),
        shelf("Fir Refuge", ["safe_home"], ["ks_johnson"], [place("Fir", "9 Fir Court", "816-555-9002", "confidential")],
              residential="yes", confidentiality="confidential"),
        shelf("Gum Secret", ["safe_home"], ["mo_jackson"], residential="yes", confidentiality="undisclosed"),
        shelf("Hazel Haven", ["safe_home"], ["mo_jackson"], [place("Hazel", "3 Hazel Hollow", "816-555-9003", "undisclosed")],
              residential="yes", people_served="girls"),
        {**shelf("Ivy Old", ["hotline"], ["mo_jackson"]), "status": "defunct"},
    ]  # fmt: skip


def fill_shelves(database: Database, editor: Actor, verified: Iterable[str] = ("Acorn House",)) -> None:
    """Bring the directory in; some of it was checked by phone."""
    bring_in(database, editor, shelves(), source="shelves")
    with database.writing(editor) as tx:
        ids = [uid(name) for name in verified]
        for row in tx.session.execute(select(ServiceRow).where(ServiceRow.id.in_(ids))).scalars():
            row.verified_at = tx.now


def texts(value: object) -> Iterator[str]:
    """Every text in nested lists and objects."""
    if isinstance(value, dict):
        for each in value.values():
            yield from texts(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from texts(each)
    else:
        yield str(value)

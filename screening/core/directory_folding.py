"""What a page folds away although its reader may see it: where a confidential place is, who works there, restricted features.

Folding is no question of permission: ``directory_disclosure`` decides what a person may see at all. It keeps what is confidential
off screens and paper until somebody asks for it, which is journalled.
"""

from collections.abc import Collection
from typing import NamedTuple

from screening.core.directory_disclosure import disclosed
from screening.core.directory_nesting import Tables
from screening.core.directory_profile import CONFIDENTIALITY, PROFILES, Confidentiality, term_id
from screening.core.directory_tables import Row


class Folded(NamedTuple):
    """Rows without what is folded away, and the services of which something was."""

    tables: dict[str, dict[str, Row]]
    services: frozenset[str]


def folded(tables: Tables, restricted: Collection[str] = ()) -> Folded:
    """The rows without confidential places, the people of confidential services, and restricted features.

    In: rows as ``visible_tables`` gives them, with the levels as attributes; the codes of restricted features. The numbers of a
    confidential service stay: by them it is reached.
    """
    confidential = _confidential(tables)
    closed = _closed(tables, confidential)
    marks = _restricted_marks(tables, restricted)
    services = {row["service_id"] for row in closed["service_at_location"].values()}
    services |= {row["service_id"] for row in closed["contact"].values() if "service_id" in row}
    services |= {row["link_id"] for row in marks.values()} & tables["service"].keys()
    # What a contact is called is taken away with it, but is no secret that other texts must not hold: it may be "Intake".
    plain = {row_id: {"id": row_id} for row_id in closed["contact"]}
    shown = disclosed(tables, {**closed, "contact": plain, "attribute": marks})
    return Folded(shown, frozenset(services))


def _confidential(tables: Tables) -> frozenset[str]:
    """The services and locations that are confidential."""
    term = term_id(CONFIDENTIALITY)
    return frozenset(
        row["link_id"]
        for row in tables["attribute"].values()
        if row.get("taxonomy_term_id") == term and row.get("value") == Confidentiality.CONFIDENTIAL
    )


def _closed(tables: Tables, confidential: frozenset[str]) -> dict[str, dict[str, Row]]:
    at = {
        row_id: row
        for row_id, row in tables["service_at_location"].items()
        if row["service_id"] in confidential or row.get("location_id") in confidential
    }
    places = confidential | {row["location_id"] for row in at.values() if "location_id" in row}
    locations = {row_id: row for row_id, row in tables["location"].items() if row_id in places}
    owners = confidential | locations.keys() | at.keys()
    return {
        "location": locations,
        "service_at_location": at,
        **{
            table: {row_id: row for row_id, row in tables[table].items() if _belongs(row, owners)}
            for table in ("address", "accessibility", "contact")
        },
    }


def _belongs(row: Row, owners: Collection[str]) -> bool:
    fields = ("location_id", "service_id", "service_at_location_id")
    return any(row[field] in owners for field in fields if field in row)


def _restricted_marks(tables: Tables, restricted: Collection[str]) -> dict[str, Row]:
    terms = {
        row_id
        for row_id, row in tables["taxonomy_term"].items()
        if row.get("taxonomy_id") in PROFILES and row.get("code") in restricted
    }
    return {
        row_id: row for row_id, row in tables["attribute"].items() if row.get("taxonomy_term_id") in terms
    }

"""A directory of invented services for ``matching.py``: invented fast, and written in bulk, past the import."""

import json
import random
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import insert

from screening.core.directory_profile import feature_attribute, profile_attribute
from screening.core.directory_seed import kind_term_id, starter_rows
from screening.core.directory_values import derived_id
from screening.core.loading import load_rulebook
from screening.core.rulebook import Rulebook
from screening.operations.accounts import found_agency
from screening.operations.actors import Actor, Role
from screening.operations.database import Database
from screening.operations.directory import import_directory
from screening.operations.directory.offers import write_offers
from screening.store.directory_models import DirectoryAttribute, OrganizationRow, ServiceRow

COUNTIES, AT_ONCE = 3000, 5000
DAY = date(2026, 11, 24)
NOW = datetime(2026, 11, 24, 15, tzinfo=UTC)


class Service(NamedTuple):
    """What is invented of one service; no area and no genders: the entry does not say."""

    id: str
    kinds: tuple[str, ...]
    areas: tuple[str, ...]
    ages: tuple[int | None, int | None]
    genders: tuple[str, ...]
    level: str
    status: str


def synthetic(services: int, rulebook: Rulebook) -> Iterator[Service]:
    """Invented services; three quarters serve one to three of 3,000 counties, the others a state, the nation, or do not say."""
    draw = random.Random(7)  # noqa: S311
    kinds = sorted(set(rulebook.kinds) - {"detention"})
    counties = [county.id for county in rulebook.about.counties]
    counties += [f"county_{number:04}" for number in range(COUNTIES - len(counties))]
    states = [place.id for place in rulebook.about.jurisdictions if place.id not in ("us", "us_other_states")]
    for number in range(services):
        where = draw.random()
        areas = tuple(draw.sample(counties, draw.choice((1, 1, 2, 3))))
        if where > 0.75:
            areas = (draw.choice(states),) if where < 0.994 else ("us",) if where < 0.997 else ()
        yield Service(
            derived_id("matching", str(number)),
            tuple(draw.sample(kinds, draw.choice((1, 1, 2)))),
            areas,
            draw.choice(((None, None), (12, 17), (10, 17), (16, 21), (18, None), (None, 17), (0, 12))),
            draw.choice((("all",), ("all",), ("girls",), ("boys",), ("girls", "transgender"), ())),
            draw.choices(("public", "confidential", "undisclosed"), (85, 10, 5))[0],
            draw.choices(("active", "inactive"), (97, 3))[0],
        )


def fill(folder: Path, services: int) -> None:
    """A directory on SQLite, in a process of its own so that its memory is not counted."""
    rulebook, database = load_rulebook(Path("rules")), opened(folder)
    agency = found_agency(
        database,
        name="Bench",
        username="bench",
        administrator="Bench",
        password=derived_id("a password nobody has"),
    )
    (folder / "agency").write_text(agency)
    actor = Actor("bench", "Bench", Role.DIRECTORY_EDITOR, agency)
    guide = rulebook.placement
    terms = starter_rows((), rulebook.kinds, guide.features if guide else ())
    import_directory(database, actor, terms, source="bench")
    draw, part = random.Random(8), list[Service]()  # noqa: S311
    for each in synthetic(services, rulebook):
        part.append(each)
        if len(part) == AT_ONCE:
            _write(database, actor, part, draw)
            part.clear()
    if part:
        _write(database, actor, part, draw)
    database.close()


def _write(database: Database, actor: Actor, part: Sequence[Service], draw: random.Random) -> None:
    entries, organizations, attributes = [], [], []
    for number, each in enumerate(part):
        if number % 5 == 0:
            home = derived_id(each.id, "organization")
            row = {"id": home, "name": f"Organization {home[:6]}", "description": "Invented."}
            organizations.append(_entry(actor, home, row["name"], {"organization": [row]}))
        document = _document(each, home, draw)
        attributes += [{"agency_id": actor.agency_id, "value": None, **row} for row in document["attribute"]]
        entry = _entry(actor, each.id, f"Service {each.id[:6]}", document)
        level = {"status": each.status, "confidentiality": each.level, "organization_id": home}
        entries.append(entry | level)
    attributes.sort(key=lambda each: each["value"] is None)  # rows alike one after the other go in together
    with database.writing(actor) as tx:
        tx.session.execute(insert(OrganizationRow), organizations)
        tx.session.execute(insert(ServiceRow), entries)
        tx.session.execute(insert(DirectoryAttribute), attributes)
        write_offers(tx, {each["id"]: each["document"] for each in entries})


def _entry(actor: Actor, own: str, name: str, document: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": own,
        "agency_id": actor.agency_id,
        "source": "bench",
        "as_of": DAY,
        "changed_at": NOW,
        "left_source_at": None,
        "verified_at": None,
        "digest": own,
        "document": json.dumps(document, separators=(",", ":")),
        "sort_name": name.casefold(),
        "search_text": name.casefold(),
    }


def _document(each: Service, home: str, draw: random.Random) -> dict[str, Any]:
    own = each.id
    lowest, highest = each.ages
    ages = {"minimum_age": lowest, "maximum_age": highest}
    row = {
        "id": own,
        "organization_id": home,
        "name": f"Service {own[:6]}",
        "description": "Invented words about what is done for whom. " * 4,
        "status": each.status,
        "last_modified": "2026-11-01T00:00:00Z",
        **{field: value for field, value in ages.items() if value is not None},
    }
    ours = partial(profile_attribute, "service", own)
    told = [ours("people_served", gender) for gender in each.genders]
    told += [
        ours("residential", draw.choice(("yes", "no"))),
        ours("survivor_led", draw.choice(("yes", "no"))),
    ]
    told += [
        feature_attribute("service", own, feature, draw.choice(("yes", "no")))
        for feature in draw.sample(("licensed", "admits_at_night", "charges_accepted", "trauma_informed"), 2)
    ]
    told += [
        {
            "id": derived_id(own, kind),
            "link_id": own,
            "link_entity": "service",
            "taxonomy_term_id": kind_term_id(kind),
        }
        for kind in each.kinds
    ]
    phone = {"id": derived_id(own, "phone"), "number": "816 555 0100", "type": "voice", "service_id": own}
    areas = [{"id": derived_id(own, "area", area), "service_id": own, "name": area} for area in each.areas]
    return {"attribute": told, "phone": [phone], "service": [row]} | (
        {"service_area": areas} if areas else {}
    )


def opened(folder: Path) -> Database:
    """The database in the folder."""
    return Database.open(f"sqlite:///{folder / 'ours.sqlite'}", folder / "keys.json", lambda: NOW)

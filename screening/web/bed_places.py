"""Places as the pages about beds and calls name them: what they are called, who runs them, by which number they are reached."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from flask import abort, g

from screening.core.directory_folding import folded
from screening.core.placement_shapes import PlacementGuide
from screening.core.rulebook import Rulebook
from screening.operations.actors import Refusal
from screening.operations.beds import BoardPlace, bed_board, note_confidential
from screening.operations.database import Transaction
from screening.operations.directory.disclosing import visible_tables
from screening.web.access import plain_id
from screening.web.services import services

MOST_NUMBERS = 3


@dataclass(frozen=True, slots=True)
class Place:
    """A place somebody may call. The numbers are the service's own; where it is, only the directory says."""

    service_id: str
    name: str
    organization: str
    numbers: tuple[str, ...]


class NoPlacementRules(Refusal):
    """No edition of the rulebook that could be used holds the words for finding a place."""

    def __init__(self) -> None:
        super().__init__(
            "The rulebook of your agency holds no words for finding a place. Ask whoever keeps the rulebook to add them."
        )


def placement_guide(rulebook: Rulebook) -> PlacementGuide:
    """The words for finding a place: the edition's own, or those of the rulebook that counts now, where it has none.

    Raises NoPlacementRules.
    """
    here = services()
    guide = rulebook.placement or here.rulebook_of(g.actor).placement or here.rulebook.placement
    if guide is None:
        raise NoPlacementRules
    return guide


def places_named(tx: Transaction, service_ids: Collection[str]) -> Mapping[str, Place]:
    """Service → the place, of those the person may see. A look at a confidential one is journalled."""
    wanted = sorted(set(service_ids))
    if not wanted:
        return {}
    tables = folded(visible_tables(tx, {"service": wanted})).tables
    note_confidential(tx, [each for each in wanted if each in tables["service"]])
    numbers: dict[str, list[str]] = {}
    for phone in tables["phone"].values():
        if phone.get("service_id") in tables["service"] and phone.get("number"):
            numbers.setdefault(str(phone["service_id"]), []).append(str(phone["number"]))
    return {
        service_id: Place(
            service_id,
            str(row["name"]),
            str(tables["organization"].get(row.get("organization_id", ""), {}).get("name", "")),
            tuple(dict.fromkeys(numbers.get(service_id, ())))[:MOST_NUMBERS],
        )
        for service_id, row in tables["service"].items()
        if service_id in wanted
    }


def asked_services(values: Iterable[str]) -> list[str]:
    """Ids of services out of an address or a form, each once. What is no id is nobody's service: 404."""
    wanted = list(dict.fromkeys(value for value in values if value))
    if any(plain_id(value) is None for value in wanted):
        abort(404)
    return wanted


def one_place(tx: Transaction, service_id: str) -> Place:
    """The place with that id. 404 where the person may not see it or there is none."""
    return places_named(tx, [service_id]).get(service_id) or abort(404)


def board_with_names(tx: Transaction) -> tuple[tuple[BoardPlace, ...], Mapping[str, Place]]:
    """Every place to live, to choose from."""
    board = bed_board(tx)
    return board, places_named(tx, [each.service_id for each in board])

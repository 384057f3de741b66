"""What tests of the directory's pages share: a service kept by an editor."""

from screening.core.directory_service_entry import PhoneLine, PlaceEntry, ServiceEntry
from screening.operations.directory.editing import Editing, add_service, present_service

HOUSE = ServiceEntry(
    name="Harbor House",
    organization="Harbor",
    description="Beds for youths",
    kinds=("emergency_shelter",),
    areas=("mo_jackson",),
    phones=(PhoneLine("816-555-0142", "voice", "day"),),
    minimum_age=12,
    maximum_age=17,
    places=(PlaceEntry("public", "12 Harbor Lane", "", "Kansas City", "MO", "64101"),),
    traits={"residential": ("yes",)},
)


def kept_house(database, editor, rulebook, entry=HOUSE):
    """Add a service; out: its id."""
    with database.writing(editor) as tx:
        return add_service(tx, entry, rulebook, Editing(new_organization=True))


def house_now(database, editor, rulebook, service_id):
    """The service as it stands."""
    with database.reading(editor) as tx:
        return present_service(tx, service_id, rulebook)

"""The starter directory of the rulebook as HSDS rows. Nothing of it counts as verified: a person must call each entry first."""

from collections.abc import Iterable, Mapping

from screening.core.directory_profile import (
    CONFIDENTIALITY,
    Confidentiality,
    feature_attribute,
    profile_attribute,
    profile_rows,
)
from screening.core.directory_rows import FlatRows, Place
from screening.core.directory_tables import Row
from screening.core.directory_values import derived_id
from screening.core.help_shapes import Service, ServiceKind
from screening.core.placement_shapes import Feature

STARTER = "starter directory"
_KINDS = derived_id(STARTER, "kinds of help")
_WEEK = "MO,TU,WE,TH,FR,SA,SU"


def starter_rows(
    services: Iterable[Service], kinds: Mapping[str, ServiceKind], features: Iterable[Feature] = ()
) -> FlatRows:
    """The services of the rulebook that may be listed, with their organizations, as rows whose ids never change.

    ``features`` are those the rulebook knows; what the services say of any of them travels with them.
    """
    rows = FlatRows()
    place = Place(STARTER, "rulebook")
    for table, each in profile_rows(features).items():
        for row in each.values():
            rows.add(table, row, place)
    name = "Kinds of help"
    rows.add(
        "taxonomy", {"id": _KINDS, "name": name, "description": "What kind of help a service gives."}, place
    )
    for kind in kinds.values():
        term = {"id": kind_term_id(kind.id), "code": kind.id, "name": kind.label, "description": kind.label}
        rows.add("taxonomy_term", {**term, "taxonomy": name, "taxonomy_id": _KINDS, "language": "en"}, place)
    for service in services:
        if service.listing != "never":
            _add(rows, service)
    return rows


def kind_term_id(kind: str) -> str:
    """The id of the term under which a kind of help of the rulebook travels."""
    return derived_id(STARTER, "kind", kind)


def _add(rows: FlatRows, service: Service) -> None:
    place = Place(STARTER, service.id)
    organization = derived_id(STARTER, "organization", service.organization)
    own = derived_id(STARTER, "service", service.id)
    described = {"id": organization, "name": service.organization, "description": service.organization}
    rows.add("organization", described, place)
    rows.add("service", _service(service, own, organization), place)
    for phone in service.phones:
        new = {"id": derived_id(own, phone.number, phone.kind), "service_id": own}
        if phone.kind == "chat":
            rows.add("url", {**new, "label": phone.label, "url": f"https://{phone.number}"}, place)
        else:
            type_and_words = {"type": phone.kind, "description": phone.label}
            rows.add("phone", {**new, "number": phone.number, **type_and_words}, place)
    if service.open_24_7:
        daily = {"freq": "WEEKLY", "byday": _WEEK, "opens_at": "00:00", "closes_at": "23:59"}
        rows.add("schedule", {"id": derived_id(own, "24/7"), "service_id": own, **daily}, place)
    for area in service.areas:
        extent = {"name": area, "extent_type": "text"}
        rows.add("service_area", {"id": derived_id(own, "area", area), "service_id": own, **extent}, place)
    for attribute in _attributes(service, own):
        rows.add("attribute", attribute, place)


def _service(service: Service, own: str, organization: str) -> Row:
    return {
        "id": own,
        "organization_id": organization,
        "name": service.name,
        "description": service.description,
        "status": "active",
        "application_process": service.referral,
        "minimum_age": service.minimum_age,
        "maximum_age": service.maximum_age,
        "alert": service.alert,
        "last_modified": f"{service.as_of.isoformat()}T00:00:00Z",
    }


def _attributes(service: Service, own: str) -> list[Row]:
    """What HSDS has no field for. What the starter directory does not know is left out: unknown is not no."""
    served = (service.genders_served,) if isinstance(service.genders_served, str) else service.genders_served
    level = Confidentiality.CONFIDENTIAL if service.confidential else Confidentiality.PUBLIC
    values: list[tuple[str, str]] = [
        (CONFIDENTIALITY, level),
        ("residential", "yes" if service.residential else "no"),
        ("survivor_led", "yes" if service.survivor_led else "no"),
        ("trafficking_specific", "yes" if service.trafficking_specific else "no"),
        ("listing", service.listing),
        *(("people_served", each) for each in served if each != "unknown"),
        *(("referral_path", each) for each in service.referred_by or ()),
    ]
    values += [("security", service.security)] if service.security else []
    values += [("length_of_stay", service.length_of_stay)] if service.length_of_stay else []
    kinds = [
        {
            "id": derived_id(own, "kind", kind),
            "link_id": own,
            "link_entity": "service",
            "taxonomy_term_id": kind_term_id(kind),
        }
        for kind in service.kinds
    ]
    told = [
        feature_attribute("service", own, feature, value)
        for feature, each in service.features.items()
        for value in each
    ]
    return [profile_attribute("service", own, code, str(value)) for code, value in values] + told + kinds

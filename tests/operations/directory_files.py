"""Invented HSDS files for tests, and a directory with places of every level of confidentiality."""

import io
import json
import zipfile

from directory_examples import uid

from screening.core.directory_profile import profile_attribute
from screening.operations.directory import (
    ExportFormat,
    Query,
    export_directory,
    import_directory,
    list_entries,
    read_directory_file,
)

HIDDEN = ("77 Canary Street", "CANARY-ANNEX", "39.0977777", "-94.5977777", "816-555-0199", "8165550199", "canary@example.org",
          "Canary Person", "Undisclosed Canary Service", "816-555-0188", "Canary Bus", "CANARY-ATTENTION")  # fmt: skip
"""Values that stand only on undisclosed places and services; most of them are repeated where they should not be."""
CONFIDENTIAL = ("Confidential Robin House", "5 Robin Lane", "816-555-0177")


def service(name, number, *places, organization="one", **more):
    """A service of an organization, at some places."""
    return {
        "id": uid(name),
        "name": name,
        "status": "active",
        "description": f"About {name}",
        "phones": [{"id": uid(name, "phone"), "number": number}],
        "organization": {
            "id": uid(organization),
            "name": f"Organization {organization}",
            "description": "Invented",
        },
        "service_at_locations": [{"id": uid(name, place["id"]), "location": place} for place in places],
        **more,
    }


def place(name, address, number, level=None, **more):
    """A place with an address and a number."""
    attributes = [profile_attribute("location", uid(name), "confidentiality", level)] if level else []
    return {
        "id": uid(name),
        "location_type": "physical",
        "name": name,
        "addresses": [
            {"id": uid(name, "address"), "address_1": address, "city": "Exampleville", "state_province": "MO",
             "postal_code": "64001", "country": "US", "address_type": "physical"}
        ],
        "phones": [{"id": uid(name, "phone"), "number": number}],
        "attributes": attributes,
        **more,
    }  # fmt: skip


def levelled():
    """Services of every level: an open one with an undisclosed annex, a confidential one, an undisclosed one."""
    house = place("Open House", "1 Open Road", "816-555-0101")
    annex = place(
        "CANARY-ANNEX", "77 Canary Street", "816-555-0199", "undisclosed", latitude=39.0977777, longitude=-94.5977777,
        transportation="Canary Bus stops in front",
        contacts=[{"id": uid("canary contact"), "name": "Canary Person", "email": "canary@example.org"}],
    )  # fmt: skip
    annex["addresses"][0]["attention"] = "CANARY-ATTENTION"
    robin = place("Confidential Robin House", "5 Robin Lane", "816-555-0177", "confidential")
    secret = "Undisclosed Canary Service"
    return [
        service("Open Service", "816-555-0100", house, annex, alert="Come to 77  CANARY street, or call (816) 555 0199.",
                eligibility_description="Position 39.0977777 / -94.5977777", application_process="Ask Canary Person."),
        service("Robin Service", "816-555-0111", robin, attributes=[
            profile_attribute("service", uid("Robin Service"), "confidentiality", "confidential")]),
        service(secret, "816-555-0188", house, organization="two", attributes=[
            profile_attribute("service", uid(secret), "confidentiality", "undisclosed")]),
    ]  # fmt: skip


def as_file(content):
    """JSON as a file."""
    return io.BytesIO(content if isinstance(content, bytes) else json.dumps(content).encode())


def as_lines(values):
    """One JSON value a line."""
    return io.BytesIO("\n".join(json.dumps(each) for each in values).encode())


def zipped(files):
    """A ZIP archive of files."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    buffer.seek(0)
    return buffer


def bring_in(database, actor, content, source="list", **options):
    """Read and import; out: the report."""
    file = content if isinstance(content, io.BytesIO) else as_file(content)
    return import_directory(
        database, actor, read_directory_file(file, "file", source), source=source, **options
    )


def export(database, actor, form=ExportFormat.JSON):
    file = io.BytesIO()
    with database.reading(actor) as tx:
        export_directory(tx, file, form)
    file.seek(0)
    return file


def names(database, actor, table="service", **query):
    with database.reading(actor) as tx:
        page = list_entries(tx, table, Query(**query))
    return [each.get("name", each["id"]) for each in page.contents]


def totals(report):
    return tuple(report.total(what) for what in ("added", "changed", "unchanged", "left"))

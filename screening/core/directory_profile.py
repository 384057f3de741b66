"""What HSDS has no field for, carried as attributes under a small taxonomy of our own, so that it survives every exchange.

Two terms are special. ``confidentiality`` decides who may see a service or a location; it is kept in a column of its own and
written out as an attribute. ``verification`` is only written out: what another system believes to have verified is not
taken over.
"""

from collections.abc import Mapping
from enum import StrEnum

from screening.core.directory_rows import FlatRows
from screening.core.directory_tables import Row
from screening.core.directory_values import derived_id


class Confidentiality(StrEnum):
    """Who may see an entry, from the most open to the closest.

    ``public``: everybody who may use the directory. ``confidential``: known, not advertised; people who place youths.
    ``undisclosed``: secret; it never leaves the store in any list, answer or file.
    """

    PUBLIC = "public"
    CONFIDENTIAL = "confidential"
    UNDISCLOSED = "undisclosed"

    def closer(self, other: "Confidentiality") -> "Confidentiality":
        """The closer of two levels."""
        order = list(Confidentiality)
        return max(self, other, key=order.index)


TAXONOMY_ID = derived_id("placement profile")
CONFIDENTIALITY = "confidentiality"
VERIFICATION = "verification"
_TERMS = {
    CONFIDENTIALITY: (
        "Confidentiality",
        "public, confidential or undisclosed; undisclosed places are never exported",
    ),
    VERIFICATION: (
        "Verification",
        "Whether a person of the agency has checked the entry: verified or not verified",
    ),
    "people_served": (
        "People served",
        "Whom the service takes, such as girls, boys, transgender, all; one value each",
    ),
    "security": ("Security", "How entrances, visitors and contact are watched over, in words"),
    "length_of_stay": ("Length of stay", "How long a youth can stay, in words"),
    "referral_path": ("Referral path", "Who must make the referral, one value each"),
    "charges_accepted": (
        "Charges accepted",
        "Whether youths with open charges are taken: yes, no or in words",
    ),
    "residential": ("Residential", "Whether youths can live there: yes or no"),
    "survivor_led": ("Survivor-led", "Whether survivors lead the service: yes or no"),
    "trafficking_specific": (
        "Made for trafficked youths",
        "Whether it was made for trafficked youths: yes or no",
    ),
}
LEVELLED = ("location", "service")
"""The tables whose entries have a level of confidentiality."""


def term_id(code: str) -> str:
    """The id of one of our terms, the same in every installation. Raises KeyError for a code that is none."""
    _TERMS[code]
    return derived_id("placement profile", code)


def profile_rows() -> Mapping[str, Mapping[str, Row]]:
    """Our taxonomy and its terms as rows: table → id → row."""
    taxonomy = {
        "id": TAXONOMY_ID,
        "name": "Placement profile",
        "description": "What matters when a youth is placed and HSDS has no field for.",
        "version": "1",
    }
    terms = {
        term_id(code): {
            "id": term_id(code),
            "code": code,
            "name": name,
            "description": description,
            "taxonomy": "Placement profile",
            "language": "en",
            "taxonomy_id": TAXONOMY_ID,
        }
        for code, (name, description) in _TERMS.items()
    }
    return {"taxonomy": {TAXONOMY_ID: taxonomy}, "taxonomy_term": terms}


def profile_attribute(table: str, entry_id: str, code: str, value: str) -> Row:
    """A value of our taxonomy on an entry, as a row whose id is always the same for the same entry, term and value."""
    return {
        "id": derived_id(
            "placement profile", entry_id, code, "" if code in (CONFIDENTIALITY, VERIFICATION) else value
        ),
        "link_id": entry_id,
        "link_entity": table,
        "taxonomy_term_id": term_id(code),
        "value": value,
    }


def take_levels(rows: FlatRows) -> dict[str, Confidentiality]:
    """Take the levels of confidentiality out of the rows: entry → level. A word that is no level counts as the closest.

    What others say of verification is taken out as well.
    """
    ours = {term_id(CONFIDENTIALITY), term_id(VERIFICATION)}
    levels: dict[str, Confidentiality] = {}
    found = [row for row in rows.tables["attribute"].values() if row.get("taxonomy_term_id") in ours]
    for row in found:
        place = rows.place("attribute", row["id"])
        del rows.tables["attribute"][row["id"]]
        if row["taxonomy_term_id"] == term_id(VERIFICATION):
            continue
        entry = row.get("link_id", "")
        if not any(entry in rows.tables[table] for table in LEVELLED):
            rows.tell(place, "link_id", "leads to neither a service nor a location of this file", kept=False)
            continue
        try:
            level = Confidentiality(str(row.get("value")).strip().lower())
        except ValueError:
            rows.tell(
                place, "value", "is no level of confidentiality; the entry is kept undisclosed", kept=True
            )
            level = Confidentiality.UNDISCLOSED
        levels[entry] = level.closer(levels.get(entry, Confidentiality.PUBLIC))
    return levels

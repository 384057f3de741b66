"""What HSDS has no field for, carried as attributes under a small taxonomy of our own, so that it survives every exchange.

Two terms are special. ``confidentiality`` decides who may see a service or a location; it is kept in a column of its own and
written out as an attribute. ``verification`` is only written out: what another system believes to have verified is not
taken over.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from functools import lru_cache

from screening.core.directory_rows import FlatRows
from screening.core.directory_tables import Row
from screening.core.directory_values import derived_id
from screening.core.placement_shapes import Feature


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
RESTRICTED_ID = derived_id("placement profile", "restricted")
"""The taxonomy of features that only people who place youths may read: by it they are told without the rulebook."""
PROFILES = frozenset({TAXONOMY_ID, RESTRICTED_ID})
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
    "listing": (
        "Listing",
        "list; verify_first until somebody of the agency has called; never, and the entry is not offered",
    ),
}
LEVELLED = ("location", "service")
"""The tables whose entries have a level of confidentiality."""


def term_id(code: str) -> str:
    """The id of one of our terms, the same in every installation. Raises KeyError for a code that is none."""
    _TERMS[code]
    return feature_term_id(code)


@lru_cache(maxsize=1024)
def feature_term_id(feature: str) -> str:
    """The id of the term under which a feature of the rulebook travels, the same in every installation."""
    return derived_id("placement profile", feature)


def profile_rows(features: Iterable[Feature] = ()) -> Mapping[str, Mapping[str, Row]]:
    """Our taxonomy and its terms as rows, with a term for each of these features: table → id → row."""
    features = tuple(features)
    restricted = {feature.id for feature in features if feature.restricted}
    taxonomies = {
        TAXONOMY_ID: ("Placement profile", "What matters when a youth is placed and HSDS has no field for.")
    }
    if restricted:
        taxonomies[RESTRICTED_ID] = (
            "Placement profile, restricted",
            "What only people who place youths may read.",
        )
    codes = {feature.id: (feature.label, feature.ask) for feature in features} | _TERMS
    homes = {code: RESTRICTED_ID if code in restricted else TAXONOMY_ID for code in codes}
    terms = {
        feature_term_id(code): {
            "id": feature_term_id(code),
            "code": code,
            "name": name,
            "description": description,
            "taxonomy": taxonomies[homes[code]][0],
            "language": "en",
            "taxonomy_id": homes[code],
        }
        for code, (name, description) in codes.items()
    }
    return {
        "taxonomy": {
            id: {"id": id, "name": name, "description": description, "version": "1"}
            for id, (name, description) in taxonomies.items()
        },
        "taxonomy_term": terms,
    }


def profile_attribute(table: str, entry_id: str, code: str, value: str) -> Row:
    """A value of our taxonomy on an entry, as a row whose id is always the same for the same entry, term and value."""
    term_id(code)
    return _attribute(table, entry_id, code, value, "" if code in (CONFIDENTIALITY, VERIFICATION) else value)


def feature_attribute(table: str, entry_id: str, feature: str, value: str) -> Row:
    """What is known of a feature, as a row whose id is always the same for the same entry, feature and value."""
    return _attribute(table, entry_id, feature, value, value)


def _attribute(table: str, entry_id: str, code: str, value: str, told_apart_by: str) -> Row:
    return {
        "id": derived_id("placement profile", entry_id, code, told_apart_by),
        "link_id": entry_id,
        "link_entity": table,
        "taxonomy_term_id": feature_term_id(code),
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

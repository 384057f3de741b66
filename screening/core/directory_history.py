"""What changed between two versions of an entry, field by field, in words a person can read."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from screening.core.directory_disclosure import NOT_DISCLOSED
from screening.core.directory_service_entry import Content
from screening.core.directory_tables import REFERENCES, Row

LONGEST_VALUE = 2000
ORGANIZATION = "organization_id"
LEVEL = "confidentiality"
_SAY_LITTLE = frozenset({"status", "minimum_age", "maximum_age", "service_area", LEVEL, ORGANIZATION})
_NOT_TOLD = frozenset({"id", "link_id", "link_entity", "taxonomy_term_id", "resource_id", "last_modified"})


class FieldChange(NamedTuple):
    """One field: what it was and what it became; nothing stands for not known."""

    field: str
    before: str | None
    after: str | None


def field_changes(table: str, before: Content, after: Content, terms: Mapping[str, str]) -> list[FieldChange]:
    """Every field of an entry that differs. ``terms`` names the terms that stand on it (term → name).

    A field of a row that belongs to the entry is written ``table.field``; a whole row that came or went is one change of
    ``table``; what a term says is written ``=name``.
    """
    found = _of_marks(before, after, terms)
    for name in sorted(before.keys() | after.keys()):
        if name != "attribute":
            found += _of_rows(name, before.get(name, []), after.get(name, []), main=name == table)
    return [each for each in found if each.before != each.after]


def _of_rows(table: str, before: list[Row], after: list[Row], *, main: bool) -> list[FieldChange]:
    old, new = ({each["id"]: each for each in rows} for rows in (before, after))
    found = []
    for row_id in sorted(old.keys() | new.keys()):
        was, now = old.get(row_id), new.get(row_id)
        if was is None or now is None:
            found.append(FieldChange(table, _summary(table, was), _summary(table, now)))
            continue
        for name in sorted(was.keys() | now.keys()):
            told = name not in _NOT_TOLD and (
                name not in REFERENCES[table] or (main and name == ORGANIZATION)
            )
            if told and was.get(name) != now.get(name):
                field = name if main else f"{table}.{name}"
                found.append(FieldChange(field, _text(was.get(name)), _text(now.get(name))))
    return found


def _of_marks(before: Content, after: Content, terms: Mapping[str, str]) -> list[FieldChange]:
    """What stands on the entry by terms: the values of one term together."""
    old, new = (_marks(content.get("attribute", []), terms) for content in (before, after))
    return [
        FieldChange(f"={name}", _together(old.get(name, ())), _together(new.get(name, ())))
        for name in sorted(old.keys() | new.keys())
    ]


def _marks(rows: list[Row], terms: Mapping[str, str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        name = terms.get(row.get("taxonomy_term_id", ""), row.get("label", "term"))
        found[name[:100]].append(str(row.get("value", "yes")))
    return found


def _together(values: Iterable[str]) -> str | None:
    return _text(", ".join(sorted(values)) or None)


def _summary(table: str, row: Row | None) -> str | None:
    if row is None:
        return None
    told = [
        str(value)
        for name, value in row.items()
        if name not in _NOT_TOLD and name not in REFERENCES[table] and value not in ("", None)
    ]
    return _text(", ".join(told) or "-")


def _text(value: object) -> str | None:
    return None if value is None else str(value)[:LONGEST_VALUE]


def undisclosed(changes: Iterable[FieldChange], *, all_of: bool) -> list[FieldChange]:
    """The changes with their values replaced by words that say nothing: those of all fields, or of those in free words.

    What somebody decided, and the level itself, stays: it tells nothing of a place.
    """
    return [
        each
        if each.field == LEVEL or each.field.startswith("@") or (says_little(each.field) and not all_of)
        else FieldChange(each.field, *(value and NOT_DISCLOSED for value in each[1:]))
        for each in changes
    ]


def says_little(field: str) -> bool:
    """Whether a field cannot hold words that give a place away: a word of a list, a number, a name of an area."""
    return field in _SAY_LITTLE or field.startswith("@")

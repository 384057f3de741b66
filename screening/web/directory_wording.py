"""The parts of a directory entry in words: numbers, ages, costs, addresses. What an entry does not say stays unsaid."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from screening.web.spoken import gettext as _
from screening.web.spoken import translate

Entry = Mapping[str, Any]
Labels = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class PhoneLine:
    """A number with what is said of it. ``kind`` is *voice*, *text*, *fax* ..."""

    number: str
    kind: str
    words: str


def phone_lines(entry: Entry) -> tuple[PhoneLine, ...]:
    """The numbers of the service itself."""
    return tuple(
        PhoneLine(_number(each), str(each.get("type", "voice")), _phone_note(each))
        for each in entry.get("phones", ())
    )


def phone_in_words(phone: Entry) -> str:
    """A number with what is said of it, in one line."""
    note = _phone_note(phone)
    return f"{_number(phone)} ({note})" if note else _number(phone)


def _number(phone: Entry) -> str:
    if "extension" not in phone:
        return str(phone["number"])
    return _("%(number)s extension %(extension)s", number=phone["number"], extension=phone["extension"])


def _phone_note(phone: Entry) -> str:
    languages = [language_name(each) for each in phone.get("languages", ())]
    said = [translate(str(phone["description"]))] if phone.get("description") else []
    return "; ".join([*said, *(each for each in languages if each)])


def language_name(language: Entry) -> str:
    """What a language is called; nothing if that is not said."""
    return str(language.get("name") or language.get("code") or "")


def area_name(area: Entry, labels: Labels) -> str:
    """A place that is served: by the rulebook's label if it is one of its places."""
    name = str(area.get("name", ""))
    return translate(labels[name]) if name in labels else name or str(area.get("description", ""))


def cost_in_words(cost: Entry) -> str:
    """What something costs."""
    amount = f"{cost['amount']} {cost.get('currency', '').upper()}".strip() if "amount" in cost else ""
    said = (str(cost.get("option", "")), amount, str(cost.get("amount_description", "")))
    return ": ".join(each for each in said if each)


def capacity_in_words(capacity: Entry) -> str:
    """How many units are free, as the entry says, and when that was said."""
    unit = str(capacity.get("unit", {}).get("name", ""))
    said = _("%(number)s free", number=capacity["available"])
    if "maximum" in capacity:
        said = _("%(number)s of %(most)s free", number=capacity["available"], most=capacity["maximum"])
    return f"{unit}: {said} ({str(capacity['updated'])[:10]})" if unit else said


def ages_of(lowest: float | None, highest: float | None) -> str:
    """The ages a service takes, or that they are not stated."""
    if lowest is not None and highest is not None:
        return _("ages %(lowest)s to %(highest)s", lowest=lowest, highest=highest)
    if lowest is not None:
        return _("ages %(lowest)s and up", lowest=lowest)
    return _("up to age %(highest)s", highest=highest) if highest is not None else _("ages not stated")


def labelled(values: Iterable[str], labels: Labels) -> str:
    """Values by their labels; what has none stands as it is written."""
    return ", ".join(_(labels[value]) if value in labels else value for value in values)


def said_in(entry: Entry, *fields: str) -> tuple[str, ...]:
    """The values of these fields that the object has, each once."""
    return tuple(dict.fromkeys(str(entry[field]) for field in fields if entry.get(field)))


def address_in_words(address: Entry) -> str:
    """An address in one line."""
    fields = ("attention", "address_1", "address_2", "city", "state_province", "postal_code")
    return ", ".join(str(address[field]) for field in fields if address.get(field))


def contacts_at(at: Entry) -> list[Entry]:
    """The people named for a service at a place, and for the place."""
    return [*at.get("contacts", ()), *at["location"].get("contacts", ())]


def contact_in_words(contact: Entry) -> str:
    """A person or desk in one line."""
    said = said_in(contact, "name", "title", "department", "email")
    return ", ".join([*said, *(phone_in_words(each) for each in contact.get("phones", ()))])


def web_links(entry: Entry, organization: Entry) -> Iterable[tuple[str, str]]:
    """Addresses on the web of a service and its organization, each with a label."""
    if entry.get("url"):
        yield _("Website of the service"), str(entry["url"])
    for each in entry.get("additional_urls", ()):
        yield str(each.get("label") or _("Website")), str(each["url"])
    if organization.get("website"):
        yield _("Website of the organization"), str(organization["website"])

"""A service of the directory in plain words: a line of the list, and the whole entry. What an entry does not say stays unsaid."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, tzinfo

from screening.core.bed_words import BedWord
from screening.core.directory_profile import PROFILES
from screening.core.placement_shapes import Feature
from screening.core.rulebook import Rulebook
from screening.operations.directory.browsing import BrowsedService
from screening.web.directory_filters import bed_labels
from screening.web.directory_hours import hours_in_words, is_always_open
from screening.web.directory_wording import (
    Entry,
    Labels,
    PhoneLine,
    address_in_words,
    ages_of,
    area_name,
    capacity_in_words,
    contact_in_words,
    contacts_at,
    cost_in_words,
    labelled,
    language_name,
    phone_in_words,
    phone_lines,
    said_in,
    web_links,
)
from screening.web.spoken import N_, ngettext, translate
from screening.web.spoken import gettext as _

_STATUS = {
    "inactive": N_("not working now"),
    "defunct": N_("closed for good"),
    "temporarily closed": N_("closed for now"),
}
_SERVED = {
    "all": N_("everyone"),
    "girls": N_("girls"),
    "boys": N_("boys"),
    "transgender": N_("transgender youths"),
}
_OWN_ROW = frozenset(
    {"people_served", "referral_path", "residential", "survivor_led", "trafficking_specific"}
)
_NOT_SHOWN = frozenset({"confidentiality", "verification", "listing"})


@dataclass(frozen=True, slots=True)
class BedLine:
    """What was last said of beds. ``holds`` is false once it is too old to rely on."""

    label: str
    word: BedWord
    holds: bool


@dataclass(frozen=True, slots=True)
class ServiceLine:
    """What a list says of a service."""

    id: str
    name: str
    organization: str
    what: str
    kinds: tuple[str, ...]
    phones: tuple[PhoneLine, ...]
    ages: str
    served: str
    referral: str
    alert: str
    nearness: str
    checked_on: date | None
    as_of: date
    confidential: bool
    survivor_led: bool
    trafficking_specific: bool
    residential: bool
    always_open: bool
    status: str
    left_source: bool
    has_more: bool
    beds: BedLine | None


@dataclass(frozen=True, slots=True)
class Fact:
    """Something an entry says, under its label. Several values stand as several lines."""

    label: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ServicePage:
    """The whole entry: the line, and everything else it says."""

    line: ServiceLine
    facts: tuple[Fact, ...]
    places: tuple[Fact, ...]
    people: tuple[str, ...]
    features: tuple[Fact, ...]
    to_ask: tuple[str, ...]
    links: tuple[tuple[str, str], ...]
    source: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What a view needs beside the entry: the rules, the place that was asked for, the moment, where the agency is, beds."""

    rulebook: Rulebook
    area: str
    now: datetime
    timezone: tzinfo
    beds: Mapping[str, BedWord]

    @property
    def areas(self) -> Labels:
        """Every place of the rulebook: id → label."""
        about = self.rulebook.about
        states: Labels = {each.id: each.label for each in about.jurisdictions}
        return {**states, **{each.id: each.label for each in about.counties}}


def restricted_features(rulebook: Rulebook) -> frozenset[str]:
    """The features that are folded away: what only people who place a youth may read."""
    return frozenset(each.id for each in _features(rulebook) if each.restricted)


def service_line(found: BrowsedService, reading: Reading) -> ServiceLine:
    """The line of a service."""
    entry, marks = found.entry, marks_of(found.entry)
    kinds = [reading.rulebook.kinds[kind].label for kind in found.kinds if kind in reading.rulebook.kinds]
    return ServiceLine(
        id=found.id,
        name=str(entry["name"]),
        organization=str(entry.get("organization", {}).get("name", "")),
        what=str(entry.get("description", "")),
        kinds=tuple(translate(label) for label in kinds),
        phones=phone_lines(entry),
        ages=ages_of(entry.get("minimum_age"), entry.get("maximum_age")),
        served=labelled(marks.get("people_served", ()), _SERVED) or _("not stated whom"),
        referral=_referral(entry, marks, reading.rulebook),
        alert=str(entry.get("alert", "")),
        nearness=_nearness(found, reading),
        checked_on=found.verified_at.astimezone(reading.timezone).date() if found.verified_at else None,
        as_of=found.as_of,
        confidential=found.level == "confidential",
        survivor_led="yes" in marks.get("survivor_led", ()),
        trafficking_specific="yes" in marks.get("trafficking_specific", ()),
        residential="yes" in marks.get("residential", ()),
        always_open=is_always_open(entry.get("schedules", ())),
        status=_(_STATUS[str(entry["status"])]) if entry["status"] in _STATUS else "",
        left_source=found.left_source,
        has_more=found.has_more,
        beds=_beds(reading, found.id),
    )


def service_page(found: BrowsedService, reading: Reading) -> ServicePage:
    """The whole entry of a service."""
    entry, marks = found.entry, marks_of(found.entry)
    at_places = [each for each in entry.get("service_at_locations", ()) if "location" in each]
    organization = entry.get("organization", {})
    contacts = [*entry.get("contacts", ()), *(c for each in at_places for c in contacts_at(each))]
    features, to_ask = _feature_facts(reading.rulebook, marks)
    return ServicePage(
        line=service_line(found, reading),
        facts=tuple(fact for fact in _facts(entry, reading) if fact.values),
        places=tuple(_place(each) for each in at_places),
        people=tuple(dict.fromkeys(contact_in_words(each) for each in contacts)),
        features=(*features, *_other_marks(reading.rulebook, entry)),
        to_ask=to_ask if "yes" in marks.get("residential", ()) else (),
        links=tuple(web_links(entry, organization)),
        source=found.source,
    )


def marks_of(entry: Entry) -> dict[str, tuple[str, ...]]:
    """What an entry says in the terms of our own taxonomy: code → values."""
    found: dict[str, tuple[str, ...]] = {}
    for mark in entry.get("attributes", ()):
        term = mark.get("taxonomy_term", {})
        if _is_ours(term) and mark.get("value"):
            code = str(term.get("code"))
            found[code] = (*found.get(code, ()), str(mark["value"]))
    return found


def _is_ours(term: Entry) -> bool:
    return not PROFILES.isdisjoint((term.get("taxonomy_id"), term.get("taxonomy_detail", {}).get("id")))


def _features(rulebook: Rulebook) -> tuple[Feature, ...]:
    return rulebook.placement.features if rulebook.placement else ()


def _feature_facts(
    rulebook: Rulebook, marks: Mapping[str, tuple[str, ...]]
) -> tuple[tuple[Fact, ...], tuple[str, ...]]:
    """What is known of the features of the rulebook, and how to ask for what is not. What is restricted is never asked here."""
    known = [(each, marks[each.id]) for each in _features(rulebook) if marks.get(each.id)]
    facts = tuple(Fact(translate(each.label), _feature_values(each, values)) for each, values in known)
    missing = [each for each in _features(rulebook) if not marks.get(each.id) and not each.restricted]
    return facts, tuple(translate(each.ask) for each in missing)


def _feature_values(feature: Feature, values: Iterable[str]) -> tuple[str, ...]:
    options = {option.id: translate(option.label) for option in feature.options}
    options |= {"yes": _("Yes"), "no": _("No"), "unknown": _("Not known")}
    if feature.kind == "days":
        return tuple(ngettext("%(num)d day", "%(num)d days", int(v)) if v.isdecimal() else v for v in values)
    return tuple(options.get(value, value) for value in values)


def _other_marks(rulebook: Rulebook, entry: Entry) -> tuple[Fact, ...]:
    """What stands under other terms of our taxonomy, in the terms' own names."""
    shown_elsewhere = _OWN_ROW | _NOT_SHOWN | {each.id for each in _features(rulebook)}
    found: dict[str, tuple[str, ...]] = {}
    plain = {"yes": _("Yes"), "no": _("No")}
    for mark in entry.get("attributes", ()):
        term = mark.get("taxonomy_term", {})
        if _is_ours(term) and term.get("code") not in shown_elsewhere and mark.get("value"):
            label, value = translate(str(term["name"])), str(mark["value"])
            found[label] = (*found.get(label, ()), plain.get(value, value))
    return tuple(Fact(label, values) for label, values in found.items())


def _facts(entry: Entry, reading: Reading) -> Iterable[Fact]:
    program = entry.get("program", {})
    languages = [language_name(each) for each in entry.get("languages", ())]
    areas = [area_name(each, reading.areas) for each in entry.get("service_areas", ())]
    documents = [str(each["document"]) for each in entry.get("required_documents", ()) if "document" in each]
    costs = [each for each in (cost_in_words(cost) for cost in entry.get("cost_options", ())) if each]
    yield Fact(_("Hours"), tuple(hours_in_words(entry.get("schedules", ()))))
    yield Fact(_("Who may come"), said_in(entry, "eligibility_description"))
    yield Fact(_("Area served"), tuple(dict.fromkeys(each for each in areas if each)))
    yield Fact(_("Languages"), tuple(dict.fromkeys(each for each in languages if each)))
    yield Fact(_("Interpreters"), said_in(entry, "interpretation_services"))
    yield Fact(_("Cost"), (*said_in(entry, "fees_description", "fees"), *costs))
    yield Fact(_("What to bring"), tuple(documents))
    yield Fact(_("Waiting time"), said_in(entry, "wait_time"))
    yield Fact(_("Places in all"), tuple(capacity_in_words(each) for each in entry.get("capacities", ())))
    yield Fact(_("Licenses and accreditation"), said_in(entry, "licenses", "accreditations"))
    yield Fact(_("Program"), said_in(program, "name"))
    yield Fact(_("Also called"), said_in(entry, "alternate_name"))
    yield Fact(_("E-mail"), said_in(entry, "email"))
    if not entry.get("phones"):
        lines = [phone_in_words(each) for each in entry.get("organization", {}).get("phones", ())]
        yield Fact(_("Phones of the organization"), tuple(lines))


def _referral(entry: Entry, marks: Mapping[str, tuple[str, ...]], rulebook: Rulebook) -> str:
    professions = {each.id: each.label for each in rulebook.about.professions}
    who = ", ".join(
        translate(professions[each]) if each in professions else each
        for each in marks.get("referral_path", ())
    )
    said = [translate(str(entry["application_process"]))] if entry.get("application_process") else []
    return " ".join([*said, *([_("Takes referrals from: %(who)s.", who=who)] if who else [])])


def _nearness(found: BrowsedService, reading: Reading) -> str:
    """How near a service is to the place that was asked for, by the area it serves alone."""
    if not reading.area:
        return ""
    served = frozenset().union(*found.kinds.values()) if found.kinds else frozenset[str]()
    labels, states = reading.areas, {each.id: each.jurisdiction for each in reading.rulebook.about.counties}
    if reading.area in served:
        return _("Serves %(place)s", place=translate(labels[reading.area]))
    for place in reading.rulebook.applicable_jurisdictions(states.get(reading.area, reading.area)):
        if place in served:
            return _("Serves all of %(place)s", place=translate(labels.get(place, place)))
    counties = [
        translate(labels[each]) for each, state in states.items() if state == reading.area and each in served
    ]
    if counties:
        return _("Serves part of it: %(places)s", places="; ".join(counties))
    return _("Does not say where it serves: ask")


def _beds(reading: Reading, service_id: str) -> BedLine | None:
    word = reading.beds.get(service_id)
    guide = reading.rulebook.placement
    if word is None:
        return None
    return BedLine(
        bed_labels()[word.status], word, guide is not None and word.is_fresh(reading.now, guide.beds)
    )


def _place(at: Entry) -> Fact:
    """A place the reader may see, with what is said of it there. Positions on the globe are never shown."""
    location = at["location"]
    lines = [address_in_words(each) for each in location.get("addresses", ())]
    lines += [phone_in_words(each) for each in (*at.get("phones", ()), *location.get("phones", ()))]
    lines += hours_in_words((*at.get("schedules", ()), *location.get("schedules", ())))
    lines += said_in(location, "transportation")
    lines += [str(each["description"]) for each in location.get("accessibility", ()) if "description" in each]
    lines += said_in(at, "description")
    return Fact(str(location.get("name") or _("Place")), tuple(dict.fromkeys(lines)))

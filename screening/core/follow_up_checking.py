"""Cross-checks of what follows a result: clocks, charges, sheets, the report. These files may be missing, their ids may not."""

import re
from collections.abc import Iterable
from itertools import pairwise

from screening.core import rulebook as shapes
from screening.core.checking import check_condition
from screening.core.placement_shapes import AdvocateOffer, ReferralStep
from screening.core.rule_files import Origin
from screening.core.rule_index import Index
from screening.core.sheet_shapes import SheetNumber

_NUMBER = re.compile(r"\d[\d-]+")
KNOWN_MOMENTS = ("recognised", "opened")
"""What needs no entering: when concern first reached *possible*, and when the screening was opened."""


def check_follow_up(index: Index) -> None:
    """All cross-checks of events, charges, sheets and the report page; faults are added to the index."""
    entries = index.entries
    _check_clocks(index)
    for file, charges in entries.of(shapes.Charges):
        _check_charges(index, Origin(file, ()), charges)
    for file, sheets in entries.of(shapes.Sheets):
        for place, sheet in enumerate(sheets.sheets):
            _check_sheet(index, Origin(file, ("sheets", place)), sheet)
    for file, guide in entries.of(shapes.ReportGuide):
        _check_report(index, Origin(file, ()), guide)
    for file, placement in entries.of(shapes.PlacementGuide):
        _check_placement(index, Origin(file, ()), placement)


def _check_clocks(index: Index) -> None:
    for origin, action in index.all("action"):
        if action.starts not in KNOWN_MOMENTS:
            index.need("event", action.starts, origin, "starts")
        for place, call in enumerate(action.calls):
            index.need_all("jurisdiction", call.jurisdictions, origin, "calls", place, "jurisdictions")
    for file, events in index.entries.of(shapes.Events):
        index.need_all("source", events.sources, Origin(file, ()), "sources")
        for place, holiday in enumerate(events.holidays):
            origin = Origin(file, ("holidays", place))
            index.need_all("jurisdiction", holiday.jurisdictions, origin, "jurisdictions")


def _check_charges(index: Index, origin: Origin, charges: shapes.Charges) -> None:
    index.need_all("source", charges.sources, origin, "sources")
    _check_asks(index, origin, charges.asks_of_all, "asks_of_all")
    for place, kind in enumerate(charges.kinds):
        here = Origin(origin.file, ("kinds", place))
        index.need("group of charges", kind.group, here, "group")
        index.need_all("relief", kind.reliefs, here, "reliefs")
        index.need_all("note of law", kind.law, here, "law")
        _check_asks(index, here, kind.asks, "asks")
        _check_links(index, here, kind.links)
    if charges.age_facts is not None:
        facts, here = charges.age_facts, Origin(origin.file, ("age_facts",))
        index.need_all("question", facts.questions, here, "questions")
        index.need_all("profession", facts.of, here, "of")
        index.need_all("note of law", facts.law, here, "law")
        index.need_all("source", facts.sources, here, "sources")
    for place, relief in enumerate(charges.reliefs):
        here = Origin(origin.file, ("reliefs", place))
        index.need_all("profession", relief.by, here, "by")
        index.need_all("jurisdiction", relief.jurisdictions, here, "jurisdictions")
        index.need_all("note of law", relief.law, here, "law")
        index.need_all("source", relief.sources, here, "sources")


def _check_links(index: Index, origin: Origin, links: tuple[shapes.LinkRule, ...]) -> None:
    for place, rule in enumerate(links):
        index.need_all("source", rule.sources, origin, "links", place, "sources")
        if rule.when is not None:
            check_condition(index, rule.when, origin, "links", place, "when")
    if links[-1].when is not None or any(rule.when is None for rule, _ in pairwise(links)):
        fix = "give every rule but the last one a 'when'"
        message = "exactly the last rule of 'links' has no 'when': it holds otherwise"
        index.faults.append(origin.fault("E209", message, fix, "links"))


def _check_asks(index: Index, origin: Origin, asks: Iterable[shapes.Ask], key: str) -> None:
    for place, ask in enumerate(asks):
        index.need("profession", ask.of, origin, key, place, "of")
        index.need_all("jurisdiction", ask.jurisdictions, origin, key, place, "jurisdictions")
        index.need_all("note of law", ask.law, origin, key, place, "law")


def _check_sheet(index: Index, origin: Origin, sheet: shapes.Sheet) -> None:
    if sheet.profession is not None:
        index.need("profession", sheet.profession, origin, "profession")
    index.need_all("question", sheet.answers, origin, "answers")
    index.need_all("interruption", sheet.danger, origin, "danger")
    index.need_all("interruption", sheet.calls_of, origin, "calls_of")
    index.need_all("action", sheet.actions, origin, "actions")
    topics = {note.topic: note.id for _origin, note in index.all("note of law")}
    for topic in sheet.law_topics:
        if topic not in topics:
            fix = f"topics are: {', '.join(sorted(topics))}"
            index.faults.append(
                origin.fault("E202", f"no note of law has the topic '{topic}'", fix, "law_topics")
            )
    for place, text in enumerate(sheet.texts):
        index.need_all("jurisdiction", text.jurisdictions, origin, "texts", place, "jurisdictions")
        index.need_all("note of law", text.law, origin, "texts", place, "law")
        index.need_all("source", text.sources, origin, "texts", place, "sources")
        if text.when is not None:
            check_condition(index, text.when, origin, "texts", place, "when")
    for place, number in enumerate(sheet.numbers.lines if sheet.numbers else ()):
        index.need("service", number.service, origin, "numbers", "lines", place, "service")
        index.need_all(
            "jurisdiction", number.jurisdictions, origin, "numbers", "lines", place, "jurisdictions"
        )
        _check_numbers(index, origin, number, place)


def _check_numbers(index: Index, origin: Origin, number: SheetNumber, place: int) -> None:
    """What the youth is told to call is a number that the directory keeps for that service."""
    _origin, service = index.ids.get("service", {}).get(number.service, (None, None))
    known = {phone.number for phone in service.phones} if service else set()
    for key, words in (("how", number.how), ("how_es", number.how_es)):
        for dialled in _NUMBER.findall(words):
            if service and dialled not in known:
                fix = f"numbers there are: {', '.join(sorted(known))}"
                message = f"the service '{number.service}' has no number '{dialled}'"
                index.faults.append(origin.fault("E202", message, fix, "numbers", "lines", place, key))


def _check_report(index: Index, origin: Origin, guide: shapes.ReportGuide) -> None:
    index.need_all("source", guide.sources, origin, "sources")
    for place, call in enumerate(guide.calls):
        index.need_all("jurisdiction", call.jurisdictions, origin, "calls", place, "jurisdictions")
    for place, line in enumerate(guide.lines):
        index.need_all("question", line.questions, origin, "lines", place, "questions")
        index.need_all("jurisdiction", line.jurisdictions, origin, "lines", place, "jurisdictions")


def _check_placement(index: Index, origin: Origin, guide: shapes.PlacementGuide) -> None:
    index.need_all("source", guide.sources, origin, "sources")
    index.need_all("question", guide.beds.facts, origin, "beds", "facts")
    for key in ("sex", "age"):
        index.need("question", getattr(guide.counts, key), origin, "counts", key)
    index.need_all("need", guide.counts.place_needs, origin, "counts", "place_needs")
    for key in ("contact_outcomes", "no_bed_reasons", "referral_steps"):
        for place, word in enumerate(getattr(guide, key)):
            if word.unmet is not None:
                index.need("reason for an unmet need", word.unmet, origin, key, place, "unmet")
    for place, step in enumerate(guide.referral_steps):
        index.need_all("step of a referral", step.after, origin, "referral_steps", place, "after")
    if guide.advocate is not None:
        _check_advocate(index, origin, guide.advocate, guide.referral_steps)


def _check_advocate(
    index: Index, origin: Origin, offer: AdvocateOffer, steps: Iterable[ReferralStep]
) -> None:
    index.need_all("source", offer.sources, origin, "advocate", "sources")
    index.need("need", offer.need, origin, "advocate", "need")
    for key in ("kinds", "otherwise"):
        index.need_all("kind of service", getattr(offer, key), origin, "advocate", key)
    for place, note in enumerate(offer.setting_notes):
        index.need_all("setting", note.settings, origin, "advocate", "setting_notes", place, "settings")
    after = {step.id: step.after for step in steps}
    for key in ("offered", "wanted", "not_now", "contacted"):
        index.need("step of a referral", getattr(offer, key), origin, "advocate", key)
    orders = (("wanted", "offered"), ("not_now", "offered"), ("wanted", "not_now"), ("contacted", "wanted"))
    for key, before in orders:
        step, earlier = getattr(offer, key), getattr(offer, before)
        if step in after and earlier in after and earlier not in (after[step] or ()):
            fix = f"add '{earlier}' to its after, or name another step"
            message = f"the step '{step}' cannot follow '{earlier}', as the offer of an advocate needs"
            index.faults.append(origin.fault("E202", message, fix, "advocate", key))
    if after.get(offer.offered) is not None:
        message = f"a referral cannot begin with the step '{offer.offered}'"
        index.faults.append(origin.fault("E202", message, "name a step without after", "advocate", "offered"))

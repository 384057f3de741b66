"""A sheet in words, once for the page and once for the file to print: both show exactly these blocks."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from screening.core.rulebook import LegalNote, Phone, Service, Sheet, SheetPart
from screening.core.sheet_content import ActionShown, AnswerShown, ChargeShown, ServiceShown, SheetContent
from screening.core.statements import UNANSWERED, UNKNOWN_VALUES
from screening.web.language import page_language
from screening.web.spoken import N_, day_in_words, translate
from screening.web.spoken import gettext as _
from screening.web.wording import answer_in_words, deadline_in_words, unknown_in_words

Style = Literal["alarm", "boxes", "facts", "list", "fine"]
"""How a block is set: an alarm frame, lines to tick, names with values, a list, or a list in small print."""

PART_LABELS: dict[SheetPart, str] = {
    "case_number": N_("the case number"),
    "level": N_("how much concern there is"),
    "basis": N_("why the youth is to be treated as a victim"),
    "signs": N_("which signs were noted, without details"),
    "duties": N_("duties and deadlines"),
    "actions": N_("what is advised"),
    "law": N_("the law that fits"),
    "charges": N_("charges, without what is kept with counsel"),
    "needs": N_("what the youth needs"),
    "services": N_("services to call"),
    "calls": N_("numbers to call"),
    "danger": N_("danger now"),
    "rights": N_("which rights the youth was told"),
}
_ALL_CHARGES = N_("charges, also what is kept with counsel")


def parts_in_words(sheet: Sheet) -> list[str]:
    """What a sheet shows, part by part."""
    labels = PART_LABELS | ({"charges": _ALL_CHARGES} if sheet.privileged_charges else {})
    return [_(labels[part]) for part in sheet.parts]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a block: ``name`` stands before it in bold, ``note`` after it in small print."""

    text: str
    name: str = ""
    note: str = ""
    done: bool = False


@dataclass(frozen=True, slots=True)
class Block:
    """A heading and what stands under it."""

    id: str
    heading: str
    style: Style
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class SheetWords:
    """A whole sheet in words, in the language of the page."""

    id: str
    language: str
    title: str
    facts: tuple[str, ...]
    lead: str
    level: str
    blocks: tuple[Block, ...]
    small_print: tuple[str, ...]


def sheet_words(content: SheetContent, now: datetime, *, demonstration: bool = False) -> SheetWords:
    """A sheet in words.

    Args:
        content: what it may show.
        now: the present moment, which tells a deadline that is over.
        demonstration: the data are made up, which the sheet then says.
    """
    speak: dict[SheetPart, Callable[[], Iterable[Block]]] = {
        "danger": lambda: _danger(content),
        "basis": lambda: [
            Block(
                "basis",
                _("Why the youth is to be treated as a victim"),
                "list",
                tuple(_basis(note, first=place == 0) for place, note in enumerate(content.basis)),
            )
        ],
        "signs": lambda: [_listed("signs", _("Signs that were noted"), content.signs)],
        "duties": lambda: [_to_do("duties", _("Your duties"), content.duties, now)],
        "actions": lambda: [_to_do("actions", _("What is advised"), content.actions, now)],
        "law": lambda: [Block("law", _("The law that fits"), "fine", tuple(map(_law_line, content.law)))],
        "charges": lambda: [Block("charges", _("Charges"), "list", tuple(map(_charge, content.charges)))],
        "needs": lambda: [
            _listed("needs", _("What the youth needs"), [need.label for need in content.needs])
        ],
        "services": lambda: [
            Block("services", _("Services to call first"), "list", tuple(map(_service, content.services)))
        ],
        "calls": lambda: [
            Block(
                "calls",
                _("Call"),
                "facts",
                tuple(Line(call.number, name=translate(call.label)) for call in content.calls),
            )
        ],
        "rights": lambda: [
            _listed("rights", _("What the youth was told before any question"), content.rights)
        ],
    }
    blocks = [block for part in content.sheet.parts if part in speak for block in speak[part]()]
    blocks += [_answers(content), _find_out(content), *_texts(content)]
    return SheetWords(
        id=content.sheet.id,
        language=page_language(),
        title=translate(content.sheet.title),
        facts=_facts(content, demonstration=demonstration),
        lead=translate(content.lead),
        level=translate(content.level.headline) if content.level else "",
        blocks=tuple(block for block in blocks if block.lines),
        small_print=_small_print(content),
    )


def _facts(content: SheetContent, *, demonstration: bool) -> tuple[str, ...]:
    case = _("Case number %(number)s", number=content.case_number) if content.case_number else ""
    facts = (
        _("Demonstration data.") if demonstration else "",
        case,
        translate(content.place),
        _("law as of %(day)s", day=day_in_words(content.day)),
        _("rules version %(version)s", version=content.rules_version),
    )
    return tuple(fact for fact in facts if fact)


def _small_print(content: SheetContent) -> tuple[str, ...]:
    reader = translate(content.reader)
    only_for = (
        _("Only for: %(reader)s. Do not copy it into other files and do not pass it on.", reader=reader)
        if reader
        else _("Only for the unit. Do not leave it where others can read it, and destroy it when it is done.")
    )
    return (
        only_for,
        _("A screening supports a trained person’s judgment. It is no finding and no evidence."),
        _("Notes of law are no legal advice."),
    )


def _danger(content: SheetContent) -> list[Block]:
    return [
        Block(
            f"danger-{each.id}",
            translate(each.title),
            "alarm",
            tuple(Line(translate(step)) for step in each.steps),
        )
        for each in content.danger
    ]


def _listed(id: str, heading: str, texts: Iterable[str]) -> Block:
    return Block(id, heading, "list", tuple(Line(translate(text)) for text in texts))


def _to_do(id: str, heading: str, actions: Iterable[ActionShown], now: datetime) -> Block:
    return Block(id, heading, "boxes", tuple(_action(each, now) for each in actions))


def _action(shown: ActionShown, now: datetime) -> Line:
    done = shown.standing == "done"
    if done:
        note = _("Done")
    elif shown.standing == "not_done":
        note = _("Not done; the reason is on record")
    elif shown.action.due is None:
        note = ""
    else:
        deadline = deadline_in_words(shown.action.due, shown.due_at, now)
        note = deadline.relative if shown.action.due.immediately else deadline.absolute or deadline.relative
    return Line(translate(shown.action.label), note=note, done=done)


def _cited(note: LegalNote) -> str:
    citation = translate(note.citation)
    return _("%(citation)s; verify with counsel", citation=citation) if _is_unsure(note) else citation


def _is_unsure(note: LegalNote) -> bool:
    return note.status == "verify_with_counsel"


def _basis(note: LegalNote, *, first: bool) -> Line:
    """The innermost note in plain words; what lies around it by name, so that all of it fits on a page."""
    return Line(translate(note.plain if first else note.title), note=_cited(note))


def _law_line(note: LegalNote) -> Line:
    return Line(translate(note.title), note=_cited(note))


def _charge(charge: ChargeShown) -> Line:
    notes = [translate(charge.link), *(translate(ask) for ask in charge.asks)]
    if charge.offense_on:
        notes.insert(0, day_in_words(charge.offense_on))
    if charge.privileged:
        notes.insert(0, _("Kept between the youth and counsel"))
    return Line(translate(charge.label), note=" · ".join(note for note in notes if note))


def _service(shown: ServiceShown) -> Line:
    service = shown.service
    hints = [numbers_in_words(service), _("ask first if it fits") if shown.must_ask else ""]
    if not service.phones and service.referral:
        hints.insert(0, translate(service.referral))
    return Line(service.name, note=" · ".join(hint for hint in hints if hint))


def numbers_in_words(service: Service) -> str:
    """The numbers of a service, each as one uses it."""
    return " · ".join(number_in_words(phone) for phone in service.phones)


def number_in_words(phone: Phone) -> str:
    """One number as one uses it: to call, to text, or to open."""
    if phone.kind == "text":
        return _("text %(number)s", number=phone.number)
    return phone.number


def _answers(content: SheetContent) -> Block:
    lines = tuple(Line(_known(each), name=translate(each.question.text)) for each in content.answers)
    return Block("answers", _("What is known"), "facts", lines)


def _known(shown: AnswerShown) -> str:
    if shown.value in (*UNKNOWN_VALUES, UNANSWERED):
        return unknown_in_words(str(shown.value))
    return answer_in_words(shown.question, shown.value)


def _find_out(content: SheetContent) -> Block:
    return _listed("find-out", _("What you can find out"), content.find_out)


def _texts(content: SheetContent) -> list[Block]:
    return [
        Block(
            f"text-{place}",
            translate(shown.text.heading),
            "list",
            tuple(
                Line(
                    translate(line),
                    note="; ".join(map(_cited, shown.law)) if line == shown.text.lines[-1] else "",
                )
                for line in shown.text.lines
            ),
        )
        for place, shown in enumerate(content.texts)
    ]

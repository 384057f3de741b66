"""What the pages about hand-offs show: to whom, how it stands, what became of it; and what their forms take."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from flask import Response, g

from screening.core.rulebook import Rulebook, Sheet
from screening.operations.accounts import colleagues
from screening.operations.actors import Verb
from screening.operations.database import Transaction
from screening.operations.hand_offs import HandOff, PendingHandOff, Receipt
from screening.web.duty_views import Standing, duration_in_words
from screening.web.security import one_line
from screening.web.spoken import N_, ngettext, translate
from screening.web.spoken import gettext as _
from screening.web.wording import moment_in_words

ANSWER_FIELDS: Mapping[str, str] = {"acknowledged": "name", "declined": "reason", "done": "outcome"}
"""Answer → the field of its words."""
_WORDS = ("name", "reason", "outcome")
_STEPS = {
    "opened": N_("The link was opened"),
    "acknowledged": N_("Taken"),
    "declined": N_("Declined"),
    "done": N_("Done"),
    "withdrawn": N_("Taken back"),
}


@dataclass(frozen=True, slots=True)
class ReceiptView:
    """One thing that became of a hand-off, in words."""

    step: str
    moment: str
    name: str
    words: str


@dataclass(frozen=True)
class HandOffView:
    """One hand-off of a screening, under the edition of the screening."""

    hand_off: HandOff
    title: str
    reader: str
    now: datetime

    @property
    def to(self) -> str:
        """To whom it went."""
        words = self.hand_off.words
        if self.hand_off.outside:
            named = [words.get("recipient", ""), words.get("organization", "")]
            return ", ".join(each for each in named if each)
        return _("Everybody on the unit") if self.hand_off.to_unit else self.hand_off.to_user_name

    @property
    def standing(self) -> Standing:
        """How it stands."""
        return hand_off_standing(self.hand_off, self.now)

    @property
    def link(self) -> str:
        """What its link is good for now; empty where there is none, or where it was answered."""
        made = self.hand_off
        if made.expires_at is None or made.status not in ("offered", "acknowledged"):
            return ""
        if made.opened_at is not None:
            return _(
                "The link was opened on %(moment)s and opens nothing more.",
                moment=moment_in_words(made.opened_at),
            )
        if made.expires_at < self.now:
            return _(
                "The link was never opened. It ended on %(moment)s.", moment=moment_in_words(made.expires_at)
            )
        return _(
            "The link was not opened yet. It ends on %(moment)s.", moment=moment_in_words(made.expires_at)
        )

    @property
    def receipts(self) -> list[ReceiptView]:
        """What became of it, oldest first."""
        return [_receipt_view(each, on_unit=self.hand_off.to_unit) for each in self.hand_off.receipts]

    @property
    def is_open(self) -> bool:
        """Whether it can still be withdrawn."""
        return self.hand_off.status == "offered"

    @property
    def is_running(self) -> bool:
        """Whether it can still be said to be done."""
        return self.hand_off.status in ("offered", "acknowledged")


def hand_off_view(hand_off: HandOff, rulebook: Rulebook, now: datetime) -> HandOffView:
    """A hand-off in words. Its sheet may be missing in the edition; the hand-off stays."""
    readers = {profession.id: translate(profession.label) for profession in rulebook.about.professions}
    return HandOffView(
        hand_off, sheet_title(rulebook, hand_off.sheet), readers.get(hand_off.to_profession or "", ""), now
    )


def sheet_title(rulebook: Rulebook | None, sheet_id: str) -> str:
    """What a sheet is called; its id where the edition does not know it or cannot be read."""
    sheet = rulebook.sheets.get(sheet_id) if rulebook else None
    return translate(sheet.title) if sheet else sheet_id


def hand_off_standing(made: HandOff | PendingHandOff, now: datetime) -> Standing:
    """How a hand-off stands: the words say it all, ``kind`` only names it to the style sheet."""
    if made.status == "offered":
        length, moment = duration_in_words(made.answer_by - now), moment_in_words(made.answer_by)
        if made.answer_by <= now:
            return Standing(
                "clear",
                _("No answer in time"),
                _("by %(length)s, since %(moment)s", length=length, moment=moment),
            )
        return Standing(
            "open",
            _("Waiting for an answer"),
            _("in %(length)s, by %(moment)s", length=length, moment=moment),
        )
    if made.status == "acknowledged" and made.to_unit:
        names = (
            made.taken_by_names
            if isinstance(made, PendingHandOff)
            else tuple(each.name for each in made.taken)
        )
        label = ngettext("Read by %(num)d person", "Read by %(num)d persons", len(names))
        return Standing("done", label, ", ".join(names))
    labels = {
        "acknowledged": ("done", _("Taken")),
        "declined": ("possible", _("Declined")),
        "done": ("done", _("Done")),
        "withdrawn": ("neutral", _("Taken back")),
    }
    return Standing(*labels[made.status])


def unit_sheet(rulebook: Rulebook) -> Sheet | None:
    """The sheet that is for the people on the floor: for no one profession, and not for the youth."""
    return next(
        (each for each in rulebook.sheets.values() if each.profession is None and not each.for_youth), None
    )


def other_colleagues(tx: Transaction) -> dict[str, str]:
    """Whom in the agency something can be handed to: id → name."""
    people = colleagues(tx, Verb.ANSWER_HAND_OFF)
    return {id: name for id, name in people.items() if id != g.actor.user_id}


def typed_answer(posted: Mapping[str, str]) -> tuple[str, dict[str, str]]:
    """Which answer was chosen, and its words as they were typed. Words that belong to another answer are left aside."""
    how = posted.get("answer", "")
    fields = ("name", ANSWER_FIELDS.get(how, "name"))
    return how, {
        name: one_line(posted.get(name)) for name in _WORDS if name in fields and one_line(posted.get(name))
    }


def sheet_to_print(made: bytes) -> Response:
    """A sheet as a file. Its name says nothing of a person."""
    response = Response(made, mimetype="application/pdf")
    response.headers["Content-Disposition"] = 'inline; filename="sheet.pdf"'
    return response


def _receipt_view(receipt: Receipt, *, on_unit: bool) -> ReceiptView:
    step = _("Read") if on_unit and receipt.step == "acknowledged" else translate(_STEPS[receipt.step])
    words = receipt.words.get("reason") or receipt.words.get("outcome") or ""
    return ReceiptView(step, moment_in_words(receipt.at), receipt.name, words)

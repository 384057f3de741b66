"""How a service stands by the criteria, in words: reasons, what to ask on the phone, how far its entry is checked."""

from collections.abc import Mapping

from screening.core.matching import Match, Reason
from screening.core.rulebook import Feature, Rulebook, Service
from screening.web.spoken import day_in_words, translate
from screening.web.spoken import gettext as _
from screening.web.wording import ages_in_words, served_in_words

MOST_ASKED, MOST_TOLD = 3, 4


def reason_in_words(reason: Reason, service: Service, rulebook: Rulebook) -> str:
    """What the rulebook says about how a service stands; empty where it says nothing."""
    words = reason.words
    return _filled(translate(words), reason, service, rulebook) if words else ""


def question_in_words(reason: Reason, service: Service, rulebook: Rulebook) -> str:
    """What to ask on the phone, or in the answers, about something nobody knows; the rulebook's words otherwise."""
    feature = _feature(reason, rulebook)
    if feature is not None and reason.verdict == "unknown" and not reason.is_open:
        return translate(feature.ask)
    return reason_in_words(reason, service, rulebook)


def excluding_reasons(found: Match) -> list[Reason]:
    """Of a service's reasons those that rule it out; for a service that does not fit, nothing else matters."""
    return [reason for reason in found.reasons if reason.excludes]


def asking_reasons(found: Match) -> list[Reason]:
    """Of a service's reasons those that must be asked about before anybody relies on it."""
    return [reason for reason in found.reasons if reason.asks and not reason.excludes]


def telling_reasons(found: Match) -> list[Reason]:
    """The other reasons that have words: what speaks for a service, what to know about it."""
    return [
        reason
        for reason in found.reasons
        if not reason.asks and not reason.excludes and reason.words and not reason.criterion.contested
    ]


def brief_reasons(found: Match) -> list[Reason]:
    """The few reasons that stand beside a service on a page about other things as well; the placement page has all."""
    return [*asking_reasons(found)[:MOST_ASKED], *telling_reasons(found)[:MOST_TOLD]]


def checked_in_words(service: Service) -> str:
    """Whether somebody of the agency called, and when; otherwise as of when it is listed."""
    if service.verified_on is not None:
        return _("Verified on %(day)s.", day=day_in_words(service.verified_on))
    return _("Not yet verified by phone, %(month)s.", month=day_in_words(service.as_of, "MMM y"))


def _feature(reason: Reason, rulebook: Rulebook) -> Feature | None:
    guide, wanted = rulebook.placement, reason.criterion.feature
    if guide is None or wanted is None:
        return None
    return next((each for each in guide.features if each.id == wanted), None)


def _filled(text: str, reason: Reason, service: Service, rulebook: Rulebook) -> str:
    """The text with its blanks filled in. Whatever else stands in braces stays as it is."""
    if "{" not in text:
        return text
    blanks: Mapping[str, str] = {
        "ages": ages_in_words(service),
        "served": served_in_words(service),
        "who": _who(service, rulebook),
        "value": _value(reason, service, rulebook),
    }
    for name, said in blanks.items():
        text = text.replace(f"{{{name}}}", said)
    return text


def _who(service: Service, rulebook: Rulebook) -> str:
    labels = {profession.id: translate(profession.label) for profession in rulebook.about.professions}
    return ", ".join(labels.get(profession, profession) for profession in service.referred_by or ()) or _(
        "not stated"
    )


def _value(reason: Reason, service: Service, rulebook: Rulebook) -> str:
    values = service.features.get(reason.criterion.feature or "", ())
    feature = _feature(reason, rulebook)
    labels = {option.id: translate(option.label) for option in feature.options} if feature else {}
    labels |= {"yes": _("Yes"), "no": _("No")}
    return ", ".join(labels.get(each, each) for each in values) or _("not stated")

"""What an entry can say beyond HSDS's own fields, as fields of a form: the placement profile and the rulebook's features."""

from dataclasses import dataclass

from screening.core.rulebook import Feature, Rulebook
from screening.web.spoken import N_, translate

_YES_NO = (("yes", N_("Yes")), ("no", N_("No")))
_SERVED = (
    ("girls", N_("Girls")),
    ("boys", N_("Boys")),
    ("transgender", N_("Transgender youths")),
    ("all", N_("Everybody")),
)
_LISTED = (
    ("list", N_("Offered")),
    ("verify_first", N_("Offered once somebody has called")),
    ("never", N_("Not offered")),
)
_PROFILE = {
    "people_served": (N_("Whom it takes"), "some_of"),
    "referral_path": (N_("Who can make the referral"), "some_of"),
    "residential": (N_("A place to live"), "yes_no"),
    "survivor_led": (N_("Led by survivors"), "yes_no"),
    "trafficking_specific": (N_("Made for trafficked youths"), "yes_no"),
    "listing": (N_("In results"), "one_of"),
    "length_of_stay": (N_("How long a youth can stay"), "words"),
    "security": (N_("How it is kept safe"), "words"),
    "charges_accepted": (N_("Youths with open charges"), "words"),
}
_ASK = {
    "people_served": N_("Whom do you take: girls, boys, transgender youths?"),
    "referral_path": N_("Who must make the referral?"),
    "residential": N_("Can youths live there?"),
    "survivor_led": N_("Is it led by survivors?"),
    "trafficking_specific": N_("Was it made for trafficked youths?"),
    "length_of_stay": N_("How long can a youth stay?"),
    "security": N_("How are doors, visitors, and contact watched over?"),
    "charges_accepted": N_("Do you take youths with open charges?"),
}


@dataclass(frozen=True, slots=True)
class TraitField:
    """A field: its code, words and, where one chooses, the options (value, label). ``ask`` is how it is asked on the phone."""

    id: str
    label: str
    ask: str
    kind: str
    options: tuple[tuple[str, str], ...] = ()

    def said(self, values: tuple[str, ...]) -> str:
        """Values in words."""
        labels = dict(self.options)
        return ", ".join(labels.get(value, value) for value in values)


def trait_fields(rulebook: Rulebook) -> tuple[TraitField, ...]:
    """The profile's fields, then the rulebook's features. A feature with the same id stands for the profile's field."""
    features = {each.id: each for each in rulebook.placement.features} if rulebook.placement else {}
    profile = [_of_profile(code, rulebook) for code in _PROFILE if code not in features]
    return (*profile, *map(_of_feature, features.values()))


def _of_profile(code: str, rulebook: Rulebook) -> TraitField:
    label, kind = _PROFILE[code]
    options = {
        "people_served": _SERVED,
        "listing": _LISTED,
        "referral_path": tuple((each.id, each.label) for each in rulebook.about.professions),
    }.get(code, _YES_NO if kind == "yes_no" else ())
    return TraitField(
        code,
        translate(label),
        translate(_ASK.get(code, "")),
        kind,
        tuple((value, translate(text)) for value, text in options),
    )


def _of_feature(feature: Feature) -> TraitField:
    options = (
        _YES_NO if feature.kind == "yes_no" else tuple((each.id, each.label) for each in feature.options)
    )
    told = tuple((value, translate(text)) for value, text in options)
    return TraitField(feature.id, translate(feature.label), translate(feature.ask), feature.kind, told)

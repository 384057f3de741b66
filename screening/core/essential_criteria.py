"""What services are matched on under an edition of the rulebook that has no criteria of its own, such as earlier ones."""

from datetime import date

from screening.core.placement_shapes import Criterion, CriterionWords, Effect, Reads

_AS_OF = date(2026, 11, 24)
_WHY = "A plain fact of eligibility or of the entry; this edition of the rulebook says no more."


def _essential(id: str, effect: Effect, reads: Reads, words: CriterionWords, **more: object) -> Criterion:
    plain: dict[str, object] = {
        "id": id,
        "label": words.missed or words.met or words.open or id,
        "effect": effect,
        "reads": reads,
        "words": words,
        "why": _WHY,
        "support": "Not given in this edition of the rulebook.",
        "sources": (),
        "as_of": _AS_OF,
    }
    return Criterion.model_validate({**plain, **more})


ESSENTIALS: tuple[Criterion, ...] = (
    _essential(
        "age_taken",
        "exclude",
        "age",
        CriterionWords(
            missed="Outside its ages ({ages})",
            unsaid="Ask which ages it takes",
            open="The youth's age is not known (it takes {ages})",
        ),
        unknown="homes",
    ),
    _essential(
        "people_taken",
        "exclude",
        "people_served",
        CriterionWords(
            missed="Serves others ({served})",
            unsaid="Ask whether it takes girls, boys, and transgender youths",
            open="Ask if it takes this youth (serves {served})",
        ),
        unknown="homes",
    ),
    _essential(
        "area_served",
        "exclude",
        "area",
        CriterionWords(
            missed="Outside its area",
            unsaid="Ask whether it serves this county",
            open="Ask whether it serves the youth's county, which is not known here",
        ),
        unknown="ask",
    ),
    _essential(
        "works_as_listed",
        "ask",
        "listing",
        CriterionWords(missed="Call first to confirm it still works as listed"),
    ),
    _essential(
        "open_address",
        "ask",
        "address",
        CriterionWords(
            met="Location not disclosed; call first",
            missed="Its address may be known; ask how it protects a youth someone looks for",
            open="Its address may be known; ask how it protects a youth someone looks for",
        ),
        residential=True,
        looked_for=True,
    ),
    _essential(
        "made_for_this",
        "prefer",
        "field",
        CriterionWords(met="Made for trafficked youth"),
        field="trafficking_specific",
        weight="first",
    ),
    _essential(
        "survivor_led",
        "prefer",
        "field",
        CriterionWords(met="Led by survivors"),
        field="survivor_led",
        weight="first",
    ),
    _essential("serves_county", "show", "county", CriterionWords(met="Serves this county")),
    _essential(
        "who_refers",
        "show",
        "referral_path",
        CriterionWords(
            met="You can refer",
            missed="The referral must come from: {who}",
            open="Takes referrals from: {who}",
        ),
    ),
    _essential("always_open", "show", "field", CriterionWords(met="Open day and night"), field="open_24_7"),
)

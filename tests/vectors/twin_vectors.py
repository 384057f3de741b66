"""Screenings that two evaluators must agree on, invented from a fixed seed, and what the core makes of them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import product
from random import Random
from typing import Any

from screening.config import shipped_folder
from screening.core.algebra import Proof
from screening.core.cases import statements_of
from screening.core.evaluation import Assessment, assess, assess_answers
from screening.core.loading import load_rulebook
from screening.core.routing import Change, route, smallest_lowers, smallest_raises, with_answers
from screening.core.rule_export import written
from screening.core.rulebook import Question, Rulebook
from screening.core.statements import Source, Statement, Value
from screening.core.truth import YES
from tests.vectors.invented_rulebooks import (
    GATE_QUESTIONS,
    Inventor,
    rulebook_with_presumed_gate,
    rulebook_with_two_ticks,
)

SEED = 20261124
TODAY = date(2026, 11, 24)
INVENTED_RULEBOOKS, SCREENINGS_EACH, SHIPPED_SCREENINGS = 150, 15, 150
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
# Close together, so that ties and differences below a millisecond are frequent.
MOMENTS = tuple(
    NOON + timedelta(days=days, microseconds=microseconds)
    for days in (0, 0, -400)
    for microseconds in (0, 1, 999, 1_000, 500_000)
)
# Letters whose order differs between code points and UTF-16 units, or between alphabets and code points.
LETTERS = ("a", "B", "é", "～", "𝒂", "-", "10", "9", "\ue000", "\U0010ffff")
UNKNOWNS = ("unsure", "declined", "not_asked")
DAYS = ("2008-11-23", "2008-11-24", "2008-11-25", "2008-02-29", "2012-01-31", "2006-12-01", "2027-01-01")


@dataclass(frozen=True, slots=True)
class Vector:
    """One screening: a name to find it again by, its statements, its day, and what is supposed beside them."""

    name: str
    statements: tuple[Statement, ...]
    today: date
    supposed: tuple[tuple[str, Value], ...] = ()

    @property
    def plain(self) -> dict[str, Any]:
        """The screening as the twin is handed it; both ways of writing UTC take turns."""
        return {
            "today": self.today.isoformat(),
            "supposed": self.supposed,
            "statements": [
                {
                    "id": each.id,
                    "question": each.question,
                    "value": each.value,
                    "source": each.source.value,
                    "author": each.author,
                    "at": each.at.isoformat().replace("+00:00", "Z" if place % 2 else "+00:00"),
                }
                for place, each in enumerate(self.statements)
            ],
        }


def vectors() -> Iterator[tuple[Rulebook, list[Vector]]]:
    """Rulebooks, each with its screenings."""
    chance = Random(SEED)  # noqa: S311 - chance for tests keeps no secret
    for number in range(INVENTED_RULEBOOKS):
        rulebook = Inventor(chance).rulebook()
        yield (
            rulebook,
            [
                Vector(
                    f"invented {number}.{each}",
                    invented_statements(rulebook, chance),
                    day(chance),
                    suppositions(rulebook, chance),
                )
                for each in range(SCREENINGS_EACH)
            ],
        )
    yield rulebook_with_presumed_gate(), list(every_reply(GATE_QUESTIONS))
    yield rulebook_with_two_ticks(), list(ticks_of_two_sources())
    shipped = load_rulebook(shipped_folder("rules"))
    cases = [Vector(f"case {id}", statements_of(case), case.case.day) for id, case in shipped.cases.items()]
    yield (
        shipped,
        [
            *cases,
            *(changed(case, shipped, chance) for case in cases),
            *(
                Vector(
                    f"shipped {each}",
                    invented_statements(shipped, chance),
                    day(chance),
                    suppositions(shipped, chance),
                )
                for each in range(SHIPPED_SCREENINGS)
            ),
        ],
    )


def every_reply(questions: Sequence[str]) -> Iterator[Vector]:
    """Every way to answer these yes/no questions, or not to."""
    for values in product((None, "yes", "no", *UNKNOWNS), repeat=len(questions)):
        given = [(question, value) for question, value in zip(questions, values, strict=True) if value]
        statements = [
            Statement(f"s{n}", *pair, Source.SAID, "officer_a", NOON) for n, pair in enumerate(given)
        ]
        yield Vector(f"replies {values}", tuple(statements), TODAY)


def ticks_of_two_sources() -> Iterator[Vector]:
    """What one source ticked beside another that was not sure."""
    for ticked, other in product([(), ("one",), ("two",), ("one", "two"), ("three",)], [None, *UNKNOWNS]):
        statements = [Statement("s0", "found", ticked, Source.OBSERVED, "officer_a", NOON)]
        if other is not None:
            statements.append(Statement("s1", "found", other, Source.RECORD, "officer_a", NOON))
        yield Vector(f"ticked {ticked}, {other}", tuple(statements), TODAY, (("found", ("two",)),))


def day(chance: Random) -> date:
    """The screening's day: a birthday, the days around it, a leap year's last of February, or another."""
    return chance.choice([TODAY, TODAY, TODAY + timedelta(days=1), date(2028, 2, 29), date(2027, 2, 28)])


def changed(case: Vector, rulebook: Rulebook, chance: Random) -> Vector:
    """A mock case with a few further replies."""
    further = invented_statements(rulebook, chance, density=0.05)
    supposed = suppositions(rulebook, chance)
    return Vector(f"{case.name}, changed", (*case.statements, *further), case.today, supposed)


def invented_statements(
    rulebook: Rulebook, chance: Random, density: float | None = None
) -> tuple[Statement, ...]:
    """Replies to some questions, in any order, from any sources, some handed in twice, one to no question at all."""
    density = chance.choice([0.1, 0.4, 0.7, 0.95]) if density is None else density
    # The less often a question is affirmed, the more the screenings differ in their level.
    eagerness = chance.choice([0.1, 0.4, 0.8])
    made: list[Statement] = []
    for question in rulebook.questions.values():
        if chance.random() < density:
            for _ in range(chance.choice([1, 1, 1, 2, 3, 5])):
                value = invented_value(question, chance, eagerness)
                made.append(stated(question.id, value, chance, len(made)))
    made.append(stated("no_such_question", "yes", chance, len(made)))
    made += chance.sample(made, k=min(2, len(made)))
    chance.shuffle(made)
    return tuple(made)


def stated(question: str, value: Value, chance: Random, number: int) -> Statement:
    id = f"{chance.choice(LETTERS)}{chance.choice(LETTERS)}{number}"
    source, author = chance.choice(list(Source)), chance.choice(["officer_a", "officer_b"])
    return Statement(id, question, value, source, author, chance.choice(MOMENTS))


def invented_value(question: Question, chance: Random, eagerness: float) -> Value:
    """A reply that fits the question, or one of the unknowns."""
    if chance.random() < 0.25:
        return chance.choice(UNKNOWNS)
    options = [option.id for option in question.options]
    match question.kind:
        case "yes_no":
            return "yes" if chance.random() < eagerness else "no"
        case "choice":
            return chance.choice(options)
        case "choices":
            return tuple(option for option in reversed(options) if chance.random() < eagerness / 2)
        case "number":
            return chance.choice(
                [number for number in (0, 1, 2, 3, 4, 14, 17, 18, 19, 21) if number <= (question.most or 0)]
            )
        case "date":
            return chance.choice(DAYS)
        case "text":
            return chance.choice(["unanswered", "known", "yes", "é𝒂"])


def suppositions(rulebook: Rulebook, chance: Random) -> tuple[tuple[str, Value], ...]:
    """A few questions, each with an answer or an unknown to suppose."""
    asked = chance.sample(list(rulebook.questions.values()), k=chance.randint(1, 4))
    return tuple((question.id, invented_value(question, chance, 0.5)) for question in asked)


def expected(rulebook: Rulebook, vector: Vector) -> dict[str, Any]:
    """What the core finds, in the twin's words."""
    assessment = assess(rulebook, vector.statements, vector.today)
    supposed = assess_answers(rulebook, with_answers(assessment, dict(vector.supposed)))
    bands = [f"{tool.id} {band.id}" for tool in rulebook.instruments.values() for band in tool.bands]
    proved = ["clear", "possible", *rulebook.named_order[-2:], *bands[:1]]
    return {
        **_found(assessment),
        "truths": {
            name: int(assessment.proofs[name].truth)
            for name in (*rulebook.named_order, *bands, "clear", "possible")
        },
        "instruments": [
            {
                "id": score.instrument.id,
                "lowest": score.lowest,
                "highest": score.highest,
                "used": int(score.in_use),
                "bands": [band.id for _, band in score.bands if band is not None],
            }
            for score in assessment.instruments
        ],
        "presumed": list(assessment.presumed),
        "raises": _changes(smallest_raises(assessment)),
        "lowers": _changes(smallest_lowers(assessment)),
        "proofs": [_proof(assessment.proofs[name]) for name in proved],
        "outcome_proofs": [
            _proof(assessment.explain(outcome.when)) for outcome in rulebook.concern.outcomes[:2]
        ],
        "supposing": _found(supposed),
    }


def _found(assessment: Assessment) -> dict[str, Any]:
    """What is compared of an assessment with the answers recorded and of one with suppositions."""
    way = route(assessment)
    actions = [
        action.id
        for action in assessment.rulebook.actions
        if action.when is None or assessment.explain(action.when).truth == YES
    ]
    return {
        "answers": {
            id: {
                "state": answer.state,
                "value": _plain(answer.value),
                "partial": answer.partial,
                "applies": int(answer.applies),
                "conflict": answer.conflict,
                "derived": answer.derived,
            }
            for id, answer in assessment.answers.items()
        },
        "at_least": int(assessment.at_least),
        "at_most": int(assessment.at_most),
        "result": assessment.result,
        "raised": [each.indicator.id for each in assessment.findings if each.truth == YES],
        "interruptions": [
            {"id": each.id, "stops_asking": each.stops_asking} for each in assessment.interruptions
        ],
        "outcomes": [each.id for each in assessment.outcomes],
        "actions": actions,
        "decisive": list(way.decisive),
        "unasked": list(way.unasked),
        "may_stop": way.may_stop,
    }


def _plain(value: Value | None) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _changes(changes: Sequence[Change]) -> list[Any]:
    return [
        {"answers": [[question, _plain(value)] for question, value in each.answers], "level": int(each.level)}
        for each in changes
    ]


def _proof(proof: Proof) -> dict[str, Any]:
    return {
        "condition": written(proof.condition),
        "truth": int(proof.truth),
        "parts": [_proof(part) for part in proof.parts],
    }

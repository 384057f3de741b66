"""Screenings that two evaluators must agree on, invented from a fixed seed, and what the core makes of them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import product
from random import Random
from typing import Any

from screening.config import shipped_folder
from screening.core.cases import statements_of
from screening.core.evaluation import assess
from screening.core.loading import load_rulebook
from screening.core.routing import route
from screening.core.rulebook import Question, Rulebook
from screening.core.statements import Source, Statement, Value
from tests.vectors.invented_rulebooks import GATE_QUESTIONS, Inventor, rulebook_with_presumed_gate

SEED = 20261124
TODAY = date(2026, 11, 24)
INVENTED_RULEBOOKS, SCREENINGS_EACH, SHIPPED_SCREENINGS = 150, 15, 250
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
    """One screening: a name to find it again by, its statements and its day."""

    name: str
    statements: tuple[Statement, ...]
    today: date

    @property
    def plain(self) -> dict[str, Any]:
        """The screening as the twin is handed it; both ways of writing UTC take turns."""
        return {
            "today": self.today.isoformat(),
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
                Vector(f"invented {number}.{each}", invented_statements(rulebook, chance), day(chance))
                for each in range(SCREENINGS_EACH)
            ],
        )
    yield rulebook_with_presumed_gate(), list(every_reply(GATE_QUESTIONS))
    shipped = load_rulebook(shipped_folder("rules"))
    cases = [Vector(f"case {id}", statements_of(case), case.case.day) for id, case in shipped.cases.items()]
    yield (
        shipped,
        [
            *cases,
            *(changed(case, shipped, chance) for case in cases),
            *(
                Vector(f"shipped {each}", invented_statements(shipped, chance), day(chance))
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


def day(chance: Random) -> date:
    """The screening's day: a birthday, the days around it, a leap year's last of February, or another."""
    return chance.choice([TODAY, TODAY, TODAY + timedelta(days=1), date(2028, 2, 29), date(2027, 2, 28)])


def changed(case: Vector, rulebook: Rulebook, chance: Random) -> Vector:
    """A mock case with a few further replies."""
    further = invented_statements(rulebook, chance, density=0.05)
    return Vector(f"{case.name}, changed", (*case.statements, *further), case.today)


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


def expected(rulebook: Rulebook, vector: Vector) -> dict[str, Any]:
    """What the core finds, in the twin's words."""
    assessment = assess(rulebook, vector.statements, vector.today)
    way = route(assessment)
    bands = [f"{tool.id} {band.id}" for tool in rulebook.instruments.values() for band in tool.bands]
    names = [*rulebook.named_order, *bands, "clear", "possible"]
    return {
        "answers": {
            id: {
                "state": answer.state,
                "value": list(answer.value) if isinstance(answer.value, tuple) else answer.value,
                "partial": answer.partial,
                "applies": int(answer.applies),
                "conflict": answer.conflict,
                "derived": answer.derived,
            }
            for id, answer in assessment.answers.items()
        },
        "truths": {name: int(assessment.proofs[name].truth) for name in names},
        "at_least": int(assessment.at_least),
        "at_most": int(assessment.at_most),
        "result": assessment.result,
        "interruptions": [each.id for each in assessment.interruptions],
        "outcomes": [each.id for each in assessment.outcomes],
        "instruments": [
            {
                "id": score.instrument.id,
                "lowest": score.lowest,
                "highest": score.highest,
                "band": score.band.id if score.band else None,
            }
            for score in assessment.instruments
        ],
        "presumed": list(assessment.presumed),
        "decisive": list(way.decisive),
        "may_stop": way.may_stop,
    }

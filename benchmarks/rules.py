"""How long the rules take on one screening of the shipped rulebook: level, whole assessment, route, what-if.

Run: ``make bench ARGS=rules``. Every figure is the median over repeated rounds; the last column puts it beside a plain
Python spin timed in the same run, so that figures from different days can be compared.
"""

import random
import statistics
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

from screening.core.algebra import Proof
from screening.core.evaluation import Assessment, assess, assess_answers, effective_answers, level_bounds
from screening.core.loading import load_rulebook
from screening.core.routing import route, smallest_raises
from screening.core.rulebook import Question
from screening.core.statements import Source, Statement, Value

DAY = date(2026, 11, 24)
AT = datetime(2026, 11, 24, 12, tzinfo=UTC)
ROUNDS, SCREENINGS = 15, 40


def some_answer(question: Question, chance: random.Random) -> Value:
    """An answer as an intake might give: mostly no, some unknown."""
    if question.kind == "yes_no":
        return chance.choices(["no", "yes", "unsure", "declined"], [70, 12, 12, 6])[0]
    if question.kind == "choice":
        return chance.choice(question.options).id
    if question.kind == "choices":
        return tuple(option.id for option in question.options if chance.random() < 0.1)
    if question.kind == "number":
        return chance.randint(question.least or 0, min(question.most or 0, 20))
    return "not_asked"


def every_proof(assessment: Assessment) -> list[Proof]:
    """All proofs of an assessment, made now."""
    levels = assessment.levels.values()
    return [*(finding.proof for finding in assessment.findings), *levels, *assessment.instruments[0].items]


def spin() -> int:
    """The yardstick: a fixed piece of plain Python."""
    return sum(number * number for number in range(2_000))


def median_microseconds(work: Callable[[], object], repeats: int) -> float:
    """Median over rounds of one call's time."""
    rounds = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        for _ in range(repeats):
            work()
        rounds.append((time.perf_counter() - begun) / repeats * 1e6)
    return statistics.median(rounds)


def main() -> None:
    """Print the table."""
    rulebook = load_rulebook(Path(__file__).parents[1] / "rules")
    chance = random.Random(7)  # noqa: S311
    asked = [question for question in rulebook.questions.values() if question.kind != "text"][:60]
    screenings = [
        [Statement(q.id, q.id, some_answer(q, chance), Source.OBSERVED, "officer_a", AT) for q in asked]
        for _ in range(SCREENINGS)
    ]
    answers = [effective_answers(rulebook, statements, DAY) for statements in screenings]
    assessments = [assess_answers(rulebook, each) for each in answers]
    yardstick = median_microseconds(spin, 50)
    print(
        f"{len(asked)} answers, {len(rulebook.indicators)} indicators; a spin of the yardstick: {yardstick:.0f} µs"
    )
    for label, work in (
        (
            "combine statements into effective answers",
            lambda: [effective_answers(rulebook, s, DAY) for s in screenings],
        ),
        (
            "level and findings from effective answers",
            lambda: [level_bounds(rulebook, each) for each in answers],
        ),
        ("assessment from statements", lambda: [assess(rulebook, s, DAY) for s in screenings]),
        (
            "assessment from statements, every proof",
            lambda: [every_proof(assess(rulebook, s, DAY)) for s in screenings],
        ),
        ("decisive questions", lambda: [route(assess_answers(rulebook, each)) for each in answers]),
        ("smallest sets that raise the level", lambda: [smallest_raises(each) for each in assessments]),
    ):
        micros = median_microseconds(work, 1) / SCREENINGS
        print(f"{label:<46} {micros:10.1f} µs {micros / yardstick:8.2f} spins")


if __name__ == "__main__":
    main()

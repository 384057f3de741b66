"""How long the rules take on one screening of the shipped rulebook: level, whole assessment, route, what-if.

Run: ``make bench ARGS=rules``. Everything is timed in turn within each round, in CPU time, so that the machine's moods
fall on all alike: the figure is the median over rounds, the ratio the median of the rounds' ratios. Beside the level stand
straight-line Python written from the same rules (what plain Python could reach) and the fastest rule engine from a package
registry; both are checked to find the same before anything is timed.
"""

import random
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Any

from _rules_generic_engine import HOW_TO_INSTALL, IS_INSTALLED, PIN, GenericEngine
from _rules_straight_line import straight_line

from screening.core.algebra import Proof
from screening.core.answers import Effective
from screening.core.evaluation import (
    Assessment,
    assess,
    assess_answers,
    effective_answers,
    every_truth,
    level_bounds,
)
from screening.core.loading import load_rulebook
from screening.core.routing import route, smallest_raises
from screening.core.rulebook import Question, Rulebook
from screening.core.statements import Source, Statement, Value
from screening.core.truth import YES

DAY = date(2026, 11, 24)
AT = datetime(2026, 11, 24, 12, tzinfo=UTC)
ROUNDS, SCREENINGS, COMPARED, ANSWERS = 25, 40, 2_000, 60
Answers = Mapping[str, Effective]
Work = tuple[Callable[[Any], object], Sequence[Any]]
"""What is done, and the screenings it is done to, one after the other; what comes out of one is gone before the next."""


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


def complete_answer(question: Question, chance: random.Random) -> Value:
    """The same with nothing left open, and with so few signs that all levels occur."""
    if question.kind == "yes_no":
        return chance.choices(["no", "yes"], [95, 5])[0]
    if question.kind == "choices":
        return tuple(option.id for option in question.options if chance.random() < 0.01)
    return "2012-02-29" if question.kind == "date" else some_answer(question, chance)


def statements_on(
    questions: Sequence[Question], answer: Callable[[Question, random.Random], Value], chance: random.Random
) -> list[Statement]:
    """One statement on each question."""
    return [Statement(q.id, q.id, answer(q, chance), Source.OBSERVED, "officer_a", AT) for q in questions]


def every_proof(assessment: Assessment) -> list[Proof | None]:
    """All proofs of an assessment, made now."""
    items = [item for score in assessment.instruments for item in score.items]
    return [*(finding.proof for finding in assessment.findings), *assessment.levels.values(), *items]


def spin() -> int:
    """The yardstick: a fixed piece of plain Python."""
    return sum(number * number for number in range(2_000))


def in_turn(works: Mapping[str, Work]) -> dict[str, list[float]]:
    """Label → each round's microseconds for one screening; every round does all works once."""
    taken: dict[str, list[float]] = {label: [] for label in works}
    for _ in range(ROUNDS):
        for label, (work, screenings) in works.items():
            begun = time.process_time()
            for screening in screenings:
                work(screening)
            taken[label].append((time.process_time() - begun) / len(screenings) * 1e6)
    return taken


def show(title: str, works: Mapping[str, Work], against: str) -> None:
    """Time the works and print them, as ratios to the one named ``against``."""
    taken = in_turn(works)
    print(f"\n{title:<66} {'µs':>8} {'least':>8} {'ratio':>7}")
    for label, times in taken.items():
        ratio = statistics.median(mine / other for mine, other in zip(times, taken[against], strict=True))
        print(f"{label:<66} {statistics.median(times):8.1f} {min(times):8.1f} {ratio:7.2f}")


def compare_straight_line(rulebook: Rulebook, chance: random.Random) -> None:
    """The straight lines find what the evaluation finds, on random screenings with any unknown."""
    written, questions = straight_line(rulebook), list(rulebook.questions.values())
    for _ in range(COMPARED):
        asked = chance.sample(questions, chance.randint(0, len(questions)))
        answers = effective_answers(rulebook, statements_on(asked, open_or_given, chance), DAY)
        assessment = assess_answers(rulebook, answers)
        truths = tuple(int(finding.truth) for finding in assessment.findings)
        assert written(answers) == (*level_bounds(rulebook, answers), truths)


def open_or_given(question: Question, chance: random.Random) -> Value:
    """An answer from either kind of screening, or an unknown."""
    unknown = chance.choice(["unsure", "declined", "not_asked"])
    if question.kind in ("date", "text"):
        return unknown
    return chance.choice([some_answer(question, chance), complete_answer(question, chance), unknown])


def compare_engine(rulebook: Rulebook, engine: GenericEngine, screenings: Sequence[Answers]) -> None:
    """The engine finds what the evaluation finds on complete answers, and those reach every level."""
    levels = set()
    for answers in screenings:
        least, most = level_bounds(rulebook, answers)
        truths = every_truth(rulebook, answers)
        level, signs = engine.found(engine.plain(answers))
        assert least == most == level
        assert signs[: len(rulebook.named_order)] == [truths[name] is YES for name in rulebook.named_order]
        levels.add(level)
    assert levels == {0, 1, 2}, "the complete screenings must reach every level"


def level_on_open_answers(rulebook: Rulebook, screenings: Sequence[Answers]) -> None:
    """Three values: ours beside the straight lines."""
    written = straight_line(rulebook)
    ceiling = "straight-line Python: level and findings"
    works: dict[str, Work] = {
        ceiling: (written, screenings),
        "level, from the truth of every sign": (partial(level_bounds, rulebook), screenings),
        "level, interruptions, outcomes": (partial(assess_answers, rulebook), screenings),
        "level, interruptions, outcomes, findings that can be asked why": (
            lambda answers: assess_answers(rulebook, answers).findings,
            screenings,
        ),
        "level, and the score and bands of every instrument": (partial(every_truth, rulebook), screenings),
    }
    show("From effective answers, some open", works, ceiling)


def level_on_complete_answers(rulebook: Rulebook, chance: random.Random) -> None:
    """Complete answers: ours in three values, the straight lines in three, the engine in two."""
    if not IS_INSTALLED:
        print(f"\n{PIN}: {HOW_TO_INSTALL}")
        return
    questions, engine = list(rulebook.questions.values()), GenericEngine(rulebook)
    screenings = [
        effective_answers(rulebook, statements_on(questions, complete_answer, chance), DAY)
        for _ in range(SCREENINGS)
    ]
    compare_engine(rulebook, engine, screenings)
    plain, written = [engine.plain(each) for each in screenings], straight_line(rulebook)
    two_values = f"{PIN}: level and signs, two values"
    works: dict[str, Work] = {
        two_values: (engine.found, plain),
        "the same, effective answers made plain first": (
            lambda answers: engine.found(engine.plain(answers)),
            screenings,
        ),
        "straight-line Python: level and findings, three values": (written, screenings),
        "level, from the truth of every sign, three values": (partial(level_bounds, rulebook), screenings),
    }
    show("From complete answers", works, two_values)


def whole_screenings(rulebook: Rulebook, screenings: Sequence[Sequence[Statement]]) -> None:
    """From statements to what a page shows."""
    answers = [effective_answers(rulebook, each, DAY) for each in screenings]
    assessments = [assess_answers(rulebook, each) for each in answers]
    yardstick = "a spin of the yardstick"
    works: dict[str, Work] = {
        yardstick: (lambda _: spin(), screenings),
        "statements → effective answers": (lambda each: effective_answers(rulebook, each, DAY), screenings),
        "assessment from statements": (lambda each: assess(rulebook, each, DAY), screenings),
        "assessment from statements, every proof": (
            lambda each: every_proof(assess(rulebook, each, DAY)),
            screenings,
        ),
        "assessment and the questions that still decide": (
            lambda each: route(assess_answers(rulebook, each)),
            answers,
        ),
        "smallest sets of answers that raise the level": (smallest_raises, assessments),
    }
    show("Whole screenings", works, yardstick)


def main() -> None:
    """Print the tables."""
    rulebook = load_rulebook(Path(__file__).parents[1] / "rules")
    chance = random.Random(7)  # noqa: S311
    compare_straight_line(rulebook, chance)
    asked = [question for question in rulebook.questions.values() if question.kind != "text"][:ANSWERS]
    screenings = [statements_on(asked, some_answer, chance) for _ in range(SCREENINGS)]
    print(
        f"{len(asked)} answers, {len(rulebook.questions)} questions, {len(rulebook.indicators)} indicators, "
        f"{len(rulebook.instruments)} instruments; equal on {COMPARED:,} random screenings"
    )
    level_on_open_answers(rulebook, [effective_answers(rulebook, each, DAY) for each in screenings])
    level_on_complete_answers(rulebook, chance)
    whole_screenings(rulebook, screenings)


if __name__ == "__main__":
    main()

"""The evaluation in the browser finds exactly what the core finds: on invented rulebooks, on the shipped one, on every case."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page
from playwright.sync_api import Route as Requested

import screening
from screening.core.algebra import Proof
from screening.core.evaluation import assess
from screening.core.routing import route
from screening.core.rule_export import exported
from screening.core.rulebook import Rulebook
from screening.core.statements import Source, in_force
from screening.core.truth import Truth
from tests.vectors.twin_vectors import Vector, expected, vectors

STATIC = Path(screening.__file__).parent / "static"
ADDRESS = "http://twin.localhost"
OPERATORS = {
    "AnswerIs", "NumberAtLeast", "NumberBelow", "Includes", "All", "AnyOf", "Not", "AtLeast", "Named", "InBand",
    "Findings", "ConcernAtLeast",
}  # fmt: skip
# Texts go over and come back as JSON: that is what a page receives, and large values pass quickly.
EVALUATE = """async ({ rulebook, screenings }) => {
  const { assess } = await import("/rulebook_twin.js");
  const { assessSupposing, route, smallestLowers, smallestRaises } = await import("/rulebook_twin_routing.js");
  const read = JSON.parse(rulebook);
  const bands = read.instruments.flatMap(({ id, bands }) => bands.map((band) => `${id} ${band.id}`));
  const proved = ["clear", "possible", ...read.named.slice(-2).map(({ id }) => id), ...bands.slice(0, 1)];
  const found = (assessment) => {
    const { at_least, at_most, result, raised, interruptions, outcomes, actions } = assessment;
    const answers = Object.fromEntries(assessment.answers);
    return { answers, at_least, at_most, result, raised, interruptions, outcomes, actions, ...route(assessment) };
  };
  return JSON.stringify(JSON.parse(screenings).map(({ statements, today, supposed }) => {
    const assessment = assess(read, statements, today);
    return {
      ...found(assessment),
      truths: Object.fromEntries(assessment.truths),
      instruments: assessment.instruments,
      presumed: assessment.presumed,
      raises: smallestRaises(assessment),
      lowers: smallestLowers(assessment),
      proofs: proved.map((name) => assessment.proofOf(name)),
      outcome_proofs: read.outcomes.slice(0, 2).map(({ when }) => assessment.explain(when)),
      supposing: found(assessSupposing(assessment, new Map(supposed))),
    };
  }));
}"""


@pytest.fixture(scope="module")
def work() -> list[tuple[Rulebook, list[Vector]]]:
    return list(vectors())


@pytest.fixture
def twin_page(chromium: Browser) -> Iterator[Page]:
    """An empty page that can import the module. Nothing is really served."""

    def answer(requested: Requested) -> None:
        name = requested.request.url.rpartition("/")[2]
        if name.startswith("rulebook_twin"):
            requested.fulfill(
                body=(STATIC / name).read_text(encoding="utf-8"), content_type="text/javascript"
            )
        else:
            requested.fulfill(body="<!doctype html><title>Twin</title>", content_type="text/html")

    window = chromium.new_context()
    window.route("**/*", answer)
    page = window.new_page()
    page.goto(f"{ADDRESS}/")
    yield page
    window.close()


def found_by_twin(page: Page, rulebook: Rulebook, screenings: list[dict[str, Any]]) -> list[dict[str, Any]]:
    texts = {"rulebook": json.dumps(exported(rulebook)), "screenings": json.dumps(screenings)}
    found: list[dict[str, Any]] = json.loads(page.evaluate(EVALUATE, texts))
    return found


def differences(wanted: object, found: object, place: str) -> Iterator[str]:
    """Every field in which two results differ, by its place. A whole number and a truth value are never the same."""
    if isinstance(wanted, dict) and isinstance(found, dict):
        for key in [*wanted, *(key for key in found if key not in wanted)]:
            yield from differences(wanted.get(key, "absent"), found.get(key, "absent"), f"{place}.{key}")
    elif json.dumps(wanted) != json.dumps(found):
        yield f"{place}: the core finds {wanted!r}, the twin {found!r}"


def test_the_twin_finds_what_the_core_finds(
    twin_page: Page, work: list[tuple[Rulebook, list[Vector]]]
) -> None:
    compared, told = 0, []
    for rulebook, screenings in work:
        results = found_by_twin(twin_page, rulebook, [vector.plain for vector in screenings])
        for vector, found in zip(screenings, results, strict=True):
            told += differences(expected(rulebook, vector), found, vector.name)
            compared += 1
    assert not told, f"{len(told)} fields differ, the first:\n" + "\n".join(told[:20])
    assert compared >= 2_000


def test_a_time_that_is_not_utc_is_refused_rather_than_misread(
    twin_page: Page, work: list[tuple[Rulebook, list[Vector]]]
) -> None:
    rulebook, screenings = work[0]
    plain = screenings[0].plain
    for statement in plain["statements"]:
        # Two of the same question, source and author, so that their times must be compared.
        statement |= {"question": "a", "source": "said", "author": "a", "at": "2026-11-24T12:00:00-06:00"}
    with pytest.raises(Exception, match="not a time in UTC"):
        found_by_twin(twin_page, rulebook, [plain])


def proved(proof: Proof) -> Iterator[tuple[str, Truth]]:
    yield type(proof.condition).__name__, proof.truth
    for part in proof.parts:
        yield from proved(part)


def test_the_screenings_show_every_operator_with_every_truth_every_mix_of_sources_and_every_result(
    work: list[tuple[Rulebook, list[Vector]]],
) -> None:
    operators: set[tuple[str, Truth]] = set()
    mixes: set[frozenset[Source]] = set()
    results: set[str] = set()
    conflicts, partials, ties, carried = 0, 0, 0, 0
    for rulebook, screenings in work[:-1]:
        for vector in screenings:
            assessment = assess(rulebook, vector.statements, vector.today)
            results.add(assessment.result)
            for outcome in rulebook.concern.outcomes:
                operators.update(proved(assessment.explain(outcome.when)))
            conflicts += sum(answer.conflict for answer in assessment.answers.values())
            partials += sum(answer.partial for answer in assessment.answers.values())
            for group in in_force(vector.statements).values():
                mixes.add(frozenset(statement.source for statement in group))
                ties += len({statement.at for statement in group}) < len(group)
            carried += bool(route(assessment).decisive) and assessment.at_least == assessment.at_most
    assert operators == {(name, truth) for name in OPERATORS for truth in Truth}
    assert len(mixes) == 2 ** len(Source) - 1
    assert results == {"clear", "possible", "none", "cannot_rule_out"}
    assert min(conflicts, partials, ties) > 100
    assert carried > 5


def test_an_exported_rulebook_is_the_same_every_time_and_small_enough_to_send(
    work: list[tuple[Rulebook, list[Vector]]],
) -> None:
    rulebook = work[-1][0]
    text = json.dumps(exported(rulebook), separators=(",", ":"))
    assert json.loads(text) == exported(rulebook)
    assert text == json.dumps(exported(rulebook), separators=(",", ":"))
    assert len(text) < 60_000

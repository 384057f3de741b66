"""What the rules cost in the browser: the JavaScript twin in Chromium, beside straight-line JavaScript of the same rules.

Run: ``make bench ARGS=twin``. The straight-line code (``_straight_line.py``) is generated from the same exported rulebook,
does the same work on the same effective answers and must give the same before anything is timed. Every figure is a median
over rounds that alternate between the two, with the processor as it is and throttled to a sixth, as on a slow tablet.
"""

import json
import os
import random
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from _straight_line import StraightLine
from playwright.sync_api import Page, Route, sync_playwright

import screening
from rules import some_answer
from screening.core.loading import load_rulebook
from screening.core.rule_export import exported
from screening.core.rulebook import Rulebook

STATIC = Path(screening.__file__).parent / "static"
CHROMIUM = os.environ.get("SCREENING_CHROMIUM", "/usr/bin/chromium")
DAY, ADDRESS = date(2026, 11, 24), "http://twin.localhost"
AT = datetime(2026, 11, 24, 12, tzinfo=UTC)
SCREENINGS, ANSWERS, THROTTLE = 40, 60, 6

PREPARE = """async ({ rulebook, screenings, source }) => {
  const twin = await import("/rulebook_twin.js");
  const routing = await import("/rulebook_twin_routing.js");
  const rules = await import("/rulebook_twin_rules.js");
  const { combineAll } = await import("/rulebook_twin_answers.js");
  const read = JSON.parse(rulebook), all = JSON.parse(screenings), today = "2026-11-24";
  const straight = new Function("answers", source), book = rules.prepared(read);
  const answers = all.map((each) => rules.withApplicability(book, combineAll(book, each, today)));
  const told = ({ truths, at_least, at_most, raised, interruptions, outcomes, actions }) => JSON.stringify([
    [...(truths.values?.() ?? truths)], at_least, at_most, raised, interruptions.map((each) => each.id ?? each), outcomes,
    actions]);
  const found = (assessment) => {
    const { at_least, at_most, raised, interruptions, outcomes, actions } = assessment;
    return { at_least, at_most, raised, interruptions, outcomes, actions };
  };
  let kept = 0; // what was found is used, or the compiler would leave out finding it
  const use = ({ at_least, at_most, raised, interruptions, outcomes, actions }) => {
    kept += at_least + at_most + raised.length + interruptions.length + outcomes.length + actions.length;
  };
  const differing = answers.filter((each) => told(twin.assessAnswers(read, each)) !== told(straight(each))).length;
  if (differing) throw new Error(`the straight-line code differs from the twin on ${differing} screenings`);
  const assessments = answers.map((each) => twin.assessAnswers(read, each));
  const work = {
    combine: () => { for (const each of all) kept += combineAll(book, each, today).length; },
    straight: () => { for (const each of answers) use(straight(each)); },
    twin: () => { for (const each of answers) use(found(twin.assessAnswers(read, each))); },
    assess: () => { for (const each of all) use(found(twin.assess(read, each, today))); },
    route: () => { for (const each of assessments) kept += routing.route(each).decisive.length; },
    raises: () => { for (const each of assessments) kept += routing.smallestRaises(each).length; },
    lowers: () => { for (const each of assessments) kept += routing.smallestLowers(each).length; },
  };
  window.measure = (rounds, repeats) => {
    const times = Object.fromEntries(Object.keys(work).map((name) => [name, []]));
    for (let round = 0; round < rounds; round += 1) {
      for (const [name, run] of Object.entries(work)) {
        const often = ["raises", "lowers"].includes(name) ? 1 : repeats, begun = performance.now();
        for (let time = 0; time < often; time += 1) run();
        times[name].push((performance.now() - begun) / often / all.length * 1000);
      }
    }
    const median = (list) => list.sort((one, other) => one - other)[Math.floor(list.length / 2)];
    return Object.fromEntries(Object.entries(times).map(([name, list]) => [name, median(list)]));
  };
  window.measure(4, 30); // the compiler's warming up
}"""


def screenings(rulebook: Rulebook) -> list[list[dict[str, Any]]]:
    """Screenings of about sixty answers, as the twin is handed them."""
    chance = random.Random(7)  # noqa: S311
    asked = [question for question in rulebook.questions.values() if question.kind != "text"][:ANSWERS]
    return [
        [
            {"id": question.id, "question": question.id, "value": some_answer(question, chance),
             "source": "observed", "author": "officer_a", "at": AT.isoformat()}
            for question in asked
        ]
        for _ in range(SCREENINGS)
    ]  # fmt: skip


def empty_page(page: Page) -> None:
    """A page that can import the modules; nothing is really served."""

    def answer(requested: Route) -> None:
        name = requested.request.url.rpartition("/")[2]
        if name.startswith("rulebook_twin"):
            requested.fulfill(
                body=(STATIC / name).read_text(encoding="utf-8"), content_type="text/javascript"
            )
        else:
            requested.fulfill(body="<!doctype html><title>Twin</title>", content_type="text/html")

    page.route("**/*", answer)
    page.goto(f"{ADDRESS}/")


def main() -> None:
    """Print the table."""
    rulebook = load_rulebook(Path(__file__).parents[1] / "rules")
    plain = exported(rulebook)
    source = StraightLine(plain).source()
    text = json.dumps(plain, separators=(",", ":"))
    print(
        f"rulebook as JSON: {len(text.encode()) / 1000:.0f} kB; straight-line code: {source.count(chr(10))} lines"
    )
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page()
        empty_page(page)
        sent = {"rulebook": text, "screenings": json.dumps(screenings(rulebook)), "source": source}
        page.evaluate(PREPARE, sent)
        usual = page.evaluate("window.measure(15, 20)")
        page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": THROTTLE})
        slow = page.evaluate("window.measure(9, 5)")
        print(f"Chromium {browser.version}, {ANSWERS} answers, {len(rulebook.indicators)} indicators")
        browser.close()
    print(f"{'µs a screening':<52}{'as it is':>10}{f'1/{THROTTLE} speed':>11}{'straight-line = 1':>19}")
    for name, label in (
        ("straight", "straight-line: level, findings, what holds"),
        ("twin", "twin: the same work on the same answers"),
        ("combine", "statements into effective answers"),
        ("assess", "assess from statements, everything that holds"),
        ("route", "questions that still decide"),
        ("raises", "smallest sets that raise the level"),
        ("lowers", "smallest sets that lower it"),
    ):
        ratio = f"{usual[name] / usual['straight']:.1f}"
        print(f"{label:<52}{usual[name]:>10.1f}{slow[name]:>11.1f}{ratio:>19}")


if __name__ == "__main__":
    main()

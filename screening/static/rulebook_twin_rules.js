// An exported rulebook made ready to run: conditions become functions of the answers and of the truths found before.
// As screening/core/algebra.py (Compiled) and compiled_rules.py do it. Answers and truths are lists; places stand for names.

import { answerTest, includesTest, numberTest, UNANSWERED } from "./rulebook_twin_answers.js";
import { NO, UNKNOWN, YES, atLeast } from "./rulebook_twin_truth.js";

const ready = new WeakMap(); // exported rulebook → what is worked out from it once

/** The rulebook with its conditions compiled; worked out once for each rulebook object. */
export function prepared(rulebook) {
  if (!ready.has(rulebook)) ready.set(rulebook, new Book(rulebook));
  return ready.get(rulebook);
}

const TESTS = new Set(["is", "from", "below", "includes"]);

/** The question a condition tests itself, or null. */
export const questionOf = ([operator, question]) => (TESTS.has(operator) ? question : null);

/** The conditions directly inside one. */
export const partsOf = ([operator, first, second]) =>
  ({ all: first, any: first, not: [first], count: second })[operator] ?? [];

/** The condition itself and everything inside it, outermost first. */
export const everyNode = (condition) => [condition, ...partsOf(condition).flatMap(everyNode)];

const presumes = ([operator, , values]) => operator === "is" && values.includes(UNANSWERED);

/** A rulebook ready to run. `names` are all that have a truth: conditions, "instrument band", the two levels. */
class Book {
  #tests = new WeakMap();

  constructor(rulebook) {
    const { questions, named, instruments, levels } = rulebook;
    this.rulebook = rulebook;
    this.questions = questions;
    this.placeOf = new Map(questions.map(({ id }, place) => [id, place]));
    this.named = new Map(named.map(({ id, when }) => [id, when]));
    this.instruments = new Map(instruments.map((instrument) => [instrument.id, instrument]));
    const bands = instruments.flatMap(({ id, bands }) => bands.map((band) => `${id} ${band.id}`));
    this.names = [...this.named.keys(), ...bands, "clear", "possible"];
    this.truthAt = new Map(this.names.map((name, place) => [name, place]));
    this.applicability = questions.flatMap(({ applies_when: when }, place) =>
      when ? [{ place, test: this.test(when) }] : []);
    this.namedTests = named.map(({ when }) => this.test(when));
    this.scores = instruments.map((instrument) => scoreOf(this, instrument));
    this.levels = { clear: this.test(levels.clear), possible: this.test(levels.possible) };
    this.derived = questions.flatMap(({ years_since: since }, place) =>
      since === undefined ? [] : [{ place, since: this.placeOf.get(since) }]);
    const whenever = (entries) => entries.map((each) => ({ each, test: each.when ? this.test(each.when) : () => YES }));
    this.interruptions = whenever(rulebook.interruptions);
    this.outcomes = whenever(rulebook.outcomes);
    this.actions = whenever(rulebook.actions);
    this.signs = whenever(rulebook.indicators.map(({ id }) => ({ id, when: ["named", id] })));
    this.behindLevel = conditionsBehindLevel(this).flatMap(everyNode);
    this.presumable = [...new Set(this.behindLevel.filter(presumes).map(questionOf))];
  }

  /** The compiled function of a condition: answers, truths → truth. */
  test(condition) {
    if (!this.#tests.has(condition)) {
      const [operator, ...operands] = condition;
      this.#tests.set(condition, OPERATORS[operator](operands, this));
    }
    return this.#tests.get(condition);
  }

  /** A question's place, and whether it depends on others. */
  asked(id) {
    const place = this.placeOf.get(id);
    return [place, Boolean(this.questions[place].applies_when)];
  }

  /** The indicators that a count of findings ranges over, by category: lists of ids. */
  countedIn(strengths) {
    const grouped = new Map();
    for (const { id, strength, category } of this.rulebook.indicators) {
      if (!strengths.includes(strength)) continue;
      if (!grouped.has(category)) grouped.set(category, []);
      grouped.get(category).push(id);
    }
    return [...grouped.values()];
  }
}

// ---- operators

const lookUp = (name, { truthAt }) => {
  const place = truthAt.get(name);
  return (_, truths) => truths[place];
};

/** What each operator means: operands and rulebook → a function of answers and truths. */
const OPERATORS = {
  is: ([question, values], book) => answerTest(...book.asked(question), values),
  includes: ([question, options], book) => includesTest(...book.asked(question), options),
  from: (operands, book) => compare(operands, book, YES, NO),
  below: (operands, book) => compare(operands, book, NO, YES),
  all: ([parts], book) => allOf(parts.map((part) => book.test(part))),
  any: ([parts], book) => anyOf(parts.map((part) => book.test(part))),
  not: ([part], book) => {
    const test = book.test(part);
    return (answers, truths) => YES - test(answers, truths);
  },
  count: ([number, parts], book) => {
    const tests = parts.map((part) => book.test(part));
    return (answers, truths) => atLeast(number, tests.map((test) => test(answers, truths)));
  },
  named: ([name], book) => lookUp(name, book),
  band: ([instrument, band], book) => lookUp(`${instrument} ${band}`, book),
  findings: countTest,
  concern: ([level], book) => lookUp(level, book),
};

function compare([question, bound], book, atOrAbove, below) {
  const [place, isConditional] = book.asked(question);
  return numberTest(place, isConditional, bound, atOrAbove, below, book.questions[place].combining);
}

function allOf(tests) {
  if (tests.length === 2) {
    const [one, other] = tests;
    return (answers, truths) => {
      const first = one(answers, truths);
      if (first === NO) return NO;
      const second = other(answers, truths);
      return second < first ? second : first;
    };
  }
  return (answers, truths) => {
    let lowest = YES;
    for (let place = 0; place < tests.length; place += 1) {
      const truth = tests[place](answers, truths);
      if (truth === NO) return NO;
      if (truth < lowest) lowest = truth;
    }
    return lowest;
  };
}

function anyOf(tests) {
  if (tests.length === 2) {
    const [one, other] = tests;
    return (answers, truths) => {
      const first = one(answers, truths);
      if (first === YES) return YES;
      const second = other(answers, truths);
      return second > first ? second : first;
    };
  }
  return (answers, truths) => {
    let highest = NO;
    for (let place = 0; place < tests.length; place += 1) {
      const truth = tests[place](answers, truths);
      if (truth === YES) return YES;
      if (truth > highest) highest = truth;
    }
    return highest;
  };
}

/** Counts findings, and over how many categories they spread. */
function countTest([strengths, count, categories], book) {
  const grouped = book.countedIn(strengths).map((names) => names.map((name) => book.truthAt.get(name)));
  return (_, truths) => {
    let certain = 0, possible = 0, certainKinds = 0, possibleKinds = 0;
    for (const group of grouped) {
      let highest = NO;
      for (const place of group) {
        const truth = truths[place];
        if (truth === NO) continue;
        possible += 1;
        if (truth === YES) certain += 1;
        if (truth > highest) highest = truth;
      }
      if (highest === YES) certainKinds += 1;
      if (highest !== NO) possibleKinds += 1;
    }
    if (certain >= count && certainKinds >= categories) return YES;
    return possible >= count && possibleKinds >= categories ? UNKNOWN : NO;
  };
}

// ---- scores

/** An instrument's score, ready to run: answers, truths → lowest, highest, and whether the tool is used. */
function scoreOf(book, { id, items, bands, left_out_points: leftOut, used_when: usedWhen }) {
  const tests = items.map(({ points, when }) => ({ points, test: book.test(when) }));
  const use = usedWhen ? book.test(usedWhen) : () => YES;
  const score = (answers, truths) => {
    let lowest = 0, highest = leftOut;
    for (const { points, test } of tests) {
      const truth = test(answers, truths);
      if (truth === YES) lowest += points;
      if (truth !== NO) highest += points;
    }
    return { lowest, highest, used: use(answers, truths) };
  };
  return { id, bands, score };
}

/** Whether a score lies in a band: wholly, not at all, or cannot tell. A tool not used reaches no band. */
export function bandTruth({ at_least: from, below }, { lowest, highest, used }) {
  const within = lowest >= from && (below === null || highest < below);
  const outside = highest < from || (below !== null && lowest >= below);
  return Math.min(used, within ? YES : outside ? NO : UNKNOWN);
}

// ---- running

/** Notes for each question whether it applies. Conditions name earlier questions only, so one pass does. */
export function withApplicability(book, combined) {
  const answers = [...combined];
  for (const { place, test } of book.applicability) {
    const applies = test(answers, null);
    if (answers[place].applies !== applies) answers[place] = { ...answers[place], applies };
  }
  return answers;
}

/** The truths of all names, in the order of `book.names`. "Possible" is never less true than "clear". */
export function truthsOf({ names, namedTests, scores, levels }, answers) {
  const truths = new Uint8Array(names.length);
  let place = 0;
  for (; place < namedTests.length; place += 1) truths[place] = namedTests[place](answers, truths);
  for (const { bands, score } of scores) {
    if (!bands.length) continue;
    const reached = score(answers, truths);
    for (const band of bands) {
      truths[place] = bandTruth(band, reached);
      place += 1;
    }
  }
  const clear = levels.clear(answers, truths), possible = levels.possible(answers, truths);
  truths[place] = clear;
  truths[place + 1] = Math.max(clear, possible);
  return truths;
}

/** The lowest level that truths allow: how many of "possible" and "clear" are reached for certain. */
export function lowestOf(truths) {
  const { length } = truths;
  return (truths[length - 1] === YES ? 1 : 0) + (truths[length - 2] === YES ? 1 : 0);
}

/** The highest level that truths allow. */
export function highestOf(truths) {
  const { length } = truths;
  return (truths[length - 1] === NO ? 0 : 1) + (truths[length - 2] === NO ? 0 : 1);
}

// ---- what the level rests on

/** Every condition that can bear on the level: the two level rules and whatever they rest on. */
function conditionsBehindLevel(book) {
  const { clear, possible } = book.rulebook.levels, waiting = [clear, possible], found = new Set();
  while (waiting.length) {
    const condition = waiting.pop();
    if (found.has(condition)) continue;
    found.add(condition);
    for (const node of everyNode(condition)) waiting.push(...restsOn(book, node));
  }
  return [...found];
}

/** Everything an instrument's bands rest on: its items, and whether it is used at all. */
export const behindBands = ({ items, used_when: usedWhen }) =>
  [...items.map(({ when }) => when), ...(usedWhen ? [usedWhen] : [])];

/** The conditions elsewhere in the rulebook that a node looks up. */
export function restsOn(book, [operator, operand]) {
  if (operator === "named") return [book.named.get(operand)];
  if (operator === "band") return behindBands(book.instruments.get(operand));
  if (operator !== "findings") return [];
  return book.rulebook.indicators.filter(({ strength }) => operand.includes(strength))
    .map(({ id }) => book.named.get(id));
}

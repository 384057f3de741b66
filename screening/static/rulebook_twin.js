// The core's evaluation once more, in JavaScript: statements and an exported rulebook → an assessment.
// screening/core is the original and says why each rule is as it is; screening/core/rule_export.py describes
// the rulebook read here. tests/browser/test_rulebook_twin.py holds the two to the same: change both.

/** Three-valued truth, in the logic's order: minimum, maximum and mirror image are its operations. */
export const TRUTH = Object.freeze({ NO: 0, UNKNOWN: 1, YES: 2 });

/** How much concern, lowest first. */
export const LEVEL = Object.freeze({ NONE: 0, POSSIBLE: 1, CLEAR: 2 });

const { NO, UNKNOWN, YES } = TRUTH;
const UNANSWERED = "unanswered"; // the state of a question nobody touched; no statement has it as a value
const UNKNOWN_STRENGTH = { not_asked: 0, declined: 1, unsure: 2 };
const YES_NO_STRENGTH = { not_asked: 0, no: 1, declined: 2, unsure: 3, yes: 4 };
const ready = new WeakMap(); // exported rulebook → what is worked out from it once
const UTC_TIME = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?(?:Z|\+00:00)$/;

/**
 * @typedef {{id: string, question: string, value: string|number|string[], source: string, author: string,
 *   at: string}} Statement One reply from one source; `at` is an ISO time in UTC.
 * @typedef {{state: string, value: string|number|string[]|null, partial: boolean, applies: number,
 *   conflict: boolean, derived: boolean}} Effective What is known on one question.
 * @typedef {{id: string, lowest: number, highest: number, band: string|null}} Score An instrument's interval.
 */

/**
 * Everything the rulebook finds in the statements. `at_least` and `at_most` are the levels that the open
 * answers still allow, `result` is their one word; `truths` also holds each "instrument band" and the levels;
 * `presumed` lists untouched questions whose answer is presumed, `decisive` those that can change the level.
 * @param {object} rulebook as `exported` in screening/core/rule_export.py writes it; not to be changed
 * @param {Statement[]} statements all statements of one screening, in any order
 * @param {string} today the screening's day, YYYY-MM-DD; ages are counted to it
 * @returns {{answers: Object<string, Effective>, truths: Object<string, number>,
 *   at_least: number, at_most: number, result: "clear"|"possible"|"none"|"cannot_rule_out",
 *   interruptions: string[], outcomes: string[], instruments: Score[], presumed: string[],
 *   decisive: string[], may_stop: boolean}}
 */
export function assess(rulebook, statements, today) {
  const book = prepared(rulebook);
  const answers = withApplicability(book, combineAll(book, statements, today));
  const truths = truthsOf(book, answers), bounds = boundsOf(truths), scene = { book, answers, truths };
  const holds = ({ when }) => evaluate(when, scene) === YES, idOf = ({ id }) => id;
  const presumed = book.presumable.filter((id) => answers.get(id).state === UNANSWERED);
  const decisive = decisiveQuestions(scene, bounds.at_least, presumed);
  return {
    answers: Object.fromEntries(answers),
    truths: Object.fromEntries(truths),
    ...bounds,
    result: resultOf(bounds),
    interruptions: rulebook.interruptions.filter(holds).map(idOf),
    outcomes: rulebook.outcomes.filter(holds).map(idOf),
    instruments: rulebook.instruments.map((instrument) => scored(instrument, scene)),
    presumed,
    decisive,
    may_stop: decisive.length === 0,
  };
}

// ---- the rulebook made ready

function prepared(rulebook) {
  if (ready.has(rulebook)) return ready.get(rulebook);
  const book = {
    rulebook,
    questions: new Map(rulebook.questions.map((question) => [question.id, question])),
    named: new Map(rulebook.named.map(({ id, when }) => [id, when])),
    instruments: new Map(rulebook.instruments.map((instrument) => [instrument.id, instrument])),
  };
  book.behindLevel = conditionsBehindLevel(book).flatMap(everyNode);
  book.presumable = [...new Set(book.behindLevel.filter(presumes).map(questionOf))];
  ready.set(rulebook, book);
  return book;
}

/** Every condition that can bear on the level: the two level rules and whatever they rest on. */
function conditionsBehindLevel(book) {
  const waiting = [book.rulebook.levels.clear, book.rulebook.levels.possible], found = new Set();
  while (waiting.length) {
    const condition = waiting.pop();
    if (found.has(condition)) continue;
    found.add(condition);
    for (const node of everyNode(condition)) waiting.push(...restsOn(book, node));
  }
  return [...found];
}

/** The conditions elsewhere in the rulebook that a node looks up. */
function restsOn(book, [operator, operand]) {
  if (operator === "named") return [book.named.get(operand)];
  if (operator === "band") return book.instruments.get(operand).items.map(({ when }) => when);
  return operator === "findings" ? counted(book, operand).map(({ id }) => book.named.get(id)) : [];
}

const counted = ({ rulebook }, strengths) =>
  rulebook.indicators.filter(({ strength }) => strengths.includes(strength));

// ---- conditions

const partsOf = ([operator, first, second]) =>
  ({ all: first, any: first, not: [first], count: second })[operator] ?? [];
const everyNode = (condition) => [condition, ...partsOf(condition).flatMap(everyNode)];
const TESTS = new Set(["is", "from", "below", "includes"]);
const questionOf = ([operator, question]) => (TESTS.has(operator) ? question : null);
const presumes = ([operator, , values]) => operator === "is" && values.includes(UNANSWERED);

const negation = (truth) => YES - truth;
const conjunction = (truths) => Math.min(YES, ...truths);
const disjunction = (truths) => Math.max(NO, ...truths);

function atLeast(count, truths) {
  const reached = (least) => truths.filter((truth) => truth >= least).length >= count;
  if (reached(YES)) return YES;
  return reached(UNKNOWN) ? UNKNOWN : NO;
}

/** What each operator means: operands and scene (rulebook, answers, truths found before) → truth. */
const OPERATORS = {
  is: ([question, values], scene) => tested(question, scene, ({ state, value }) => {
    if (values.includes(value ?? state)) return YES;
    return value === null ? UNKNOWN : NO;
  }),
  from: ([question, bound], scene) => numberTest(question, bound, YES, NO, scene),
  below: ([question, bound], scene) => numberTest(question, bound, NO, YES, scene),
  includes: ([question, options], scene) => tested(question, scene, ({ value, partial }) => {
    if (value?.some((option) => options.includes(option))) return YES;
    return value === null || partial ? UNKNOWN : NO;
  }),
  all: ([parts], scene) => conjunction(parts.map((part) => evaluate(part, scene))),
  any: ([parts], scene) => disjunction(parts.map((part) => evaluate(part, scene))),
  not: ([part], scene) => negation(evaluate(part, scene)),
  count: ([number, parts], scene) => atLeast(number, parts.map((part) => evaluate(part, scene))),
  named: ([name], { truths }) => truths.get(name),
  band: ([instrument, band], { truths }) => truths.get(`${instrument} ${band}`),
  findings: countFindings,
  concern: ([level], { truths }) => truths.get(level),
};

const evaluate = ([operator, ...operands], scene) => OPERATORS[operator](operands, scene);

/** A test on one answer counts no further than its question applies. */
function tested(question, { answers }, test) {
  const answer = answers.get(question);
  return Math.min(test(answer), answer.applies);
}

/** Where a source was unsure, a number is certain only on the side towards which it is combined. */
function numberTest(question, bound, atOrAbove, below, scene) {
  const settledSide = { highest: atOrAbove, lowest: below }[scene.book.questions.get(question).combining];
  return tested(question, scene, ({ value, partial }) => {
    if (value === null) return UNKNOWN;
    const truth = Number(value) >= bound ? atOrAbove : below;
    return partial && truth !== settledSide ? UNKNOWN : truth;
  });
}

function countFindings([strengths, count, categories], { book, truths }) {
  const indicators = counted(book, strengths), truthOf = ({ id }) => truths.get(id);
  const together = atLeast(count, indicators.map(truthOf));
  if (categories === 1 || together === NO) return together;
  const kinds = [...new Set(indicators.map(({ category }) => category))];
  const ofKind = (kind) => indicators.filter(({ category }) => category === kind).map(truthOf);
  return Math.min(together, atLeast(categories, kinds.map(ofKind).map(disjunction)));
}

// ---- statements → effective answers

/** Python orders texts by code points, `<` by UTF-16 units: the two differ beyond the basic plane. */
function byCodePoints(one, other) {
  const ones = [...one], others = [...other];
  const place = ones.findIndex((letter, at) => letter !== others[at]);
  if (place === -1) return ones.length - others.length;
  return place < others.length ? ones[place].codePointAt(0) - others[place].codePointAt(0) : 1;
}

/** A UTC time as a text that sorts down to the microsecond, which the browser's own dates do not hold. */
function moment(time) {
  const read = UTC_TIME.exec(time);
  if (!read) throw new Error(`not a time in UTC: ${time}`); // misread, it would let an old answer win
  return `${read[1]}.${(read[2] ?? "").padEnd(6, "0")}`;
}

function byTime(one, other) {
  const [first, second] = [moment(one.at), moment(other.at)];
  if (first === second) return byCodePoints(one.id, other.id);
  return first < second ? -1 : 1;
}

/** Per question the statements that no later one of the same source and author supersedes, oldest first. */
function inForce(statements) {
  const latest = new Map(), grouped = new Map();
  for (const statement of statements) {
    const key = JSON.stringify([statement.question, statement.source, statement.author]);
    const held = latest.get(key);
    if (held === undefined || byTime(statement, held) > 0) latest.set(key, statement);
  }
  for (const statement of [...latest.values()].sort(byTime)) {
    grouped.set(statement.question, [...(grouped.get(statement.question) ?? []), statement]);
  }
  return grouped;
}

const isUnknown = (value) => typeof value === "string" && Object.hasOwn(UNKNOWN_STRENGTH, value);
const strongestOf = (values, strength) =>
  values.reduce((held, value) => (strength[value] > strength[held] ? value : held));
const effective = (state, value = null, more = {}) =>
  ({ state, value, partial: false, applies: YES, conflict: false, derived: false, ...more });

function combine(question, statements) {
  if (!statements.length) return effective(UNANSWERED);
  const values = statements.map(({ value }) => value);
  if (question.kind === "yes_no") {
    const strongest = strongestOf(values, YES_NO_STRENGTH);
    if (isUnknown(strongest)) return effective(strongest);
    return effective("known", strongest, { conflict: values.includes("yes") && values.includes("no") });
  }
  const known = values.filter((value) => !isUnknown(value));
  if (!known.length) return effective(strongestOf(values, UNKNOWN_STRENGTH));
  return effective("known", combinedValue(question, known), {
    partial: values.includes("unsure") || values.includes("declined"),
    conflict: question.kind !== "choices" && new Set(known).size > 1,
  });
}

function combinedValue({ kind, combining, options }, known) {
  const ticked = known.filter(Array.isArray).flat();
  if (combining === "union") return options.filter((option) => ticked.includes(option));
  if (combining === "latest") return known.at(-1);
  const rank = kind === "choice" ? (value) => options.indexOf(value) : Number;
  const isBetter = combining === "highest" ? (one, other) => one > other : (one, other) => one < other;
  const picked = known.reduce((held, value) => (isBetter(rank(value), rank(held)) ? value : held));
  return kind === "choice" ? picked : Number(picked);
}

/** Completed years between two days; a February 29 birthday is reached on March 1. */
function wholeYears(since, today) {
  return Number(today.slice(0, 4)) - Number(since.slice(0, 4)) - (today.slice(5) < since.slice(5) ? 1 : 0);
}

function combineAll(book, statements, today) {
  const held = inForce(statements), answers = new Map();
  for (const [id, question] of book.questions) answers.set(id, combine(question, held.get(id) ?? []));
  for (const [id, question] of book.questions) {
    const since = answers.get(question.years_since);
    if (since?.state !== "known") continue;
    answers.set(id, withYears(question, answers.get(id), wholeYears(since.value, today)));
  }
  return answers;
}

function withYears({ combining }, stated, years) {
  const { state, value, conflict } = stated, partial = state === "unsure" || state === "declined";
  if (state !== "known") return effective("known", years, { partial, derived: true });
  const combined = combining === "lowest" ? Math.min(value, years) : Math.max(value, years);
  return { ...stated, value: combined, conflict: conflict || value !== years, derived: true };
}

/** Notes for each question whether it applies. Conditions name earlier questions only, so one pass does. */
function withApplicability(book, combined) {
  const answers = new Map(combined);
  for (const [id, { applies_when: when }] of book.questions) {
    if (when) answers.set(id, { ...answers.get(id), applies: evaluate(when, { book, answers }) });
  }
  return answers;
}

// ---- findings, scores and levels

function truthsOf(book, answers) {
  const truths = new Map(), scene = { book, answers, truths };
  for (const [name, when] of book.named) truths.set(name, evaluate(when, scene));
  for (const instrument of book.rulebook.instruments) {
    const score = scoreOf(instrument, scene);
    for (const band of instrument.bands) truths.set(`${instrument.id} ${band.id}`, bandTruth(band, score));
  }
  truths.set("clear", evaluate(book.rulebook.levels.clear, scene));
  truths.set("possible", Math.max(truths.get("clear"), evaluate(book.rulebook.levels.possible, scene)));
  return truths;
}

function scoreOf({ items }, scene) {
  const score = (least) => items.filter(({ when }) => evaluate(when, scene) >= least)
    .reduce((sum, { points }) => sum + points, 0);
  return { lowest: score(YES), highest: score(UNKNOWN) };
}

function bandTruth({ at_least: from, below }, { lowest, highest }) {
  if (lowest >= from && (below === null || highest < below)) return YES;
  return highest < from || (below !== null && lowest >= below) ? NO : UNKNOWN;
}

function scored({ id, items, bands }, scene) {
  const score = scoreOf({ items }, scene);
  return { id, ...score, band: bands.filter((band) => bandTruth(band, score) === YES).at(-1)?.id ?? null };
}

/** "Possible" is never less true than "clear", so a level is how many of the two are reached. */
function boundsOf(truths) {
  const reached = (least) => ["possible", "clear"].filter((level) => truths.get(level) >= least).length;
  return { at_least: reached(YES), at_most: reached(UNKNOWN) };
}

function resultOf({ at_least: lowest, at_most: highest }) {
  if (lowest === LEVEL.NONE && highest !== LEVEL.NONE) return "cannot_rule_out";
  return ["none", "possible", "clear"][lowest];
}

// ---- which questions still decide

function decisiveQuestions(scene, certain, presumed) {
  const { book, truths } = scene, { levels } = book.rulebook;
  const found = new Set(presumed.filter((id) => presumptionCarries(scene, certain, id)));
  const seen = new Set();
  collectOpen(levels.clear, scene, found, seen);
  // "Possible" follows from "clear": its own rule decides nothing more once that holds.
  if (truths.get("possible") === UNKNOWN) collectOpen(levels.possible, scene, found, seen);
  return [...book.questions.keys()].filter((id) => found.has(id));
}

/** Whether some answer to a presumed question would lower what is certain now. */
function presumptionCarries({ book, answers }, level, id) {
  return book.behindLevel.filter((node) => questionOf(node) === id).flatMap(valuesOf).some((value) => {
    const supposed = new Map(answers).set(id, { ...answers.get(id), state: "known", value, partial: false });
    return boundsOf(truthsOf(book, withApplicability(book, supposed))).at_least < level;
  });
}

/** The known values a test asks about; supposing others tells nothing new. */
function valuesOf([operator, , operand]) {
  if (operator === "is") return operand.filter((value) => value !== UNANSWERED && !isUnknown(value));
  return operator === "includes" ? operand.map((option) => [option]) : [operand - 1, operand];
}

/** Adds the open questions beneath a condition to those found, as long as the condition is unknown. */
function collectOpen(condition, scene, found, seen) {
  if (seen.has(condition) || evaluate(condition, scene) !== UNKNOWN) return;
  seen.add(condition);
  const question = questionOf(condition), parts = [...partsOf(condition), ...restsOn(scene.book, condition)];
  if (question !== null) collectOpenQuestion(question, scene, found);
  for (const part of parts) collectOpen(part, scene, found, seen);
}

/** Adds a question that is open, and what decides whether it applies at all. */
function collectOpenQuestion(id, scene, found) {
  const { state, partial, applies } = scene.answers.get(id);
  if ((state !== "known" || partial) && applies !== NO) found.add(id);
  if (applies !== UNKNOWN) return;
  for (const inner of everyNode(scene.book.questions.get(id).applies_when).map(questionOf)) {
    if (inner !== null && !found.has(inner)) collectOpenQuestion(inner, scene, found);
  }
}

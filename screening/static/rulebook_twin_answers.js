// Statements → effective answers, as screening/core/answers.py and statements.py do it.

import { NO, UNKNOWN, YES } from "./rulebook_twin_truth.js";

/** The state of a question nobody touched; no statement has it as a value. */
export const UNANSWERED = "unanswered";

const UNKNOWN_STRENGTH = { not_asked: 0, declined: 1, unsure: 2 };
const YES_NO_STRENGTH = { not_asked: 0, no: 1, declined: 2, unsure: 3, yes: 4 };
const UTC_TIME = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?(?:Z|\+00:00)$/;

/**
 * @typedef {{id: string, question: string, value: string|number|string[], source: string, author: string,
 *   at: string}} Statement One reply from one source; `at` is an ISO time in UTC.
 * @typedef {{state: string, value: string|number|string[]|null, partial: boolean, applies: number,
 *   conflict: boolean, derived: boolean}} Effective What is known on one question. Never changed, only replaced.
 */

/** Whether a value is one of the three recorded unknowns. */
export const isUnknown = (value) => value === "unsure" || value === "declined" || value === "not_asked";

/** Whether a further reply could still add to an answer: unknown or only partly known, and not inapplicable. */
export const isOpen = ({ state, partial, applies }) => (state !== "known" || partial) && applies !== NO;

/** Whether nobody has put the question yet. */
export const isUnasked = ({ state, applies }) =>
  (state === UNANSWERED || state === "not_asked") && applies !== NO;

/**
 * Every question's effective answer in the rulebook's order, applicability not yet considered.
 * @param {object} book a rulebook as `prepared` makes it
 * @param {Statement[]} statements in any order
 * @param {string} today YYYY-MM-DD
 * @returns {Effective[]}
 */
export function combineAll(book, statements, today) {
  const { questions, derived } = book, held = inForce(book, statements), answers = [];
  for (let place = 0; place < questions.length; place += 1) answers.push(combine(questions[place], held[place]));
  for (const { place, since } of derived) {
    const { state, value } = answers[since];
    if (state === "known") answers[place] = withYears(questions[place], answers[place], wholeYears(value, today));
  }
  return answers;
}

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

/** By question's place the statements that no later one of the same source and author supersedes, oldest first. */
function inForce({ placeOf, questions }, statements) {
  const grouped = new Array(questions.length), several = [];
  for (const statement of statements) {
    const place = placeOf.get(statement.question);
    if (place === undefined) continue;
    const group = grouped[place];
    if (group === undefined) grouped[place] = [statement];
    else if (addLatest(group, statement) === 2) several.push(group);
  }
  for (const group of several) group.sort(byTime);
  return grouped;
}

/** Adds a statement, in the place of an earlier one of the same source and author, or not at all after a later one. */
function addLatest(group, statement) {
  const { source, author } = statement;
  const held = group.findIndex((each) => each.source === source && each.author === author);
  if (held === -1) return group.push(statement);
  if (byTime(statement, group[held]) > 0) group[held] = statement;
  return 0;
}

const strongestOf = (values, strength) =>
  values.reduce((held, value) => (strength[value] > strength[held] ? value : held));

/** An effective answer that applies. */
export const effective = (state, value, partial = false, conflict = false, derived = false) =>
  ({ state, value, partial, applies: YES, conflict, derived });
const NOTHING = Object.freeze(effective(UNANSWERED, null));

function combine(question, statements) {
  if (statements === undefined) return NOTHING;
  if (statements.length === 1) return combineOne(question, statements[0].value);
  const values = statements.map(({ value }) => value);
  if (question.kind === "yes_no") {
    const strongest = strongestOf(values, YES_NO_STRENGTH);
    if (isUnknown(strongest)) return effective(strongest, null);
    return effective("known", strongest, false, values.includes("yes") && values.includes("no"));
  }
  const known = values.filter((value) => !isUnknown(value));
  if (!known.length) return effective(strongestOf(values, UNKNOWN_STRENGTH), null);
  const partial = values.includes("unsure") || values.includes("declined");
  const conflict = question.kind !== "choices" && new Set(known).size > 1;
  return effective("known", combinedValue(question, known), partial, conflict);
}

/** One statement alone, as nearly every question has: the same, without the comparing. */
function combineOne(question, value) {
  if (isUnknown(value)) return effective(value, null);
  return effective("known", question.kind === "yes_no" ? value : combinedValue(question, [value]));
}

function combinedValue({ kind, combining, options }, known) {
  if (combining === "union") {
    const ticked = known.filter(Array.isArray).flat();
    return options.filter((option) => ticked.includes(option));
  }
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

function withYears({ combining }, stated, years) {
  const { state, value, conflict } = stated, partial = state === "unsure" || state === "declined";
  if (state !== "known") return effective("known", years, partial, false, true);
  const combined = combining === "lowest" ? Math.min(value, years) : Math.max(value, years);
  return { ...stated, value: combined, conflict: conflict || value !== years, derived: true };
}

// ---- tests on one answer: no further than the question applies

/** A test as it stands, or no further than its question applies where the question depends on others. */
function limited(place, isConditional, test) {
  if (!isConditional) return test;
  return (answers) => {
    const truth = test(answers), { applies } = answers[place];
    return truth < applies ? truth : applies;
  };
}

/** The function that tests whether an answer is one of some values, unknowns among them. */
export function answerTest(place, isConditional, values) {
  const states = values.filter((value) => isUnknown(value) || value === UNANSWERED);
  if (values.length > 1 || states.length) {
    return limited(place, isConditional, (answers) => {
      const { state, value } = answers[place];
      if (value === null) return states.includes(state) ? YES : UNKNOWN;
      return values.includes(value) ? YES : NO;
    });
  }
  const [wanted] = values; // as nearly all tests are
  return limited(place, isConditional, (answers) => {
    const { value } = answers[place];
    if (value === wanted) return YES;
    return value === null ? UNKNOWN : NO;
  });
}

/** The function that tests whether any of some options was ticked. */
export function includesTest(place, isConditional, options) {
  const wanted = new Set(options);
  return limited(place, isConditional, (answers) => {
    const { value, partial } = answers[place];
    if (value === null) return UNKNOWN;
    if (Array.isArray(value)) for (const ticked of value) if (wanted.has(ticked)) return YES;
    return partial ? UNKNOWN : NO;
  });
}

/** The function that compares a number. Where a source was unsure, it is certain only towards the side it is combined to. */
export function numberTest(place, isConditional, bound, atOrAbove, below, combining) {
  const settledSide = { highest: atOrAbove, lowest: below }[combining];
  return limited(place, isConditional, (answers) => {
    const { value, partial } = answers[place];
    if (value === null) return UNKNOWN;
    const truth = Number(value) >= bound ? atOrAbove : below;
    return partial && truth !== settledSide ? UNKNOWN : truth;
  });
}

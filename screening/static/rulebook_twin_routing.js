// Which questions still decide, and what would change the level, as screening/core/routing.py does it.

import { assessAnswers } from "./rulebook_twin.js";
import { isOpen, isUnasked, isUnknown, UNANSWERED } from "./rulebook_twin_answers.js";
import { Covering, goal, unionOf } from "./rulebook_twin_covering.js";
import {
  everyNode, lowestOf, partsOf, questionOf, restsOn, truthsOf, withApplicability,
} from "./rulebook_twin_rules.js";
import { LEVEL, NO, UNKNOWN, YES } from "./rulebook_twin_truth.js";

const LARGEST_SET = 3, MOST_TRIALS = 600;

/**
 * The open questions that can still change the level, those of them nobody has put yet, and whether asking may stop.
 * @param {import("./rulebook_twin.js").Assessment} assessment
 * @returns {{decisive: string[], unasked: string[], may_stop: boolean}}
 */
export function route(assessment) {
  const { book, effective, presumed, at_least: certain } = assessment, { levels } = book.rulebook;
  const found = new Set(presumed.filter((id) => presumptionCarries(assessment, certain, id))), seen = new Set();
  collectOpen(levels.clear, assessment, found, seen);
  // "Possible" follows from "clear": its own rule decides nothing more once that holds.
  if (assessment.truths.get("possible") === UNKNOWN) collectOpen(levels.possible, assessment, found, seen);
  const decisive = book.questions.map(({ id }) => id).filter((id) => found.has(id));
  const unasked = decisive.filter((id) => isUnasked(effective[book.placeOf.get(id)]));
  return { decisive, unasked, may_stop: decisive.length === 0 };
}

/** Whether some answer to a presumed question would lower what is certain now. */
function presumptionCarries(assessment, level, id) {
  return hypotheticalValues(assessment.book, id)
    .some((value) => certainLevel(assessment.book, suppose(assessment, [[id, value]])) < level);
}

const certainLevel = (book, answers) => lowestOf(truthsOf(book, answers));

/** Adds the open questions beneath a condition to those found, as long as the condition is unknown. */
function collectOpen(condition, assessment, found, seen) {
  if (seen.has(condition) || assessment.truthOf(condition) !== UNKNOWN) return;
  seen.add(condition);
  const question = questionOf(condition);
  if (question !== null) collectOpenQuestion(question, assessment, found);
  for (const part of partsOf(condition)) collectOpen(part, assessment, found, seen);
  for (const part of restsOn(assessment.book, condition)) collectOpen(part, assessment, found, seen);
}

/** Adds a question that is open, and what decides whether it applies at all. */
function collectOpenQuestion(id, assessment, found) {
  const { book, effective } = assessment, place = book.placeOf.get(id);
  if (isOpen(effective[place])) found.add(id);
  if (effective[place].applies !== UNKNOWN) return;
  for (const inner of everyNode(book.questions[place].applies_when).map(questionOf)) {
    if (inner !== null && !found.has(inner)) collectOpenQuestion(inner, assessment, found);
  }
}

// ---- suppositions

/** The answers to a question that some condition behind the level asks about; supposing others tells nothing new. */
export function hypotheticalValues(book, question) {
  book.tested ??= testedValues(book);
  return [...(book.tested.get(question)?.values() ?? [])];
}

function testedValues(book) {
  const tested = new Map();
  for (const node of book.behindLevel) {
    const question = questionOf(node);
    if (question === null) continue;
    if (!tested.has(question)) tested.set(question, new Map());
    for (const value of valuesOf(node)) tested.get(question).set(JSON.stringify(value), value);
  }
  return tested;
}

function valuesOf([operator, , operand]) {
  if (operator === "is") return operand.filter((value) => value !== UNANSWERED && !isUnknown(value));
  return operator === "includes" ? operand.map((option) => [option]) : [operand - 1, operand];
}

/**
 * The effective answers as they would be if these questions had these known answers.
 * Supposing ticked options leaves those ticked already; supposing none of them takes all away.
 * @param {import("./rulebook_twin.js").Assessment} assessment
 * @param {[string, string|number|string[]][]} supposed
 */
export function suppose({ book, effective }, supposed) {
  const answers = [...effective];
  for (const [question, value] of supposed) {
    const place = book.placeOf.get(question);
    answers[place] = supposedAnswer(book.questions[place], answers[place], value);
  }
  return withApplicability(book, answers);
}

function supposedAnswer({ options }, held, value) {
  const adds = Array.isArray(value) && Array.isArray(held.value) && value.length > 0;
  const ticked = adds ? options.filter((option) => held.value.includes(option) || value.includes(option)) : value;
  return { ...held, state: "known", value: ticked, partial: false };
}

/**
 * The effective answers with these in the place of those given: known ones, or recorded unknowns.
 * @param {import("./rulebook_twin.js").Assessment} assessment
 * @param {Map<string, string|number|string[]>} supposed
 */
export function withAnswers({ book, effective }, supposed) {
  const answers = [...effective];
  for (const [question, value] of supposed) {
    const place = book.placeOf.get(question), unknown = isUnknown(value);
    answers[place] = {
      ...answers[place], state: unknown ? value : "known", value: unknown ? null : value,
      partial: false, conflict: false, derived: false,
    };
  }
  return withApplicability(book, answers);
}

/** An assessment with suppositions in the place of the answers given. */
export function assessSupposing(assessment, supposed) {
  return assessAnswers(assessment.book.rulebook, withAnswers(assessment, supposed));
}

// ---- the smallest sets

/**
 * The smallest sets of open answers (at most three) that would surely raise the level.
 * @param {import("./rulebook_twin.js").Assessment} assessment
 * @returns {{answers: [string, string|number|string[]][], level: number}[]}
 */
export function smallestRaises(assessment) {
  const { book, at_least: certain } = assessment, { levels } = book.rulebook;
  if (certain === LEVEL.CLEAR) return [];
  const candidates = route(assessment).decisive.flatMap((question) =>
    hypotheticalValues(book, question).map((value) => [question, value]));
  const wanted = certain === LEVEL.NONE ? [levels.clear, levels.possible] : [levels.clear];
  const covers = (covering) => covering.either(wanted.map((condition) => covering.of(condition, goal(true, YES))));
  return smallest(assessment, candidates, covers, (level) => level > certain);
}

/** The smallest sets of given answers (at most three) whose correction would lower what is certain now. */
export function smallestLowers(assessment) {
  const { book, effective, at_least: certain } = assessment, { levels } = book.rulebook;
  if (certain === LEVEL.NONE) return [];
  const condition = certain === LEVEL.CLEAR ? levels.clear : levels.possible, carrying = new Set();
  collectCarrying(assessment.explain(condition), carrying);
  const candidates = [...carrying].flatMap((id) => {
    const place = book.placeOf.get(id), { kind } = book.questions[place];
    const changeable = effective[place].state === "known" && (kind === "yes_no" || kind === "choices");
    return changeable ? [[id, kind === "yes_no" ? "no" : []]] : [];
  });
  const covers = (covering) => covering.of(condition, goal(false, YES));
  return smallest(assessment, candidates, covers, (level) => level < certain);
}

function collectCarrying({ condition, truth, parts }, found) {
  if (truth !== YES) return;
  const question = questionOf(condition);
  if (question !== null) found.add(question);
  for (const part of parts) collectCarrying(part, found);
}

/** The smallest sets of supposed answers after which the certain level moves: single ones, else pairs, else triples. */
function smallest(assessment, candidates, covers, moves) {
  const { book, effective } = assessment, supposed = new Map();
  candidates.forEach(([question, value], place) => {
    const at = book.placeOf.get(question), answer = supposedAnswer(book.questions[at], effective[at], value);
    supposed.set(question, [...(supposed.get(question) ?? []), { place, answer }]);
  });
  for (let size = 1; size <= LARGEST_SET; size += 1) {
    const covering = new Covering(assessment, supposed, size), found = [];
    for (const places of trials(covers(covering), covering, candidates.length, size)) {
      const answers = places.map((place) => candidates[place]);
      const level = certainLevel(book, suppose(assessment, answers));
      if (moves(level)) found.push({ answers, level });
    }
    if (found.length) return found;
  }
  return [];
}

/** The sets of that size worth trying, in the candidates' order: what covers, and what holds a smaller set that covers. */
function trials(family, covering, count, size) {
  const grown = new Map();
  const grow = (places) => {
    if (places.length === size) grown.set(places.join(), places);
    else for (let place = 0; place < count; place += 1) if (!places.includes(place)) grow(unionOf(places, [place]));
  };
  family.forEach(grow);
  const inOrder = (one, other) => {
    const at = one.findIndex((place, here) => place !== other[here]);
    return one[at] - other[at];
  };
  return [...grown.values()].filter((places) => covering.oneAQuestion(places)).sort(inOrder).slice(0, MOST_TRIALS);
}

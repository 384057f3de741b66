// What a change needs at the least, as screening/core/covering.py does it: sets of supposed answers, one of which lies
// within every set that brings the change about. A set is a sorted list of places among the suppositions.

import { partsOf, questionOf } from "./rulebook_twin_rules.js";
import { UNKNOWN, YES } from "./rulebook_twin_truth.js";

const MOST_SETS = 3000;
const NOTHING_NEEDED = Object.freeze([Object.freeze([])]);
const IMPOSSIBLE = Object.freeze([]);

/** Where a truth is to get: to `bound` or above it, or below it. */
export const goal = (upwards, bound) => ({ upwards, bound });

const isMet = ({ upwards, bound }, truth) => (truth >= bound) === upwards;
const mirrored = ({ upwards, bound }) => goal(!upwards, bound === YES ? UNKNOWN : YES);
const keyOf = ({ upwards, bound }) => `${upwards} ${bound}`;

/** Covering lists for one assessment. `supposed` maps a question to its suppositions `{place, answer}`. */
export class Covering {
  #known = new Map();
  #questionOf = [];

  constructor(assessment, supposed, largest) {
    this.assessment = assessment;
    this.supposed = supposed;
    this.largest = largest;
    for (const [question, each] of supposed) for (const { place } of each) this.#questionOf[place] = question;
  }

  /** Sets of suppositions, one of which lies within every set that brings the condition to the goal. */
  of(condition, wanted) {
    if (!this.#known.has(condition)) this.#known.set(condition, new Map());
    const known = this.#known.get(condition), key = keyOf(wanted);
    if (!known.has(key)) known.set(key, this.#found(condition, wanted));
    return known.get(key);
  }

  /** What covers reaching any one of several things. */
  either(families) {
    return reduced(families.flat());
  }

  #found(condition, wanted) {
    const [operator, operand] = condition, { named } = this.assessment.book;
    if (questionOf(condition) !== null) return this.#answered(condition, wanted);
    if (operator === "not") return this.of(operand, mirrored(wanted));
    if (operator === "named") return this.of(named.get(operand), wanted);
    if (operator === "findings") return this.#findings(condition, wanted);
    const parts = partsOf(condition);
    if (parts.length) {
      const count = { all: parts.length, any: 1, count: operand }[operator];
      return this.#soMany(count, parts.map((part) => this.of(part, wanted)), wanted);
    }
    // A score or a level: any supposition at all may move it.
    const met = isMet(wanted, this.assessment.truthOf(condition));
    return met ? NOTHING_NEEDED : this.#questionOf.map((_, place) => [place]);
  }

  /** A test comes out as it does, but no further than its question applies. */
  #answered(condition, wanted) {
    const { book, effective } = this.assessment, question = questionOf(condition);
    const place = book.placeOf.get(question), test = book.test(condition);
    const comesOut = (answer) => isMet(wanted, test({ [place]: { ...answer, applies: YES } }, null));
    const family = comesOut(effective[place]) ? NOTHING_NEEDED
      : (this.supposed.get(question) ?? []).filter(({ answer }) => comesOut(answer)).map((each) => [each.place]);
    const appliesWhen = book.questions[place].applies_when;
    return appliesWhen ? this.#soMany(2, [family, this.of(appliesWhen, wanted)], wanted) : family;
  }

  #findings([, strengths, count, categories], wanted) {
    const { book } = this.assessment;
    const groups = book.countedIn(strengths).map((names) =>
      names.map((name) => this.of(book.named.get(name), wanted)));
    const together = this.#soMany(count, groups.flat(), wanted);
    if (categories === 1) return together;
    const spread = this.#soMany(categories, groups.map((group) => this.#soMany(1, group, wanted)), wanted);
    return this.#soMany(2, [together, spread], wanted);
  }

  /** What covers a count of parts: upwards that many get there, downwards so many that it is not reached. */
  #soMany(count, families, { upwards }) {
    const met = families.filter((family) => family === NOTHING_NEEDED).length;
    const left = (upwards ? count : families.length - count + 1) - met;
    if (left <= 0) return NOTHING_NEEDED;
    const needing = families.filter((family) => family.length && family !== NOTHING_NEEDED);
    if (needing.length < left) return IMPOSSIBLE;
    // By how many parts are there: the sets that bring it about with the parts seen so far.
    const reached = [NOTHING_NEEDED, ...Array(left).fill(IMPOSSIBLE)];
    for (const family of needing) {
      for (let number = left; number > 0; number -= 1) {
        const further = this.#both(reached[number - 1], family);
        if (further.length) reached[number] = reduced([...reached[number], ...further]);
      }
    }
    return reached[left];
  }

  /** Every union of two sets that is not too large and supposes one answer a question. */
  #both(first, second) {
    const found = new Map();
    for (const one of first) {
      for (const other of second) {
        const union = unionOf(one, other);
        if (union.length > this.largest || !this.oneAQuestion(union)) continue;
        found.set(union.join(), union);
        if (found.size === MOST_SETS) return [...found.values()];
      }
    }
    return [...found.values()];
  }

  /** Whether all of these are about different questions. */
  oneAQuestion(places) {
    return places.every((place, at) =>
      places.every((other, there) => there <= at || this.#questionOf[place] !== this.#questionOf[other]));
  }
}

/** The places of both, each once, in order. */
export function unionOf(one, other) {
  const added = other.filter((place) => !one.includes(place));
  return added.length ? [...one, ...added].sort((first, second) => first - second) : one;
}

/** The sets without those that hold another one of them. */
function reduced(sets) {
  const kept = new Map(sets.map((each) => [each.join(), each]));
  if (kept.has("")) return NOTHING_NEEDED;
  const singles = new Set([...kept.values()].filter((each) => each.length === 1).map(([place]) => place));
  const holdsAnother = (each) => each.some((place) => singles.has(place)
    || (each.length > 2 && kept.has(each.filter((other) => other !== place).join())));
  return [...kept.values()].filter((each) => each.length === 1 || !holdsAnother(each)).slice(0, MOST_SETS);
}

// The core's evaluation once more, in JavaScript: statements and an exported rulebook → an assessment.
// screening/core is the original and says why each rule is as it is; screening/core/rule_export.py describes
// the rulebook read here. tests/browser/test_rulebook_twin.py holds the two to the same: change both.
// rulebook_twin_routing.js says what still decides and what would change the level.

import { combineAll, effective, UNANSWERED } from "./rulebook_twin_answers.js";
import { explain, proofOf } from "./rulebook_twin_proofs.js";
import { bandTruth, highestOf, lowestOf, prepared, truthsOf, withApplicability } from "./rulebook_twin_rules.js";
import { LEVEL, TRUTH, YES } from "./rulebook_twin_truth.js";

export { LEVEL, TRUTH };

/**
 * Everything the rulebook finds in the statements.
 * @param {object} rulebook as `exported` in screening/core/rule_export.py writes it; not to be changed
 * @param {import("./rulebook_twin_answers.js").Statement[]} statements all statements of one screening, in any order
 * @param {string} today the screening's day, YYYY-MM-DD; ages are counted to it
 * @returns {Assessment}
 */
export function assess(rulebook, statements, today) {
  const book = prepared(rulebook);
  return new Assessment(book, withApplicability(book, combineAll(book, statements, today)));
}

/** The same from effective answers in the rulebook's order, as `suppose` gives them. */
export function assessAnswers(rulebook, answers) {
  return new Assessment(prepared(rulebook), answers);
}

/**
 * The same from what is known on each question: question id → [state, value, partial]; whoever is absent was not touched.
 * @param {Map<string, [string, string|number|string[]|null, boolean]>} known
 */
export function assessKnown(rulebook, known) {
  const book = prepared(rulebook);
  const answers = book.questions.map(({ id }) => effective(...(known.get(id) ?? [UNANSWERED, null])));
  return new Assessment(book, withApplicability(book, answers));
}

/**
 * What was found. Truths and levels are worked out at once, the rest when it is asked for.
 * `at_least` and `at_most` are the levels that the open answers still allow.
 * @property {number} at_least
 * @property {number} at_most
 */
export class Assessment {
  #truths;
  #proofs = new Map();

  constructor(book, answers) {
    this.book = book;
    this.effective = answers; // in the order of the rulebook's questions
    this.#truths = truthsOf(book, answers);
    this.at_least = lowestOf(this.#truths);
    this.at_most = highestOf(this.#truths);
  }

  /** Question id → what is known on it. */
  get answers() {
    return new Map(this.book.questions.map(({ id }, place) => [id, this.effective[place]]));
  }

  /** Truths by name: named conditions, each "instrument band", the levels "clear" and "possible". */
  get truths() {
    return new Map(this.book.names.map((name, place) => [name, this.#truths[place]]));
  }

  /** The bounds in one word: "clear", "possible", "none" or "cannot_rule_out". */
  get result() {
    if (this.at_least === LEVEL.NONE && this.at_most !== LEVEL.NONE) return "cannot_rule_out";
    return ["none", "possible", "clear"][this.at_least];
  }

  /** Ids of the indicators that are raised, in the rulebook's order. */
  get raised() {
    return idsOf(this.#holding(this.book.signs));
  }

  /** What outranks the flow of questions, the first first: ids, and whether asking the youth stops. */
  get interruptions() {
    return this.#holding(this.book.interruptions).map(({ id, stops_asking }) => ({ id, stops_asking }));
  }

  /** Ids of what is to be said beside the level. */
  get outcomes() {
    return idsOf(this.#holding(this.book.outcomes));
  }

  /** Ids of the actions called for, wherever they apply: which are for this place and setting is not known here. */
  get actions() {
    return idsOf(this.#holding(this.book.actions));
  }

  /** Scores as intervals, whether each tool is used, and the bands that hold the whole score. */
  get instruments() {
    return this.book.scores.map(({ id, bands, score }) => {
      const reached = score(this.effective, this.#truths);
      const within = bands.filter((band) => bandTruth(band, reached) === YES);
      return { id, ...reached, bands: within.map((band) => band.id) };
    });
  }

  /** The questions nobody touched whose answer the rulebook presumes. */
  get presumed() {
    const { presumable, placeOf } = this.book;
    return presumable.filter((id) => this.effective[placeOf.get(id)].state === UNANSWERED);
  }

  /** The truth of any condition. */
  truthOf(condition) {
    return this.book.test(condition)(this.effective, this.#truths);
  }

  /** Why a name (as in `truths`) has the truth it has: `{condition, truth, parts}`, parts alike. */
  proofOf(name) {
    if (!this.#proofs.has(name)) this.#proofs.set(name, proofOf(this, name));
    return this.#proofs.get(name);
  }

  /** The same of any condition. */
  explain(condition) {
    return explain(this, condition);
  }

  #holding(entries) {
    const answers = this.effective, truths = this.#truths, held = [];
    for (const { each, test } of entries) if (test(answers, truths) === YES) held.push(each);
    return held;
  }
}

const idsOf = (entries) => entries.map(({ id }) => id);

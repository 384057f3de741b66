// Why a condition is yes, no or unknown, as screening/core/algebra.py (Explained) and evaluation.py (Proofs) do it.

import { behindBands, partsOf } from "./rulebook_twin_rules.js";

/**
 * @typedef {{condition: Array, truth: number, parts: Proof[]}} Proof A condition, its truth, and what it rests on.
 */

/** The proof of a named condition, of an "instrument band" or of a level. */
export function proofOf(assessment, name) {
  const { rulebook, named, instruments } = assessment.book;
  if (name === "clear") return assessment.explain(rulebook.levels.clear);
  if (name === "possible") {
    const possible = assessment.explain(rulebook.levels.possible), clear = assessment.proofOf("clear");
    return possible.truth >= clear.truth ? possible : clear;
  }
  if (!name.includes(" ")) return assessment.explain(named.get(name));
  const [instrument, band] = name.split(" ");
  const parts = behindBands(instruments.get(instrument)).map((when) => assessment.explain(when));
  return { condition: ["band", instrument, band], truth: assessment.truths.get(name), parts };
}

/** The proof of any condition. */
export function explain(assessment, condition) {
  return { condition, truth: assessment.truthOf(condition), parts: restingOn(assessment, condition) };
}

function restingOn(assessment, condition) {
  const [operator, operand, second] = condition;
  if (operator === "named" || operator === "concern") return [assessment.proofOf(operand)];
  if (operator === "band") return assessment.proofOf(`${operand} ${second}`).parts;
  if (operator === "findings") {
    const named = assessment.book.countedIn(operand).flat().map((name) => [name, assessment.proofOf(name)]);
    return named.map(([name, proof]) => ({ condition: ["named", name], truth: proof.truth, parts: [proof] }));
  }
  return partsOf(condition).map((part) => assessment.explain(part));
}

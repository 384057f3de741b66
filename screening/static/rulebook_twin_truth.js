// Three-valued truth, as screening/core/truth.py has it, and the levels of concern.

/** The logic's order: minimum, maximum and mirror image are its operations. */
export const TRUTH = Object.freeze({ NO: 0, UNKNOWN: 1, YES: 2 });

/** How much concern, lowest first. */
export const LEVEL = Object.freeze({ NONE: 0, POSSIBLE: 1, CLEAR: 2 });

export const { NO, UNKNOWN, YES } = TRUTH;

/** Yes with at least so many yes; no when even the unknown ones together could not reach it. */
export function atLeast(count, truths) {
  let certain = 0, possible = 0;
  for (const truth of truths) {
    if (truth === YES) certain += 1;
    if (truth !== NO) possible += 1;
  }
  if (certain >= count) return YES;
  return possible >= count ? UNKNOWN : NO;
}

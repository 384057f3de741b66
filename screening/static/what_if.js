// The what-if page, made instant. Without this file the form is sent and the answer comes as a page.
// Suppositions stay in the form: nothing is sent, nothing is kept. Texts come from the page; it writes what the page's
// templates (templates/what_if/_parts.html) write: change both.

import { assessKnown, LEVEL } from "./rulebook_twin.js";
import { assessSupposing, route, smallestLowers, smallestRaises } from "./rulebook_twin_routing.js";

const form = document.getElementById("suppositions");
const words = JSON.parse(form.dataset.words), known = JSON.parse(form.dataset.known);
const actionsHere = new Set(form.dataset.actions.split(" "));
const NONE_OF_THESE = "none-of-these", NOT_SURE = "unsure", PREFIX = "q.";
const one = (id) => document.getElementById(id);

// ---- what the form supposes

/** The rows of the form by question: its kind, its fields, what it asks. */
function rowsOf(questions) {
  const rows = new Map();
  for (const { id, kind } of questions) {
    const fields = [...form.elements].filter(({ name, type }) => name === PREFIX + id && type !== "hidden");
    if (!fields.length) continue;
    const frame = fields[0].closest(".row");
    rows.set(id, { kind, fields, frame, text: frame.querySelector("span").textContent });
  }
  return rows;
}

const tickedIn = (fields) => fields.filter((field) => field.checked).map((field) => field.value);

/** The boxes that show an answer as recorded. */
function recordedTicks(id) {
  const [state, value] = known[id] ?? [];
  if (state === "known") return value.length ? value : [NONE_OF_THESE];
  return state === NOT_SURE ? [NOT_SURE] : [];
}

/** A row's supposition, or undefined where the recorded answer stands. */
function supposedIn(id, { kind, fields }) {
  if (kind !== "choices") {
    const { value } = fields[0];
    if (value === "") return undefined;
    return kind === "number" && value !== NOT_SURE ? Number(value) : value;
  }
  const ticked = tickedIn(fields);
  if (ticked.join() === recordedTicks(id).join()) return undefined;
  if (ticked.join() === NOT_SURE) return NOT_SURE;
  return ticked.filter((value) => value !== NONE_OF_THESE && value !== NOT_SURE);
}

function suppositionsOf(rows) {
  const supposed = new Map();
  for (const [id, row] of rows) {
    const value = supposedIn(id, row);
    row.frame.classList.toggle("supposed", value !== undefined);
    if (value !== undefined) supposed.set(id, value);
  }
  return supposed;
}

/** "None of these" and "Not sure" stand alone: the one just ticked wins. */
function settle(box) {
  if (box.type !== "checkbox" || !box.checked) return;
  const isAlone = ({ value }) => value === NONE_OF_THESE || value === NOT_SURE;
  for (const other of box.closest(".row").querySelectorAll("input[type=checkbox]")) {
    if (other !== box && (isAlone(box) || isAlone(other))) other.checked = false;
  }
}

// ---- what the page says

const element = (name, ...inside) => {
  const made = document.createElement(name);
  made.append(...inside);
  return made;
};

function showStanding(assessment) {
  const { result, at_least: low, at_most: high } = assessment, shown = one("so-far");
  const headline = words.results[result], bounds = words.bounds[`${low}-${high}`];
  shown.className = `so-far so-far--${result === "cannot_rule_out" ? "unknown" : result}`;
  shown.replaceChildren(element("b", headline), " ", element("span", bounds));
  const open = words.open.replace("{count}", route(assessment).decisive.length);
  one("open-count").textContent = open;
  one("stops-asking").hidden = !assessment.interruptions.some((each) => each.stops_asking);
  return `${headline}. ${bounds}. ${open}.`;
}

/** What holds here, by kind, as ids in the rulebook's order. */
function holding(assessment) {
  const { interruptions, raised, outcomes, actions } = assessment;
  const ids = interruptions.map(({ id }) => id), here = actions.filter((id) => actionsHere.has(id));
  return { interruptions: ids, signs: raised, outcomes, actions: here };
}

function showDifferences(recorded, assessment, labels) {
  const before = holding(recorded), after = holding(assessment);
  let count = 0;
  for (const kind of Object.keys(before)) {
    const lacking = (these, those) => these.filter((id) => !those.includes(id));
    const added = lacking(after[kind], before[kind]), gone = lacking(before[kind], after[kind]);
    const frame = one(kind);
    frame.hidden = !added.length && !gone.length;
    for (const [name, ids] of [["added", added], ["gone", gone]]) {
      const part = frame.querySelector(`.${name}`);
      part.hidden = !ids.length;
      part.querySelector("ul").replaceChildren(...ids.map((id) => element("li", labels[kind][id])));
    }
    count += added.length + gone.length;
  }
  one("no-difference").hidden = count > 0;
}

/** A supposed answer as the form's own choices word it. */
function spoken({ kind, fields }, value) {
  const quoted = (text) => words.quoted.replace("{answer}", text);
  if (kind === "choices") {
    const labelOf = (option) => fields.find((field) => field.value === option).parentElement.textContent;
    return value.length ? quoted(value.map(labelOf).join(", ")) : labelOf(NONE_OF_THESE);
  }
  const options = [...fields[0].options].slice(1);
  const isMet = kind === "number" ? (option) => Number(option.value) <= value : (option) => option.value === value;
  const text = options.findLast(isMet).textContent.trim();
  return kind === "choice" ? quoted(text) : text;
}

/** Sets over the same questions become one entry, answers joined by "or", where every combination would do. */
function entriesOf(sets, rows) {
  const over = new Map();
  for (const answers of sets) {
    const key = answers.map(([id]) => id).join(" ");
    if (!over.has(key)) over.set(key, new Map());
    const said = answers.map(([id, value]) => spoken(rows.get(id), value));
    over.get(key).set(JSON.stringify(said), said);
  }
  return [...over].flatMap(([key, alike]) => {
    const texts = key.split(" ").map((id) => rows.get(id).text), sayings = [...alike.values()];
    const slots = texts.map((_, at) => [...new Set(sayings.map((said) => said[at]))]);
    const isEvery = slots.reduce((product, slot) => product * slot.length, 1) === sayings.length;
    const entries = isEvery ? [slots.map((slot) => slot.join(words.or))] : sayings;
    return entries.map((said) => said.map((answer, at) => ({ question: texts[at], answer })));
  });
}

function entryLine(entry) {
  const line = element("li", entry.length > 1 ? `${words.together} ` : "");
  entry.forEach(({ question, answer }, at) => {
    line.append(element("q", question), " ", element("b", answer), at < entry.length - 1 ? "; " : "");
  });
  return line;
}

function showChanges(id, found, sentences, nothing, rows) {
  const shown = one(id), changes = found.filter(({ answers }) => answers.every(([question]) => rows.has(question)));
  shown.replaceChildren();
  if (!changes.length) shown.append(element("p", nothing));
  for (const level of [...new Set(changes.map((change) => change.level))].sort().reverse()) {
    const sets = changes.filter((change) => change.level === level).map(({ answers }) => answers);
    const entries = entriesOf(sets, rows), more = entries.length - words.most;
    const lines = entries.slice(0, words.most).map(entryLine);
    if (more > 0) lines.push(element("li", words.more.replace("{count}", more)));
    shown.append(element("p", sentences[level]), element("ul", ...lines));
  }
}

function show(recorded, assessment, rows, labels) {
  const settled = route(assessment).may_stop ? "settled" : "many";
  const raises = words.nothing_raises[assessment.at_least === LEVEL.CLEAR ? "highest" : settled];
  const lowers = words.nothing_lowers[assessment.at_least === LEVEL.NONE ? "lowest" : "many"];
  showDifferences(recorded, assessment, labels);
  showChanges("raises", smallestRaises(assessment), words.raise, raises, rows);
  showChanges("lowers", smallestLowers(assessment), words.lower, lowers, rows);
  return showStanding(assessment);
}

// ---- start

async function start() {
  const addresses = [form.dataset.rules, form.dataset.labels];
  const fetched = await Promise.all(addresses.map((url) => fetch(url, { headers: { Accept: "application/json" } })));
  if (fetched.some((response) => !response.ok || response.redirected)) return; // the form still works
  const [rulebook, labels] = await Promise.all(fetched.map((response) => response.json()));
  const recorded = assessKnown(rulebook, new Map(Object.entries(known)));
  const rows = rowsOf(rulebook.questions);
  const follow = () => show(recorded, assessSupposing(recorded, suppositionsOf(rows)), rows, labels);
  form.addEventListener("change", ({ target }) => {
    settle(target);
    one("heard").textContent = follow();
  });
  // A browser may fill the form as it was left: the page follows it.
  window.addEventListener("pageshow", follow);
  follow();
  form.querySelector("[type=submit]").hidden = true;
  form.dataset.ready = "";
}

start();

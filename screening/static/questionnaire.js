// The questionnaire page, made livelier. Without this file the page works the same, one "Save and continue" at a time.
// Answers are saved as they are given; nothing is ever kept in the browser's own storage.

const form = document.getElementById("questions");
const saved = document.getElementById("saved");
const retry = document.getElementById("retry");
const words = form.dataset;
const FIRST_WAIT = 1000, LONGEST_WAIT = 30000, TYPING_PAUSE = 900, LARGEST_KEPT_ALIVE = 60000;

const waiting = new Map(); // row name → {save, values}: given here, not yet acknowledged by the server
const touched = new Set(); // rows changed on this page
const typing = new Map(); // row name → timer
let sending = null, wait = FIRST_WAIT, retryTimer = 0, stopped = false, leaving = false;

const ROW = "fieldset, .d"; // a row's id is the name of its inputs
const inputsOf = (name) => [...form.elements].filter((input) => input.name === name);
const isMark = (input) => input.type === "radio" || input.type === "checkbox";
const valuesOf = (name) => inputsOf(name).filter((input) => !isMark(input) || input.checked).map((input) => input.value);
const rowOf = (input) => input.closest(ROW);
const say = (text, isWaiting = false) => { saved.textContent = text; saved.classList.toggle("waiting", isWaiting); };

// ---- saving

function queue(name) {
  clearTimeout(typing.get(name));
  typing.delete(name);
  touched.add(name);
  form.elements.touched.value = [...touched].join(" ");
  waiting.set(name, { save: crypto.randomUUID(), values: valuesOf(name) });
  if (!stopped) flush();
}

function flush() {
  for (const name of [...typing.keys()]) queue(name);
  sending ??= sendAll().finally(() => { sending = null; });
  return sending;
}

async function sendAll() {
  clearTimeout(retryTimer);
  while (waiting.size) {
    const [name, entry] = waiting.entries().next().value;
    if (!saved.textContent || saved.classList.contains("waiting")) say(words.saving);
    const outcome = await send(name, entry);
    if (outcome === "again") {
      retryTimer = setTimeout(flush, wait);
      wait = Math.min(wait * 2, LONGEST_WAIT);
      return false;
    }
    if (outcome === "stop") return false;
    wait = FIRST_WAIT;
    if (waiting.get(name) === entry) waiting.delete(name);
    if (waiting.size) say(words.saving);
    else say(outcome.message, Boolean(outcome.errors[name]));
  }
  return true;
}

async function send(name, entry, secondTry = false) {
  const body = JSON.stringify({ section: words.section, field: name, values: entry.values, save: entry.save });
  let response;
  try {
    response = await fetch(words.answers, {
      method: "POST",
      keepalive: body.length < LARGEST_KEPT_ALIVE, // outlives a tab that is being closed; browsers allow 64 kB of it
      headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": form.elements.csrf_token.value },
      body,
    });
  } catch {
    say(words.retrying, true);
    return "again";
  }
  if (response.status === 401 || response.redirected) return signedOut();
  if (response.status === 400 && !secondTry) {
    const renewed = await renewToken();
    if (renewed !== "renewed") return renewed;
    return send(name, entry, true);
  }
  if (response.status >= 500 || response.status === 429) {
    say(words.retrying, true);
    return "again";
  }
  if (!response.ok) {
    say(words.refused, true);
    return "stop";
  }
  const standing = await response.json();
  show(name, standing);
  return standing;
}

// The token against forged requests belongs to a sign-in. After a new sign-in in another tab the page's HTML has the new one.
async function renewToken() {
  try {
    const response = await fetch(location.pathname, { headers: { Accept: "text/html" } });
    if (response.redirected || response.status === 401) return signedOut();
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const fresh = page.getElementById("questions"), token = fresh?.elements.csrf_token;
    if (!token) return signedOut();
    if (fresh.dataset.author !== words.author) { // what one person saw must not be saved as another's
      say(words.refused, true);
      return "stop";
    }
    for (const input of document.getElementsByName("csrf_token")) input.value = token.value;
    return "renewed";
  } catch {
    say(words.retrying, true);
    return "again";
  }
}

function signedOut() {
  stopped = true;
  say(words.signedOut, true);
  retry.hidden = false;
  return "stop";
}

retry.addEventListener("click", async () => {
  stopped = false;
  retry.hidden = true;
  saved.focus();
  await flush();
  if (!retry.hidden) retry.focus();
});
window.addEventListener("online", () => { if (waiting.size && !stopped) flush(); });
window.addEventListener("beforeunload", (event) => {
  if (!leaving && (waiting.size || typing.size)) event.preventDefault();
});
window.addEventListener("pagehide", () => { if (!leaving && typing.size) flush(); });
window.addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });

// ---- showing where the screening stands

function show(name, standing) {
  showFault(name, standing.errors[name]);
  const soFar = document.getElementById("so-far");
  if (soFar.dataset.kind !== standing.concern.kind || soFar.lastElementChild.textContent !== standing.concern.bounds) {
    soFar.className = `so-far so-far--${standing.concern.kind}`;
    soFar.dataset.kind = standing.concern.kind;
    soFar.querySelector("b").textContent = standing.concern.headline;
    soFar.lastElementChild.textContent = standing.concern.bounds;
  }
  document.querySelector(".steps .is-current small").textContent = standing.progress;
  document.getElementById("may-stop").hidden = !standing.may_stop;
  const without = new Set(standing.not_applicable);
  for (const question of form.querySelectorAll(".q")) question.hidden = without.has(question.id);
  for (const toAsk of document.querySelectorAll(".say, .rights")) toAsk.hidden = !standing.asking;
  showInterruptions(standing.interruptions);
}

function showInterruptions(interruptions) {
  const stops = document.getElementById("stops");
  const lines = interruptions.map((each) => {
    const line = document.createElement("p"), kind = document.createElement("b");
    const title = document.createElement("span"), link = document.createElement("a");
    line.className = "stop";
    kind.textContent = each.kind;
    title.textContent = each.title;
    link.href = `${each.href}?then=${words.section}`;
    link.textContent = each.link;
    line.append(kind, " ", title, " ", link);
    return line;
  });
  stops.replaceChildren(...lines);
  if (interruptions.some((each) => each.new)) {
    stops.scrollIntoView({ block: "center" });
    stops.focus();
  }
}

function showFault(name, text) {
  const row = document.getElementById(name);
  row.classList.toggle("bad", Boolean(text));
  row.querySelector(".error-message")?.remove();
  const described = row.querySelector("select") ?? row;
  described.removeAttribute("aria-describedby");
  if (!text) return;
  const message = document.createElement("p");
  message.id = `${name}-e`;
  message.className = "error-message";
  message.textContent = text;
  const legend = row.querySelector("legend");
  if (legend) legend.after(message);
  else row.prepend(message);
  described.setAttribute("aria-describedby", message.id);
}

// ---- answering

// Answers that cannot stand together: the one just given wins.
function settle(input) {
  if (input.type === "radio" || input.tagName === "SELECT") return;
  const others = inputsOf(input.name).filter((other) => other !== input);
  const alone = (box) => ["none-of-these", "unsure", "declined", "not_asked"].includes(box.value);
  if (input.type === "checkbox") {
    if (!input.checked) return;
    for (const other of others) {
      if (other.type === "checkbox") { if (alone(input) || alone(other)) other.checked = false; }
      else if (other.type === "text" && alone(input)) other.value = "";
    }
  } else if (input.value.trim()) {
    for (const other of others) if (other.type === "checkbox") other.checked = false;
  }
}

function countLetters(area) {
  const left = area.dataset.most - area.value.trim().length;
  area.nextElementSibling.textContent = words.left.replace("{count}", left.toLocaleString(document.documentElement.lang));
}

form.addEventListener("input", ({ target }) => {
  if (!target.name || isMark(target) || target.tagName === "SELECT") return;
  settle(target);
  if (target.dataset.most) countLetters(target);
  clearTimeout(typing.get(target.name));
  // A date or number is saved when its row is left, so that a half-typed one is not called wrong.
  typing.set(target.name, setTimeout(target.dataset.most ? queue : () => {}, TYPING_PAUSE, target.name));
});
form.addEventListener("change", ({ target }) => {
  if (!target.name || (!isMark(target) && target.tagName !== "SELECT")) return;
  settle(target);
  queue(target.name);
});
form.addEventListener("focusout", ({ target, relatedTarget }) => {
  if (typing.has(target.name) && relatedTarget?.name !== target.name) queue(target.name);
});

// ---- keys

function enter(row) {
  const inputs = [...row.querySelectorAll("input:not([type=hidden]), select, textarea")];
  (inputs.find((input) => input.checked) ?? inputs[0]).focus();
}

function nextRow(row) {
  const rows = [...form.querySelectorAll(ROW)].filter((each) => each.checkVisibility());
  const next = rows[rows.indexOf(row) + 1];
  if (next) enter(next);
  else form.querySelector("[type=submit]").focus();
}

// With nothing in focus, as after a page has come, Enter goes to the first row that is open.
function firstOpenRow() {
  const rows = [...form.querySelectorAll(ROW)].filter((row) => row.checkVisibility());
  return rows.find((row) => !valuesOf(row.id).some(Boolean)) ?? rows[0];
}

document.addEventListener("keydown", (event) => {
  if ((event.key === "Enter" && event.ctrlKey) || (event.altKey && event.code === "KeyS")) {
    event.preventDefault();
    form.requestSubmit();
  } else if (event.key === "Enter" && document.activeElement === document.body) {
    event.preventDefault();
    enter(firstOpenRow());
  }
});

form.addEventListener("keydown", (event) => {
  const row = rowOf(event.target);
  if (!row || event.ctrlKey || event.altKey || event.metaKey) return;
  if (event.key === "Enter" && event.target.tagName !== "TEXTAREA") {
    event.preventDefault();
    nextRow(row);
  } else if (/^[1-9]$/.test(event.key) && isMark(event.target)) {
    const mark = [...row.querySelectorAll("input")].filter(isMark)[event.key - 1];
    if (!mark) return;
    event.preventDefault();
    mark.focus();
    mark.click();
  }
});

// Rows for further sources of a question are fetched when asked for. Without a connection the page stays as it is.
async function unfold(button) {
  const id = button.value, question = document.getElementById(id);
  try {
    const response = await fetch(`?also=${id}`, { headers: { Accept: "text/html" } });
    if (response.redirected || !response.ok) return signedOut();
    const fetched = new DOMParser().parseFromString(await response.text(), "text/html").getElementById(id);
    const added = [...fetched.querySelectorAll(ROW)].filter((row) => !document.getElementById(row.id));
    const last = [...question.querySelectorAll(ROW)].at(-1);
    last.after(...added);
    question.firstElementChild.replaceWith(fetched.firstElementChild);
    button.remove();
    enter(added[0]);
  } catch {
    say(words.offline, true);
  }
}

form.addEventListener("submit", async (event) => {
  if (leaving) return;
  event.preventDefault();
  if (event.submitter?.name === "also") {
    unfold(event.submitter);
    return;
  }
  stopped = false;
  retry.hidden = true;
  if (waiting.size || typing.size || sending) {
    await flush();
    if (waiting.size) return; // said already why; nothing is lost by staying
  }
  leaving = true;
  if (event.submitter?.name) { // sent by the script, a form forgets which button was pressed
    form.append(Object.assign(document.createElement("input"), { type: "hidden", name: event.submitter.name, value: event.submitter.value }));
  }
  HTMLFormElement.prototype.submit.call(form);
});

// ---- start

for (const area of form.querySelectorAll("textarea")) countLetters(area);
document.querySelector(".keys").hidden = false;
for (const link of document.querySelectorAll(".error-summary a")) {
  link.addEventListener("click", (event) => {
    const row = document.getElementById(link.hash.slice(1));
    if (!row) return;
    event.preventDefault();
    row.scrollIntoView({ block: "center" });
    enter(row);
  });
}
document.querySelector(".error-summary")?.focus();

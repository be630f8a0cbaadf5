// Keeps what is typed into a form in this browser until the server has it, and offers it after a crash.
//
// Only of a form with data-keep is anything kept, for the person, the form and a day at most: of each input what somebody changed,
// with what stood there before, and of a table all its rows; passwords, hidden inputs and files never. What is saved is forgotten at
// once, everything of a person when they sign out. Each visit to a page keeps its own text, beside what an earlier one has left and
// nobody has decided on. The words come from the form's data-words-… attributes.

export const WHO = "asns-person"; // whose page was loaded last in this browser; see person.js
const PREFIX = "asns-kept:";
const DAY = 24 * 60 * 60 * 1000; // milliseconds
const PAUSE = 200; // milliseconds without a key
const NEVER = ["hidden", "password", "file", "submit", "button", "reset", "fieldset"];
const SEEN = /^(version|turn)$/; // the hidden inputs that say what the page was filled with
const SINCE = 1000; // more than a page sends between two writes

/** A form that does not save itself keeps what is typed until it has been sent ("asns:sent", see upload.js). */
export function start(form) {
  if ("autosave" in form.dataset) return; // autosave.js knows what the server has
  const kept = keeper(form, () => kept.put());
  form.addEventListener("input", kept.put);
  form.addEventListener("change", kept.put);
  form.addEventListener("asns:sent", kept.drop);
}

/** What is kept for one form; `changed` is told when something has been put back. */
export function keeper(form, changed) {
  const person = document.body.dataset.person;
  const words = form.dataset;
  if (!person || !("keep" in words)) return { put() {}, drop() {} };
  const all = `${PREFIX}${person}:${addressOf(form)}|`;
  const own = `${all}${Date.now()}`;
  let before = valuesOf(form, true); // what the server has
  let timer;

  function write() {
    clearTimeout(timer);
    timer = undefined;
    if (read(WHO) !== person) return; // signed out in another tab
    const fields = [...valuesOf(form)].filter(([name, value]) => before.has(name) && !same(value, before.get(name)))
      .map(([name, value]) => [name, before.get(name), value]);
    if (fields.length > 0) store(own, JSON.stringify({ at: Date.now(), seen: seen(form), fields })); else forgetKey(own);
  }

  function put() {
    timer ??= setTimeout(write, PAUSE);
  }

  function drop() {
    clearTimeout(timer);
    timer = undefined;
    before = valuesOf(form);
    forgetKey(own);
  }

  function offer(key) {
    const kept = keptAt(key);
    const now = valuesOf(form);
    if (!kept || kept.fields.every(([name, , value]) => !now.has(name) || same(now.get(name), value))) {
      forgetKey(key);
      return;
    }
    const said = words.wordsKept.replace("{time}", timeOf(kept.at));
    const box = asking(said, words, (yes) => {
      box.remove();
      const first = yes ? putBack(form, kept) : undefined;
      if (yes) {
        for (const [name, stood] of kept.fields) if (before.has(name)) before.set(name, stood);
        write();
        changed();
      }
      forgetKey(key);
      first?.focus();
    });
    form.before(box);
  }

  window.addEventListener("pagehide", () => { if (timer) write(); });
  const earlier = keys().filter((key) => key.startsWith(all));
  // Where two versions stand, what was typed is one of them, and it is decided on when the form is sent.
  if (form.querySelector("input[name=take]")) {
    form.addEventListener("submit", () => [own, ...earlier].forEach(forgetKey));
  } else {
    earlier.sort().forEach(offer);
  }
  return { put, drop };
}

/** Forget what is older than a day. */
export function sweep() {
  for (const key of keys()) if (!keptAt(key)) forgetKey(key);
}

/** Forget all that is kept for a person who signs out; no tab keeps any more of theirs. */
export function forget(person) {
  store(WHO, "");
  for (const key of keys()) if (key.startsWith(`${PREFIX}${person}:`)) forgetKey(key);
}

// ------------------------------------------------------------ fields

const chosen = (input) => input.type === "radio" || input.type === "checkbox";
const nameOf = (input) => (chosen(input) ? `${input.name}=${input.value}` : input.name);
const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

const addressOf = (form) => new URL(form.getAttribute("action") ?? "", location.href).pathname;

function inputsOf(form) {
  return [...form.elements].filter((input) => input.name && !NEVER.includes(input.type) && !input.closest("[data-rows]"));
}

/** The cells of a row of a table; see rows.js. */
export const cellsIn = (row) => [...row.querySelectorAll("input:not([type=hidden]), textarea, select")];

/** What stands in a form, or stood there `filled` by the server: by the name of the input, or of the table. */
function valuesOf(form, filled = false) {
  const values = new Map(inputsOf(form).map((input) => [nameOf(input), valueOf(input, filled)]));
  for (const box of form.querySelectorAll("[data-rows]")) {
    const rows = [...box.querySelectorAll("tbody tr")].map((row) => cellsIn(row).map((cell) => valueOf(cell, filled)));
    values.set(box.dataset.rows, rows.filter((row) => row.some((value) => value !== "")));
  }
  return values;
}

function valueOf(input, filled) {
  if (chosen(input)) return filled ? input.defaultChecked : input.checked;
  if (!filled) return input.value;
  if (input.tagName !== "SELECT") return input.defaultValue;
  return ([...input.options].find((option) => option.defaultSelected) ?? input.options[0])?.value ?? "";
}

function seen(form) {
  return [...form.elements].filter((input) => input.type === "hidden" && SEEN.test(input.name)).map(({ name, value }) => [name, value]);
}

/** Put back what somebody typed, and nothing that they did not; gives the first input of it. */
function putBack(form, kept) {
  const now = valuesOf(form);
  const fields = kept.fields.filter(([name, , value]) => now.has(name) && !same(now.get(name), value));
  if (fields.some(([name, before]) => !same(now.get(name), before))) remember(form, kept.seen);
  return fields.map(([name, , value]) => putInto(form, name, value))[0];
}

/** Say to the server what the page was filled with that it was typed into: what somebody else has changed since it then shows beside it. */
function remember(form, hidden) {
  for (const [name, value] of hidden) {
    const input = [...form.elements].find((one) => one.type === "hidden" && one.name === name);
    if (input) input.value = name === "turn" ? Number(value) + SINCE : value;
  }
}

function putInto(form, name, value) {
  if (Array.isArray(value)) {
    const box = [...form.querySelectorAll("[data-rows]")].find((one) => one.dataset.rows === name);
    box.dispatchEvent(new CustomEvent("asns:rows", { detail: value }));
    return cellsIn(box)[0];
  }
  const input = inputsOf(form).find((one) => nameOf(one) === name);
  if (chosen(input)) input.checked = value; else input.value = value;
  input.dispatchEvent(new Event("input", { bubbles: true }));
  return input;
}

// ------------------------------------------------------------ the question

function asking(said, words, decide) {
  const box = document.createElement("div");
  box.className = "asns-flash asns-flash--warning asns-kept";
  box.setAttribute("role", "status");
  box.dataset.kept = "";
  const text = document.createElement("p");
  text.textContent = said;
  box.append(text);
  for (const [label, yes] of [[words.wordsPutBack, true], [words.wordsThrowAway, false]]) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "govuk-button govuk-button--secondary";
    button.textContent = label;
    button.addEventListener("click", () => decide(yes));
    box.append(button);
  }
  return box;
}

/** The hour, as core/formats.py writes it; before today with its day. */
function timeOf(at) {
  const { lang } = document.documentElement;
  const today = new Date(at).toDateString() === new Date().toDateString();
  const shape = { timeZone: "Europe/Riga", hour: "2-digit", minute: "2-digit", hourCycle: "h23", ...(today ? {} : { day: "numeric", month: "numeric" }) };
  const text = new Intl.DateTimeFormat(lang, shape).format(at);
  return lang === "lv" ? text.replace(":", ".") : text;
}

// ------------------------------------------------------------ the browser's storage; a browser may have none for us, or no room

export function read(key) {
  try { return localStorage.getItem(key); } catch { return null; }
}

function keptAt(key) {
  try {
    const kept = JSON.parse(read(key));
    return Array.isArray(kept?.seen) && Array.isArray(kept.fields) && Date.now() - kept.at < DAY ? kept : undefined;
  } catch { return undefined; }
}

export function store(key, text) {
  try { localStorage.setItem(key, text); } catch { /* see above */ }
}

function forgetKey(key) {
  try { localStorage.removeItem(key); } catch { /* see above */ }
}

function keys() {
  try { return Object.keys(localStorage).filter((key) => key.startsWith(PREFIX)); } catch { return []; }
}

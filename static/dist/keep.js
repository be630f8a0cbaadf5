// Keeps what is typed into a form in this browser until the server has it, and offers it after a crash.
//
// Only of a form with data-keep, for the person and the form, a day at most; passwords, hidden inputs and files never. What is saved
// is forgotten at once, everything of a person when they sign out. The words come from the form's data-words-… attributes.

const PREFIX = "asns-kept:";
const DAY = 24 * 60 * 60 * 1000; // milliseconds
const PAUSE = 200; // milliseconds without a key
let signedOut = false; // nothing more is kept
const NEVER = ["hidden", "password", "file", "submit", "button", "reset", "fieldset"];

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
  const key = `${PREFIX}${person}:${addressOf(form)}`;
  let timer;
  let offered = offer(); // what stands open is neither overwritten nor dropped

  function write() {
    clearTimeout(timer);
    timer = undefined;
    if (!offered && !signedOut) store(key, JSON.stringify({ at: Date.now(), fields: fieldsOf(form) }));
  }

  function put() {
    timer ??= setTimeout(write, PAUSE);
  }

  function drop() {
    clearTimeout(timer);
    timer = undefined;
    if (!offered) forgetKey(key);
  }

  window.addEventListener("pagehide", () => { if (timer) write(); });

  function offer() {
    const kept = read(key);
    if (!kept) return undefined;
    if (kept.fields.every((field) => stands(form, field))) {
      forgetKey(key);
      return undefined;
    }
    const said = words.wordsKept.replace("{time}", timeOf(kept.at));
    const box = asking(said, words, (yes) => {
      box.remove();
      offered = undefined;
      if (!yes) { forgetKey(key); return; }
      const first = putBack(form, kept.fields);
      changed();
      first?.focus();
    });
    form.before(box);
    return kept;
  }

  return { put, drop };
}

/** Forget what is older than a day. */
export function sweep() {
  for (const key of keys()) if (!read(key)) forgetKey(key);
}

/** Forget all that is kept for a person. */
export function forget(person) {
  signedOut = true;
  for (const key of keys()) if (key.startsWith(`${PREFIX}${person}:`)) forgetKey(key);
}

// ------------------------------------------------------------ fields

const chosen = (input) => input.type === "radio" || input.type === "checkbox";

const addressOf = (form) => new URL(form.getAttribute("action") ?? "", location.href).pathname;

function fieldsOf(form) {
  return [...form.elements]
    .filter((input) => input.name && !NEVER.includes(input.type))
    .map((input) => (chosen(input) ? [input.name, input.value, input.checked] : [input.name, input.value]));
}

function find(form, [name, value, ticked]) {
  return [...form.elements].find((input) => input.name === name && !NEVER.includes(input.type) &&
    (ticked === undefined || input.value === value));
}

function stands(form, field) {
  const [, value, ticked] = field;
  const input = find(form, field);
  return input ? (ticked === undefined ? input.value === value : input.checked === ticked) : value === "";
}

/** Gives the first input that has changed. */
function putBack(form, fields) {
  let first;
  for (const field of fields) {
    if (stands(form, field)) continue;
    const [name, value, ticked] = field;
    if (!find(form, field)) form.dispatchEvent(new CustomEvent("asns:row-needed", { detail: name }));
    const input = find(form, field);
    if (!input) continue;
    if (ticked === undefined) input.value = value; else input.checked = ticked;
    input.dispatchEvent(new Event("input", { bubbles: true }));
    first ??= input;
  }
  return first;
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

function read(key) {
  try {
    const kept = JSON.parse(localStorage.getItem(key));
    return Array.isArray(kept?.fields) && Date.now() - kept.at < DAY ? kept : undefined;
  } catch { return undefined; }
}

function store(key, text) {
  try { localStorage.setItem(key, text); } catch { /* see above */ }
}

function forgetKey(key) {
  try { localStorage.removeItem(key); } catch { /* see above */ }
}

function keys() {
  try { return Object.keys(localStorage).filter((key) => key.startsWith(PREFIX)); } catch { return []; }
}

// Saves a form with data-autosave="URL" while it is being filled in, and says truly how that stands in [data-saved].
//
// The server answers JSON: 200 {saved: "14.32", version?, left?, said?}, `said` being what somebody else changed ·
// 409 {code, message, version?}: "stale" when two changed the same, "another" when somebody else is signed in now, all else when
// it is too late · 401 when the session has ended · 400 {token?} when another has begun, with a token if it is the same person's ·
// 422 {message?} when something cannot be saved as it is. Everything else is tried again.
// The words come from the data-words-… attributes of [data-saved].
//
// Saves go one after the other: one that has no answer is given up before the next is sent. It may come to the server all the same,
// and later: so all that is sent is counted, in the hidden input "turn".
// A form is sent only when a save has just reached the server, or the server has just been found to be there where nothing is
// saved by itself: without a connection the browser would show its own page instead of this one.

import { stranded, unattached, undecided, waiting } from "./attach.js";
import { keeper } from "./keep.js";
import { reaches, renewed, RETRY } from "./sending.js";
import { statusLine } from "./status.js";

const IDLE = 1000; // milliseconds without a key
const PATIENCE = 30000; // milliseconds until a save counts as lost
const LONGEST_LAST = 60000; // bytes that a browser sends for a page that is gone
const OURS = ["csrf_token", "version", "turn"]; // inputs that nobody types
const LASTING = ["offline", "held", "session", "conflict"]; // what typing on does not change

class Unreachable extends Error {}

export function start(form) {
  const line = form.querySelector("[data-saved]") ?? document.querySelector("[data-saved]");
  if (!line) return;
  const status = statusLine(line);
  const { words } = status;
  let timer;
  let sending; // the save that is on its way
  let known; // what the server has of this form, if that is known
  let answered; // what it has answered to, be it with a refusal
  let reached = false; // whether the last save came to the server
  // Nothing is saved by itself: too late, somebody else is signed in, or two versions stand here and the person decides.
  let stopped = form.querySelector("input[name=take]") !== null;
  let held; // the button that was pressed and waits
  let leaving = false; // the form is on its way
  let saved = line.textContent; // what is said when all is saved
  let news; // what somebody else changed, and this page does not show

  /** What is sent: all but files. */
  function typed() {
    const data = new FormData(form);
    for (const [name, value] of [...data]) if (value instanceof File) data.delete(name);
    return new URLSearchParams(data);
  }

  /** What somebody typed, to tell whether anything has changed. */
  function content() {
    const data = typed();
    OURS.forEach((name) => data.delete(name));
    return data.toString();
  }

  /** Whether something stands here that the server does not have. */
  function unsaved() {
    return content() !== (known ?? first) || unattached(form);
  }

  /** Say how the form stands, after a save that was taken or a change that undid another. */
  function tell() {
    if (stranded(form)) status.say("offline", words.wordsOffline);
    else if (content() !== known || waiting(form)) status.say("saving", words.wordsSaving);
    else if (unattached(form)) status.say("chosen", words.wordsChosen);
    else status.say(news ? "changed" : "saved", news ? `${saved}. ${news}` : saved);
  }

  function later(wait) {
    clearTimeout(timer);
    timer = setTimeout(() => save(Boolean(held)), wait);
  }

  function changed() {
    if (content() === known) kept.drop(); else kept.put();
    if (stopped) return;
    if (!LASTING.includes(status.state)) tell();
    later(IDLE);
  }

  /** Send what stands here, unless the server has it already; `anyhow` asks it in any case. */
  function save(anyhow = false) {
    clearTimeout(timer);
    if (sending || !form.isConnected) return;
    if (stopped ? held : anyhow === true || content() !== known) sending = deliver();
  }

  async function deliver() {
    try {
      await (stopped ? find() : saveOnce());
      reached = true;
    } catch {
      reached = false;
      const state = held ? "held" : "offline";
      status.say(state, held ? words.wordsHeld : words.wordsOffline);
      later(RETRY);
    }
    sending = undefined;
    if (reached && held) release();
    else if (reached && content() !== answered) later(IDLE);
  }

  async function saveOnce() {
    const answers = content();
    if (!LASTING.includes(status.state)) status.say("saving", words.wordsSaving);
    await settle(await send(), answers);
    answered = answers;
  }

  async function find() {
    if (!await reaches(form.dataset.autosave)) throw new Unreachable();
  }

  async function send() {
    const response = await post();
    return renewed(response.status, await response.clone().json().catch(() => ({}))) ? post() : response;
  }

  function post() {
    count();
    const body = typed();
    return fetch(form.dataset.autosave, {
      method: "POST",
      body,
      headers: { Accept: "application/json", "X-Requested-With": "fetch" },
      credentials: "same-origin",
      keepalive: body.toString().length < LONGEST_LAST,
      signal: AbortSignal.timeout(PATIENCE),
    });
  }

  async function settle(response, answers) {
    const json = response.headers.get("Content-Type")?.startsWith("application/json");
    const answer = json ? await response.json() : {};
    if (answer.version !== undefined) carry(answer.version);
    if (response.ok && json) {
      known = answers;
      if (content() === known) kept.drop();
      const left = document.querySelector("[data-due]");
      if (left && answer.left) left.textContent = answer.left;
      saved = words.wordsSaved.replace("{time}", answer.saved);
      news = answer.said || news;
      tell();
    } else if (response.status === 409 && answer.code === "stale") {
      stopped = answer.version === undefined;
      status.say("conflict", answer.message ?? words.wordsConflict, compare());
    } else if (response.status === 409) {
      stopped = true;
      status.say(answer.code === "another" ? "another" : "late", answer.message ?? words.wordsLate);
    } else if ([400, 401].includes(response.status) || response.redirected || (response.status === 403 && !json)) {
      status.say("session", words.wordsSession, words.signIn && { url: words.signIn, text: words.wordsSignIn });
    } else if (response.status === 429 || response.status > 500) {
      throw new Unreachable(response.status);
    } else {
      status.say("failed", answer.message ?? words.wordsFailed);
      if (response.status === 500) later(RETRY);
    }
  }

  function count() {
    const input = form.querySelector("input[name=turn]");
    if (input) input.value = Number(input.value) + 1;
  }

  function carry(version) {
    const input = form.querySelector("input[name=version]");
    if (input) input.value = version;
  }

  // The form itself is what asks for both versions: following a link would lose what was typed.
  function compare() {
    return { text: words.wordsCompare, press: () => form.requestSubmit() };
  }

  // ------------------------------------------------------------ the form is sent

  /** Send the form once everything before it is done: files, the save on its way, and one that finds the server. */
  function release() {
    if (waiting(form)) {
      if (stranded(form)) status.say("held", words.wordsHeld); else status.say("saving", words.wordsSaving);
    } else if (sending || !reached || (!stopped && content() !== answered)) {
      save(true);
    } else {
      const { submitter } = held;
      held = undefined;
      leaving = true;
      count();
      form.requestSubmit(submitter);
    }
  }

  form.addEventListener("submit", (event) => {
    if (leaving) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const left = undecided(form);
    if (left) {
      status.say("chosen", words.wordsChosen);
      left.focus();
      return;
    }
    if (!held) reached = false; // a line that was there a minute ago may be gone
    held = { submitter: event.submitter };
    release();
  }, { capture: true });
  form.addEventListener("asns:news", ({ detail }) => { news = detail; }); // what pasting has lost; see rows.js
  form.addEventListener("asns:not-sent", () => { leaving = false; });
  form.addEventListener("asns:files", () => {
    if (held && undecided(form)) { // the person is asked first
      held = undefined;
      status.say("chosen", words.wordsChosen);
    } else if (held) release();
    else if (status.state === "offline") save(true); // the line may be back
    else if (!stopped && !LASTING.includes(status.state)) tell();
  });

  // ------------------------------------------------------------ while it is filled in

  const kept = keeper(form, changed);
  // Somebody may have typed before this script was there, or the browser has put back what stood here.
  const begun = [...form.elements].some((input) => input.type !== "file" && input.type !== "hidden" &&
    (input.type === "radio" || input.type === "checkbox"
      ? input.checked !== input.defaultChecked
      : input.tagName !== "SELECT" && input.defaultValue !== undefined && input.value !== input.defaultValue));
  const first = begun ? undefined : content();
  answered = first;
  if (status.state === "saved") known = first;
  if (begun) later(IDLE);

  form.addEventListener("input", changed);
  form.addEventListener("change", changed);
  form.addEventListener("focusout", () => { if (content() !== answered && !sending && !stopped) later(200); });
  window.addEventListener("online", () => { if (unsaved() || held) save(true); });
  window.addEventListener("focus", () => { if (status.state === "session") save(true); }); // perhaps signed in again elsewhere
  window.addEventListener("pageshow", (event) => { if (event.persisted) leaving = false; });
  document.addEventListener("visibilitychange", () => { if (document.hidden && unsaved()) save(); });
  window.addEventListener("beforeunload", (event) => {
    if (leaving || !form.isConnected || !unsaved()) return;
    save(); // before the next page is asked for, which then shows it
    event.preventDefault();
  });
}

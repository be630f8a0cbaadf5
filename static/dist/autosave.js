// Saves a form with data-autosave="URL" while it is being filled in, and says truly how that stands in [data-saved].
//
// The server answers JSON: 200 {saved: "14.32", version?, left?} · 409 {code, message}, "stale" when somebody saved first,
// "another" when somebody else is signed in now · 401 when the session has ended · 400 {token?} when another has begun, with a
// token if it is the same person's · 422 {message?} when something cannot be saved as it is.
// The words come from the data-words-… attributes of [data-saved].

const IDLE = 1000; // milliseconds without a key
const RETRY = 10000; // milliseconds until the next try without a connection

export function start(form) {
  const line = form.querySelector("[data-saved]") ?? document.querySelector("[data-saved]");
  if (!line) return;
  let timer;
  let dirty = false;
  let sending; // the save that is on its way
  let known; // what was saved last
  let stopped = false; // a conflict, somebody else is signed in, or the form is on its way
  let anothers = false; // nothing is saved any more, and what was typed stands here alone

  function say(state, text, link) {
    line.dataset.state = state;
    line.textContent = text;
    if (link) {
      const anchor = document.createElement("a");
      anchor.className = "govuk-link";
      anchor.href = link.url;
      anchor.textContent = link.text;
      anchor.target = "_blank";
      line.append(" ", anchor);
    }
  }

  // The form itself is what asks for both versions: following a link would lose what was typed.
  function offerComparison() {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "asns-link-button";
    button.textContent = line.dataset.wordsCompare;
    button.addEventListener("click", () => form.requestSubmit());
    line.append(" ", button);
  }

  function later(wait) {
    clearTimeout(timer);
    timer = setTimeout(save, wait);
  }

  function save() {
    clearTimeout(timer);
    if (!dirty || sending || stopped) return;
    dirty = false;
    const answers = content();
    if (answers === known && line.dataset.state === "saved") return;
    say("saving", line.dataset.wordsSaving);
    sending = deliver(answers);
  }

  async function deliver(answers) {
    try {
      await settle(await send());
      known = answers;
    } catch {
      dirty = true;
      say("offline", line.dataset.wordsOffline);
      later(RETRY);
    }
    sending = undefined;
    if (dirty && line.dataset.state === "saved") later(IDLE);
  }

  /** What is sent: all but files. */
  function typed() {
    const data = new FormData(form);
    for (const [name, value] of [...data]) if (value instanceof File) data.delete(name);
    return new URLSearchParams(data);
  }

  /** What somebody typed, to tell whether anything has changed. */
  function content() {
    const data = typed();
    for (const name of [...data.keys()]) if (/(csrf_token|version)$/.test(name)) data.delete(name);
    return data.toString();
  }

  // Signed in again in another tab: the server gives whom the form belongs to a token of the new session.
  async function send() {
    const response = await post();
    const { token } = response.status === 400 ? await response.clone().json().catch(() => ({})) : {};
    if (!token) return response;
    document.querySelectorAll("input[name=csrf_token]").forEach((input) => { input.value = token; });
    return post();
  }

  function post() {
    return fetch(form.dataset.autosave, {
      method: "POST",
      body: typed(),
      headers: { Accept: "application/json", "X-Requested-With": "fetch" },
      credentials: "same-origin",
      keepalive: document.visibilityState === "hidden",
    });
  }

  async function settle(response) {
    const json = response.headers.get("Content-Type")?.startsWith("application/json");
    const answer = json ? await response.json() : {};
    if (response.status === 409) {
      stopped = true;
      dirty = anothers = answer.code === "another";
      say("conflict", answer.message ?? line.dataset.wordsConflict);
      if (answer.code === "stale") offerComparison();
    } else if (response.ok && json) {
      const version = form.querySelector("input[name$=version]");
      if (version && answer.version !== undefined) version.value = answer.version;
      const left = document.querySelector("[data-due]");
      if (left && answer.left) left.textContent = answer.left;
      say("saved", line.dataset.wordsSaved.replace("{time}", answer.saved));
    } else if ([400, 401, 403].includes(response.status) || response.redirected) {
      dirty = true;
      say("session", line.dataset.wordsSession,
        line.dataset.signIn && { url: line.dataset.signIn, text: line.dataset.wordsSignIn });
    } else if (response.status >= 500) {
      throw new Error(response.status); // tried again, as without a connection
    } else {
      say("failed", answer.message ?? line.dataset.wordsFailed);
    }
  }

  // Perhaps somebody has signed in again in another tab.
  function resume() {
    if (line.dataset.state === "session") save();
  }

  // Somebody may have typed before this script was there.
  dirty = [...form.elements].some((input) => input.type !== "file" && input.type !== "hidden" &&
    (input.type === "radio" || input.type === "checkbox"
      ? input.checked !== input.defaultChecked
      : input.defaultValue !== undefined && input.value !== input.defaultValue));
  if (dirty) later(IDLE);

  form.addEventListener("input", () => { dirty = true; later(IDLE); });
  form.addEventListener("change", () => { dirty = true; later(IDLE); });
  form.addEventListener("focusout", () => { if (dirty && !sending) later(200); });
  // A form that overtook its own save would carry the version before it. Whatever else listens, waits as well.
  form.addEventListener("submit", (event) => {
    clearTimeout(timer);
    const { submitter } = event;
    if (sending) {
      event.preventDefault();
      event.stopImmediatePropagation();
      if (!stopped) sending.then(() => form.requestSubmit(submitter));
    }
    stopped = true;
    anothers = false;
  }, { capture: true });
  window.addEventListener("online", save);
  window.addEventListener("focus", resume);
  window.addEventListener("pageshow", (event) => { if (event.persisted) stopped = false; });
  document.addEventListener("visibilitychange", () => { if (document.hidden) save(); });
  window.addEventListener("beforeunload", (event) => {
    if ((dirty || sending) && (!stopped || anothers)) event.preventDefault();
  });
}

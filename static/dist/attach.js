// Sends a file when it is chosen in an input with data-files="URL", one after the other, and shows how far it is.
//
// A POST of csrf_token, question, file, and replace=1 where that was asked and confirmed. The server answers JSON:
// 200 {files: "<ul class=asns-files>…", said, size?} · 409 {code: "occupied", message} where only one file fits, else it is too
// late · 401 and 400 {token?} as for autosave.js · 422 {message}. Everything else can be tried again; without an answer it is, by
// itself, and nobody knows then whether the first had come: the same file for the same question is one file for the server.
// The input says its limit in bytes (data-limit), whose answer it is (data-question-key, else its name) and the words (data-words-…).
//
// Tells its form "asns:files" when a file is attached, refused or left out.

import { another, progress, renewed, tooLarge } from "./sending.js";
import { button } from "./status.js";

const queues = new WeakMap(); // by form: what is sent now, and after it

/** Whether files were chosen that the server does not have. */
export function unattached(form) {
  return Boolean(form.querySelector("[data-upload-item]")) ||
    [...form.querySelectorAll("input[type=file]")].some((input) => input.files.length);
}

/** Whether files are on their way, or go by themselves once the line is back: with nothing for anybody to do. */
export function waiting(form) {
  return Boolean(form.querySelector("[data-upload-item=waiting], [data-upload-item=offline]"));
}

/** Whether one of them has found no line. */
export function stranded(form) {
  return Boolean(form.querySelector("[data-upload-item=offline]"));
}

/** The button of a file on which somebody has to decide. */
export function undecided(form) {
  return form.querySelector(["lost", "refused", "asked"].map((state) => `[data-upload-item=${state}] button`).join());
}

export function start(input) {
  const { form } = input;
  const list = document.createElement("ul");
  list.className = "asns-uploads";
  const heard = document.createElement("p");
  heard.className = "govuk-visually-hidden asns-uploads__said";
  heard.setAttribute("role", "status");
  input.closest(".govuk-form-group").append(list, heard);
  input.addEventListener("change", () => {
    heard.textContent = "";
    list.querySelectorAll("[data-upload-item=refused]").forEach((item) => item.remove());
    for (const file of input.files) {
      list.querySelectorAll("[data-upload-item=lost], [data-upload-item=offline]").forEach((item) => {
        if (item.dataset.file === print(file)) item.remove(); // somebody tries it again by hand
      });
      new Upload(input, file, list, heard).begin();
    }
    input.value = "";
    tell(form);
  });
  // Without a script a box says that a file may be replaced, and a button sends what was chosen.
  input.closest(".asns-question")?.querySelector("[data-replace]")?.remove();
  const all = [...form.querySelectorAll("input[type=file]")].every((other) => other.dataset.files);
  form.querySelectorAll("[data-attach]").forEach((other) => { other.hidden = all; });
}

function tell(form) {
  form.dispatchEvent(new CustomEvent("asns:files"));
}

class Upload {
  constructor(input, file, list, heard) {
    Object.assign(this, { input, file, heard, form: input.form, words: input.dataset });
    this.item = document.createElement("li");
    this.item.dataset.file = print(file);
    this.name = document.createElement("span");
    this.name.textContent = file.name;
    this.bar = document.createElement("progress");
    this.bar.className = "asns-progress";
    this.bar.max = 100;
    this.bar.setAttribute("aria-label", file.name);
    this.text = document.createElement("span");
    this.buttons = document.createElement("span");
    this.item.append(this.name, this.buttons, this.bar, this.text);
    list.append(this.item);
  }

  begin() {
    const large = tooLarge(this.file, this.words);
    if (large) {
      this.show("refused", large, this.leaving());
      this.heard.textContent = this.text.textContent;
      return;
    }
    this.enqueue();
  }

  /** After the files before it. */
  enqueue(replace = false) {
    this.show("waiting", this.words.wordsWaiting, { text: this.words.wordsCancel, press: () => this.leave() });
    const before = queues.get(this.form) ?? Promise.resolve();
    queues.set(this.form, before.then(() => this.item.isConnected && this.send(replace)));
  }

  /** What stands beside the name: "waiting", "offline", or something that the person decides on: "lost", "refused", "asked". */
  show(state, text, ...actions) {
    this.item.dataset.uploadItem = state;
    this.bar.hidden = state !== "waiting";
    this.bar.value = 0;
    this.text.className = state === "waiting" ? "govuk-hint" : "govuk-error-message";
    this.text.textContent = text;
    this.buttons.replaceChildren(...actions.map(button));
  }

  leaving() {
    return { text: this.words.wordsLeave, press: () => this.leave() };
  }

  leave() {
    this.request?.abort();
    this.gone();
    this.input.focus();
  }

  gone() {
    this.item.remove();
    tell(this.form);
  }

  /** Ends when the file is attached or the person is asked. */
  async send(replace) {
    let answer = await this.post(replace);
    if (renewed(answer.status, answer.json)) answer = await this.post(replace);
    if (answer.status !== "aborted") this.settle(answer, replace);
  }

  post(replace) {
    const data = new FormData();
    data.append("csrf_token", this.form.elements.csrf_token.value);
    data.append("question", this.words.questionKey ?? this.input.name);
    if (replace) data.append("replace", "1");
    data.append("file", this.file);
    const request = new XMLHttpRequest();
    this.request = request;
    progress(request, this.bar, this.text, this.words);
    request.open("POST", this.words.files);
    request.setRequestHeader("Accept", "application/json");
    request.setRequestHeader("X-Requested-With", "fetch");
    return new Promise((resolve) => {
      const end = (status) => resolve({ status, json: read(request) });
      request.addEventListener("load", () => end(request.status));
      request.addEventListener("error", () => end(0));
      request.addEventListener("abort", () => end("aborted"));
      request.send(data);
    });
  }

  settle({ status, json }, replace) {
    const again = { text: this.words.wordsAgain, press: () => this.enqueue(replace) };
    if (status === 200 && json.files !== undefined) {
      this.attached(json);
      return;
    }
    if (status === 409 && json.code === "occupied") {
      const replace = { text: this.words.wordsReplace, press: () => this.enqueue(true) };
      this.show("asked", json.message, replace, { ...this.leaving(), text: this.words.wordsKeep });
    } else if (status === 401 || status === 400) {
      this.show("lost", json.message ?? this.words.wordsSession, again, this.leaving());
    } else if (status === 409 || status === 413 || status === 422 || status === 403) {
      this.show("refused", json.message ?? this.words.wordsFailed, this.leaving());
    } else {
      this.show(status === 0 ? "offline" : "lost", this.words.wordsLost, again, this.leaving());
      if (status === 0) another().then(() => { if (this.item.isConnected && this.item.dataset.uploadItem === "offline") this.enqueue(replace); });
    }
    this.heard.textContent = this.text.textContent;
    tell(this.form);
  }

  attached({ files, said, size: total }) {
    const list = new DOMParser().parseFromString(files, "text/html").querySelector("ul");
    const place = this.input.closest(".asns-question").querySelector("[data-attached]");
    place.replaceChildren(...(list ? [list] : []));
    this.form.querySelectorAll("[data-size]").forEach((shown) => { shown.textContent = total ?? shown.textContent; });
    this.heard.textContent = said ?? "";
    this.gone();
  }
}

function read(request) {
  try { return JSON.parse(request.responseText) ?? {}; } catch { return {}; }
}

/** What tells files apart in the browser. */
function print({ name, size, lastModified }) {
  return `${name}/${size}/${lastModified}`;
}

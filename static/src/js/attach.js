// Sends a file when it is chosen in an input with data-files="URL", one after the other, and shows how far it is.
//
// A POST of csrf_token, question, file, and replace=1 where that was asked and confirmed. The server answers JSON:
// 200 {files: "<ul class=asns-files>…", said, size?} · 409 {code: "occupied", message} where only one file fits, else it is too
// late · 401 and 400 {token?} as for autosave.js · 422 {message}. Everything else can be tried again.
// The input says its limit in bytes (data-limit), whose answer it is (data-question-key, else its name) and the words (data-words-…).
//
// Tells its form "asns:files" when a file is attached, refused or left out.

import { button } from "./status.js";

const UNIT = document.documentElement.lang === "en" ? "%" : "\u00a0%"; // as in core/formats.py
const queues = new WeakMap(); // by form: what is sent now, and after it

/** Whether files were chosen that the server does not have. */
export function unattached(form) {
  return Boolean(form.querySelector("[data-upload-item]")) ||
    [...form.querySelectorAll("input[type=file]")].some((input) => input.files.length);
}

/** Whether files are on their way, with nothing for anybody to do. */
export function waiting(form) {
  return Boolean(form.querySelector("[data-upload-item=waiting]"));
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
    for (const file of input.files) new Upload(input, file, list, heard).begin();
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
    const limit = Number(this.words.limit);
    if (limit && this.file.size > limit) {
      this.show("refused", this.words.wordsLarge.replace("{size}", size(this.file.size)), this.leaving());
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

  /** What stands beside the name: "waiting", or something that the person decides on: "lost", "refused", "asked". */
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
    if (answer.status === 400 && answer.json.token) {
      document.querySelectorAll("input[name=csrf_token]").forEach((one) => { one.value = answer.json.token; });
      answer = await this.post(replace);
    }
    if (answer.status !== "aborted") this.settle(answer);
  }

  post(replace) {
    const data = new FormData();
    data.append("csrf_token", this.form.elements.csrf_token.value);
    data.append("question", this.words.questionKey ?? this.input.name);
    if (replace) data.append("replace", "1");
    data.append("file", this.file);
    const request = new XMLHttpRequest();
    this.request = request;
    request.upload.addEventListener("progress", ({ loaded, total }) => {
      const percent = total ? Math.floor((100 * loaded) / total) : 0;
      this.bar.value = percent;
      this.text.textContent = percent < 100
        ? this.words.wordsSending.replace("{percent}", `${percent}${UNIT}`) : this.words.wordsChecking;
    });
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

  settle({ status, json }) {
    const again = { text: this.words.wordsAgain, press: () => this.enqueue() };
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
      this.show("lost", this.words.wordsLost, again, this.leaving());
      if (status === 0) window.addEventListener("online", () => { if (this.item.dataset.uploadItem === "lost") this.enqueue(); }, { once: true });
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

/** The size of a file, as core/formats.py writes it. */
function size(bytes) {
  const number = new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: 1 });
  return `${number.format(Math.ceil((bytes * 10) / 1048576) / 10)}\u00a0MB`;
}

// Sends a form with data-upload so that the progress shows in its [data-progress], and says of a chosen file how large it is.
// What the server answers is the same page as without JavaScript; it takes the place of this one's content.
//
// Without a connection the form is held and goes out when the line is back. One that is lost on its way is sent again only by hand:
// nobody knows whether it had come.
//
// Tells the form "asns:sent" when the server has taken it, and "asns:not-sent" when it has not come there.

import { another, progress, reaches, size, tooLarge } from "./sending.js";

export function start(form) {
  const line = form.querySelector("[data-progress]");
  if (!line) return;
  const bar = line.querySelector("progress");
  const words = line.querySelector("[data-progress-words]");
  const files = [...form.querySelectorAll("input[type=file]:not([data-files])")];
  let sending = false;

  files.forEach(sizes);

  form.addEventListener("submit", async (event) => {
    if (event.defaultPrevented) return;
    event.preventDefault();
    const large = files.find((input) => [...input.files].some((file) => tooLarge(file, input.dataset)));
    if (large) large.focus();
    if (large || sending) return;
    const { submitter } = event;
    sending = true;
    line.hidden = false;
    while (!await reaches(form.action)) {
      words.textContent = line.dataset.wordsHeld;
      await another();
    }
    send(new FormData(form, submitter));
  });

  function send(data) {
    disable(true);
    const request = new XMLHttpRequest();
    progress(request, bar, words, line.dataset);
    request.addEventListener("load", () => show(request, form));
    request.addEventListener("error", fail);
    request.open("POST", form.action);
    request.send(data);
  }

  function disable(yes) {
    form.querySelectorAll("button").forEach((button) => { button.disabled = yes; });
  }

  function fail() {
    words.textContent = line.dataset.wordsFailed;
    bar.value = 0;
    sending = false;
    disable(false);
    form.dispatchEvent(new CustomEvent("asns:not-sent"));
  }
}

/** Below an input, what was chosen: how large each file is, and which is too large to be sent. */
function sizes(input) {
  const list = document.createElement("ul");
  list.className = "asns-uploads";
  list.setAttribute("role", "status");
  input.after(list);
  input.addEventListener("change", () => {
    list.replaceChildren(...[...input.files].map((file) => {
      const item = document.createElement("li");
      const name = document.createElement("span");
      name.textContent = file.name;
      const said = document.createElement("span");
      const large = tooLarge(file, input.dataset);
      said.className = large ? "govuk-error-message" : "govuk-hint";
      said.textContent = large ?? size(file.size);
      item.append(name, said);
      return item;
    }));
  });
}

/** Put the answer's page in the place of this one. */
async function show(request, form) {
  const taken = request.status < 400;
  if (taken) form.dispatchEvent(new CustomEvent("asns:sent"));
  const page = new DOMParser().parseFromString(request.responseText, "text/html");
  const main = page.querySelector("main");
  if (!main) { location.assign(request.responseURL); return; }
  history.replaceState(null, "", request.responseURL);
  document.title = page.title;
  const { start: startAll } = await import("./asns.js");
  for (const part of [main, page.querySelector(".asns-header__tools")]) { // its language button sends what was sent here
    document.querySelector(part.id ? `#${part.id}` : `.${part.className}`).replaceWith(document.adoptNode(part));
    await startAll(part);
  }
  if (!taken) main.querySelector("form[data-keep]")?.dispatchEvent(new Event("input")); // still only here
  const told = main.querySelector(".govuk-error-summary, .asns-flash, h1");
  if (told) { told.tabIndex = -1; told.focus(); window.scrollTo(0, 0); }
}

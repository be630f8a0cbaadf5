// Sends a form with data-upload so that the progress shows in its [data-progress]. What the server answers is the
// same page as without JavaScript; it takes the place of this one's content.

const UNIT = document.documentElement.lang === "en" ? "%" : "\u00a0%"; // as in core/formats.py

export function start(form) {
  const line = form.querySelector("[data-progress]");
  if (!line) return;
  const bar = line.querySelector("progress");
  const words = line.querySelector("[data-progress-words]");

  form.addEventListener("submit", (event) => {
    const chosen = [...form.querySelectorAll("input[type=file]")].some((input) => input.files.length);
    if (event.defaultPrevented || !chosen) return;
    event.preventDefault();
    const data = new FormData(form, event.submitter);
    const request = new XMLHttpRequest();
    request.upload.addEventListener("progress", ({ loaded, total }) => {
      const percent = total ? Math.floor((100 * loaded) / total) : 0;
      bar.value = percent;
      words.textContent = percent < 100
        ? line.dataset.wordsSending.replace("{percent}", `${percent}${UNIT}`)
        : line.dataset.wordsChecking;
    });
    request.addEventListener("load", () => show(request));
    request.addEventListener("error", () => fail());
    request.open("POST", form.action);
    line.hidden = false;
    disable(true);
    request.send(data);
  });

  function disable(yes) {
    form.querySelectorAll("button").forEach((button) => { button.disabled = yes; });
  }

  function fail() {
    words.textContent = line.dataset.wordsFailed;
    bar.value = 0;
    disable(false);
    form.dispatchEvent(new CustomEvent("asns:not-sent"));
  }
}

/** Put the answer's page in the place of this one. */
async function show(request) {
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
  const told = main.querySelector(".govuk-error-summary, .asns-flash, h1");
  if (told) { told.tabIndex = -1; told.focus(); window.scrollTo(0, 0); }
}

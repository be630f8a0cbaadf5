// A page with data-person belongs to who was signed in when it was made.
//
// Where somebody else has signed in in another tab since, no form of it is sent: the server would refuse it, and what was typed
// would be gone. And the page never comes back from the browser's back/forward cache, which asks nobody who is signed in now.
// Whoever signs out leaves nothing in this browser that they had typed.

import { WHO, forget, read, store, sweep } from "./keep.js";

/** Begin on a page of data-person; WHO is empty on a visitor's, and null where a browser keeps nothing for us: the server then judges. */
export function start(body) {
  const mine = body.dataset.person;
  store(WHO, mine);
  sweep();
  if (!mine) return;

  document.addEventListener("submit", (event) => {
    if (event.target.method !== "post" || [mine, "", null].includes(read(WHO))) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    tell(body.dataset.wordsAnother);
  }, { capture: true });
  document.addEventListener("submit", (event) => {
    if ("signsOut" in event.target.dataset) forget(mine);
  });
  window.addEventListener("pagehide", (event) => { if (event.persisted) body.hidden = true; });
  window.addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
}

function tell(words) {
  document.querySelector("[data-another]")?.remove();
  const line = document.createElement("div");
  line.className = "asns-flash asns-flash--error";
  line.setAttribute("role", "alert");
  line.dataset.another = "";
  line.tabIndex = -1;
  line.append(document.createElement("p"));
  line.firstChild.textContent = words;
  document.querySelector("main").prepend(line);
  line.focus();
}

// The line that says how a form stands, at the foot of the window while somebody fills it in.
//
// Whoever listens to the page hears a state when it comes, and not again with every save: so what is heard is not the line itself.

const NOT_HEARD = "saving"; // it comes and goes with every word that is typed

export function statusLine(line) {
  const heard = document.createElement("div");
  heard.className = "govuk-visually-hidden";
  heard.setAttribute("role", "status");
  line.after(heard);
  line.removeAttribute("role");
  line.classList.add("asns-saved--foot");
  makeRoom(line);
  let told = line.dataset.state;

  /** Say `text`; an `action` is a link {text, url} that opens beside the page, or a button {text, press}. */
  function say(state, text, action) {
    line.dataset.state = state;
    line.textContent = text;
    if (action) line.append(" ", action.url ? link(action) : button(action));
    if (state === NOT_HEARD || state === told) return;
    told = state;
    heard.textContent = text;
  }

  return { say, get state() { return line.dataset.state; }, words: line.dataset };
}

/** What gets the focus is scrolled to above the line, and the page ends above it. */
function makeRoom(line) {
  const root = document.documentElement;
  new ResizeObserver(() => {
    if (line.offsetHeight) root.style.setProperty("--asns-foot", `${line.offsetHeight}px`);
  }).observe(line);
}

function link({ text, url }) {
  const anchor = document.createElement("a");
  anchor.className = "govuk-link";
  anchor.href = url;
  anchor.textContent = text;
  anchor.target = "_blank";
  return anchor;
}

/** A quiet button that is no part of what the form sends. */
export function button({ text, press }) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "asns-link-button";
  made.textContent = text;
  made.addEventListener("click", press);
  return made;
}

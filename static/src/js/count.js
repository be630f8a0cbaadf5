// Says how many characters are left in a text area with data-count. A line break is one, as on the server,
// and so is a letter outside the basic plane; outer whitespace does not count.

const numbers = new Intl.NumberFormat(document.documentElement.lang);

/** The length of a text as the server counts it. */
export function length(text) {
  return [...text.replace(/\r\n?/g, "\n").trim()].length;
}

export function start(area) {
  const limit = Number(area.dataset.count);
  const quiet = area.dataset.quiet === "true";  // speaks only when the limit comes near
  const shown = document.getElementById(`${area.id}-count`);
  if (!shown) return;
  // The number changes at every key; who listens to the page hears it only when the typing pauses.
  const heard = document.createElement("div");
  heard.className = "govuk-visually-hidden";
  heard.setAttribute("aria-live", "polite");
  shown.after(heard);

  function say() {
    const left = limit - length(area.value);
    const words = left < 0 ? shown.dataset.over : shown.dataset.left;
    shown.textContent = words.replace("{count}", numbers.format(Math.abs(left)));
    shown.classList.toggle("asns-count--over", left < 0);
    shown.hidden = quiet && left > limit / 5;
    area.classList.toggle("govuk-textarea--error", left < 0 || area.dataset.refused === "true");
  }

  area.dataset.refused = String(area.classList.contains("govuk-textarea--error"));
  let pause;
  area.addEventListener("input", () => {
    say();
    clearTimeout(pause);
    pause = setTimeout(() => { heard.textContent = shown.hidden ? "" : shown.textContent; }, 1000);
  });
  say();
}

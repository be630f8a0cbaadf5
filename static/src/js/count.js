// Says how many characters are left in a text area with data-count. A letter is one however it is written, and so is a line break.

const numbers = new Intl.NumberFormat(document.documentElement.lang);
const BLANK = /[\s\p{Zs}\p{Zl}\p{Zp}\p{Cc}\p{Cf}\p{Co}\p{Cs}\u115f\u1160\u3164\uffa0\u2800]/u;

/** The length of a text as the server keeps it; see text() in portal/core/parsing.py. */
export function length(text) {
  const signs = [...text.replace(/\r\n?|[\u2028\u2029]/g, "\n").replaceAll("\u00ad", "").normalize("NFC")];
  const first = signs.findIndex((sign) => !BLANK.test(sign));
  return first < 0 ? 0 : signs.findLastIndex((sign) => !BLANK.test(sign)) - first + 1;
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

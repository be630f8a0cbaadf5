// Starts what a page asks for: GOV.UK's own components, then ours. Every page works without this file.
import { initAll } from "./govuk-frontend.min.js";
import { start as belongs } from "./person.js";

const ours = [
  ["[data-count]", "./count.js"],
  ["[data-rows]", "./rows.js"],
  ["input[data-files]", "./attach.js"],
  ["form[data-autosave]", "./autosave.js"],
  ["form[data-keep]", "./keep.js"],
  ["form[data-upload]", "./upload.js"],
  ["form[data-language]", "./language.js"],
  ["[data-sheet]", "./sheet.js"],
];

/** Start everything inside `root`: the document, or a part that has just been put into it. */
export async function start(root) {
  initAll({ scope: root });
  const starts = ours.map(async ([selector, file]) => {
    const found = [...root.querySelectorAll(selector)];
    if (found.length === 0) return;
    const module = await import(file);
    found.forEach((element) => module.start(element));
  });
  const current = root.querySelector(".asns-nav [aria-current]");
  if (current) {
    const line = current.closest("ul");
    line.scrollLeft = current.offsetLeft - line.offsetLeft - 15;
  }
  await Promise.all(starts);
}

document.body.classList.add("js-enabled", "govuk-frontend-supported");
belongs(document.body);
start(document);

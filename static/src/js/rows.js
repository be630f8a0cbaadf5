// A table that is typed in (data-rows="name", see portal/core/fields/rows.py): rows are added, removed, copied and moved without
// asking the server, what is copied from a spreadsheet fills cells, and totals run along.
//
// Inputs are named name-index-column, the index being the place of the row. The words come from data-words-… attributes.

import { amount, cellsOf } from "./cells.js";
import { cellsIn } from "./keep.js";
import { button } from "./status.js";

const { lang } = document.documentElement;
const GROWS = CSS.supports("field-sizing", "content");

export function start(box) {
  const name = box.dataset.rows;
  const words = box.dataset;
  const most = Number(box.dataset.maximum);
  const least = Math.max(1, Number(box.dataset.minimum));
  const body = box.querySelector("tbody");
  const said = box.querySelector("[data-rows-said]");
  const add = box.querySelector(`button[name="${name}-add"]`);
  const rows = () => [...body.rows].filter((row) => row !== note);
  let note; // the row that says what came of pasting
  let undo; // puts back what stood before the pasting, until something else is typed
  const verbs = { add: adding, remove: removing, copy: copying, up: (row) => moving(row, -1), down: (row) => moving(row, 1) };

  // ------------------------------------------------------------ the buttons

  box.addEventListener("click", (event) => {
    const pressed = event.target.closest("button");
    const verb = pressed?.name.startsWith(`${name}-`) && verbs[pressed.name.slice(name.length + 1)];
    if (!verb) return;
    event.preventDefault();
    verb(pressed.closest("tr"));
  });

  function adding() {
    cellsIn(append())[0].focus();
    arranged(words.wordsAdded, rows().length);
  }

  function removing(row) {
    const place = rows().indexOf(row);
    row.remove();
    while (rows().length < least) append();
    arranged(words.wordsRemoved, place + 1);
    focus(rows()[Math.min(place, rows().length - 1)], "remove");
  }

  function copying(row) {
    const copy = duplicate(row);
    cellsIn(row).forEach((cell, place) => { cellsIn(copy)[place].value = cell.value; });
    row.after(copy);
    begin(copy);
    arranged(words.wordsCopied, rows().indexOf(row) + 1);
    cellsIn(copy)[0].focus();
  }

  function moving(row, by) {
    const place = rows().indexOf(row) + by;
    const other = rows()[place];
    if (by < 0) other.before(row); else other.after(row);
    arranged(words.wordsMoved, place + 1 - by, place + 1);
    focus(row, by < 0 ? "up" : "down", by < 0 ? "down" : "up");
  }

  /** The first of the buttons that can be pressed in the row, else the one that adds a row. */
  function focus(row, ...choice) {
    const found = choice.map((verb) => row.querySelector(`button[name="${name}-${verb}"]`)).find((one) => one && !one.hidden);
    (found ?? (add.hidden ? cellsIn(row)[0] : add)).focus();
  }

  function arranged(sentence, row, place) {
    unsay();
    say(sentence.replace("{row}", row).replace("{place}", place));
    number();
    changed();
  }

  function say(sentence) {
    said.textContent = sentence;
  }

  function changed() {
    box.dispatchEvent(new Event("input", { bubbles: true }));
  }

  // ------------------------------------------------------------ rows

  function append() {
    const row = duplicate(rows().at(-1));
    body.append(row);
    begin(row);
    number();
    return row;
  }

  /** A row like `row` with nothing in it, neither text nor complaint. */
  function duplicate(row) {
    const copy = row.cloneNode(true);
    copy.querySelectorAll(".govuk-error-message, [aria-live]").forEach((part) => part.remove());
    for (const marked of copy.querySelectorAll("[class*='--error']")) {
      marked.className = [...marked.classList].filter((one) => !one.endsWith("--error")).join(" ");
    }
    for (const cell of cellsIn(copy)) {
      cell.removeAttribute("autofocus");
      cell.removeAttribute("aria-invalid");
      cell.style.height = "";
      if (cell.tagName === "SELECT") cell.selectedIndex = 0; else cell.value = cell.defaultValue = "";
    }
    return copy;
  }

  /** What runs in the cells of a row that has just come. */
  async function begin(row) {
    const { start: startAll } = await import("./asns.js");
    startAll(row);
  }

  /** Names, labels and buttons say the places at which the rows stand now. */
  function number() {
    const all = rows();
    const headings = [...box.querySelectorAll("thead th")].map((heading) => heading.textContent.trim());
    all.forEach((row, place) => {
      for (const part of row.querySelectorAll("[name], [id], [for], [aria-describedby]")) {
        for (const key of ["name", "id", "for", "aria-describedby"]) {
          const old = part.getAttribute(key);
          if (old) part.setAttribute(key, old.replaceAll(new RegExp(`(^|\\s)${name}-\\d+-`, "g"), `$1${name}-${place}-`));
        }
      }
      [...row.cells].forEach((cell, column) => {
        const label = cell.querySelector(":scope > .govuk-form-group > label");
        if (label && headings[column]) {
          label.textContent = words.wordsCell.replace("{column}", headings[column]).replace("{row}", place + 1);
        }
      });
      row.querySelectorAll("[data-words]").forEach((part) => { part.textContent = part.dataset.words.replace("{row}", place + 1); });
      row.querySelectorAll(`button[name^="${name}-"]`).forEach((button) => { button.value = place; });
      show(row, "up", place > 0);
      show(row, "down", place < all.length - 1);
      show(row, "copy", all.length < most);
      show(row, "remove", all.length > 1);
    });
    add.hidden = all.length >= most;
    total();
  }

  function show(row, verb, yes) {
    const button = row.querySelector(`button[name="${name}-${verb}"]`);
    if (button) button.hidden = !yes;
  }

  /** Put these rows of texts in the place of all that stand there. */
  function replace(values) {
    unsay();
    while (rows().length > Math.max(least, values.length)) rows().at(-1).remove();
    while (rows().length < Math.min(most, values.length)) append();
    rows().forEach((row, place) => cellsIn(row).forEach((cell, column) => {
      const value = values[place]?.[column] ?? "";
      if (cell.value === value) return;
      cell.value = value;
      typed(cell);
    }));
    number();
    changed();
  }

  box.addEventListener("asns:rows", ({ detail }) => replace(detail)); // what was kept in this browser

  // ------------------------------------------------------------ from a spreadsheet

  box.addEventListener("paste", (event) => {
    const cell = event.target.closest("td") && event.target;
    const text = event.clipboardData?.getData("text/plain") ?? "";
    if (!cell || cell.readOnly || !text) return;
    const pasted = cellsOf(text);
    const single = pasted.length === 1 && pasted[0].length === 1;
    // Paragraphs pasted into a long text are a text; rows of one column come from a table.
    const table = pasted.some((row) => row.length > 1) || cell.tagName !== "TEXTAREA" ||
      /<table/i.test(event.clipboardData.getData("text/html"));
    if (single ? pasted[0][0] === text : !table) return;
    event.preventDefault();
    unsay();
    undo = undoing(cell);
    if (single) insert(cell, pasted[0][0]); else fill(cell, pasted);
    changed();
    total();
  });

  // A browser does not undo what a script has put there.
  box.addEventListener("keydown", (event) => {
    if (!undo || event.key.toLowerCase() !== "z" || !(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey) return;
    event.preventDefault();
    undo();
  });
  box.addEventListener("input", (event) => {
    if (!undo || !event.isTrusted) return; // a script's
    undo = undefined;
    note?.querySelector("button").remove();
    if (!note?.classList.contains("asns-rows__note--lost")) unsay();
  });

  function undoing(cell) {
    const [row, column] = [rows().indexOf(cell.closest("tr")), cellsIn(cell.closest("tr")).indexOf(cell)];
    const values = rows().map((one) => cellsIn(one).map((each) => each.value));
    return () => {
      replace(values);
      say(words.wordsUndone);
      cellsIn(rows()[row])[column].focus();
    };
  }

  /** Say what came of pasting right below the row where it began; what got lost stands with the form's state as well. */
  function tell(row, sentence, lost) {
    say(sentence);
    said.classList.add("govuk-visually-hidden");
    note = document.createElement("tr");
    note.className = `asns-rows__note${lost ? " asns-rows__note--lost" : ""}`;
    note.insertCell().colSpan = row.cells.length;
    note.cells[0].append(sentence, " ", button({ text: words.wordsUndo, press: () => undo() }));
    row.after(note);
    if (lost) news(lost);
  }

  /** Take back what was said of pasting. */
  function unsay() {
    if (note?.classList.contains("asns-rows__note--lost")) news("");
    note?.remove();
    note = undo = undefined;
    said.textContent = "";
    said.classList.remove("govuk-visually-hidden");
  }

  function news(text) {
    box.dispatchEvent(new CustomEvent("asns:news", { detail: text, bubbles: true }));
  }

  function insert(cell, text) {
    cell.setRangeText(onto(cell, text), cell.selectionStart, cell.selectionEnd, "end");
    typed(cell);
  }

  function fill(cell, pasted) {
    const top = rows().indexOf(cell.closest("tr"));
    const left = cellsIn(rows()[top]).indexOf(cell);
    const width = cellsIn(rows()[top]).length - left;
    while (rows().length < Math.min(most, top + pasted.length)) append();
    const fitting = pasted.slice(0, most - top);
    const misfits = fitting.flatMap((row, down) => row.slice(0, width).filter(
      (value, right) => !write(cellsIn(rows()[top + down])[left + right], value)));
    const lost = [
      [words.wordsRowsLost, pasted.length - fitting.length],
      [words.wordsColumnsLost, Math.max(0, ...fitting.map((row) => row.length - width))],
      [words.wordsChoicesLost, misfits.length],
    ].filter(([, count]) => count > 0).map(([sentence, count]) => sentence.replace("{count}", count));
    tell(rows()[top], [words.wordsPasted.replace("{count}", fitting.length), ...lost].join(" "), lost.join(" "));
  }

  /** Whether the cell took the value: a list takes only what it offers. */
  function write(cell, value) {
    if (cell.tagName === "SELECT") {
      const same = (text) => text.trim().toLowerCase() === value.trim().toLowerCase();
      const option = [...cell.options].find((one) => same(one.text) || same(one.value));
      if (!option) return value.trim() === "";
      cell.value = option.value;
    } else {
      cell.value = onto(cell, value);
    }
    typed(cell);
    return true;
  }

  // ------------------------------------------------------------ totals, and room for long texts

  function total() {
    for (const shown of box.querySelectorAll("[data-sum]")) {
      const column = shown.dataset.sum;
      const sums = rows().map((row) => amount(row.querySelector(`[name$="-${column}"]`).value));
      const sum = sums.reduce((one, other) => one + other, 0);
      shown.textContent = Number.isNaN(sum) ? "–" : written(sum, shown.dataset.kind === "money");
    }
  }

  box.addEventListener("input", (event) => {
    if (!GROWS && event.target.tagName === "TEXTAREA") grow(event.target);
    total();
  });
  if (!GROWS) box.querySelectorAll("textarea").forEach(grow);
  number();
}

/** The value as the cell can hold it: one line has no line ends. */
function onto(cell, value) {
  return cell.tagName === "TEXTAREA" ? value : value.replace(/\s*\n\s*/g, " ");
}

function typed(cell) {
  cell.dispatchEvent(new Event("input", { bubbles: true }));
}

function grow(area) {
  area.style.height = "auto";
  area.style.height = `${area.scrollHeight + 4}px`;
}

/** A number or sum as core/formats.py writes it. */
function written(sum, money) {
  const rounded = Math.round(sum * 100) / 100;
  const shape = money
    ? { style: "currency", currency: "EUR", minimumFractionDigits: Number.isInteger(rounded) ? 0 : 2 } : {};
  return new Intl.NumberFormat(lang, { ...shape, maximumFractionDigits: 2, useGrouping: "always" }).format(rounded);
}

// What a spreadsheet puts on the clipboard, and sums of what people type into cells. No page is needed here.

// A quoted cell ends where its quote is followed by the next cell. Excel puts quotes around a cell only where it holds a line
// end, a tab or a quote, so that "Ķēde" alone is a name in quotes and stays one.
const QUOTED = /"((?:[^"]|"")*)"(?=\t|\r\n?|\n|$)/y;
const PLAIN = /[^\t\r\n]*/y;
const NEXT = /\t|\r\n?|\n/y;

/** The rows of cells of a text from the clipboard; rows without anything at the end do not count. */
export function cellsOf(text) {
  const rows = [[]];
  let place = 0;
  const take = (pattern) => {
    pattern.lastIndex = place;
    const found = pattern.exec(text);
    if (found) place = pattern.lastIndex;
    return found;
  };
  for (;;) {
    rows.at(-1).push(cell(take(QUOTED) ?? take(PLAIN)));
    const end = take(NEXT);
    if (!end) break;
    if (end[0] !== "\t") rows.push([]);
  }
  while (rows.length > 1 && rows.at(-1).every((value) => value === "")) rows.pop();
  return rows;
}

function cell([whole, inner]) {
  return inner !== undefined && /[\t\r\n]|""/.test(inner)
    ? inner.replaceAll('""', '"').replace(/\r\n?/g, "\n") : whole;
}

/** A number or sum as people write it: 0 for nothing, NaN for what cannot be read. The server judges; this is for a total that runs along. */
export function amount(text) {
  let digits = text.normalize("NFKC").replace(/[\s\u200b\u2060\ufeff€]|eur/gi, "").replace(/,-$/, "");
  if (digits === "") return 0;
  if (digits.includes(".") && digits.includes(",")) {
    if (digits.lastIndexOf(".") > digits.indexOf(",")) return NaN;
    digits = digits.replaceAll(".", "");
  }
  digits = digits.replace(",", ".");
  return /^[-−]?\d+(\.\d+)?$/.test(digits) ? Number(digits.replace("−", "-")) : NaN;
}

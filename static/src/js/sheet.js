// The score sheet. Keys: a number scores the criterion that has the focus, arrows up and down go to the next one (left
// and right are the radio buttons' own). The total runs along. On a phone, tabs keep the place in each part.

const numbers = new Intl.NumberFormat(document.documentElement.lang);

export function start(root) {
  total(root);
  keys(root);
  tabs(root);
}

function total(root) {
  const box = root.querySelector("[data-total]");
  if (!box) return;
  const criteria = [...root.querySelectorAll("[data-criterion]")];
  root.addEventListener("change", () => {
    let sum = 0;
    let chosen = 0;
    for (const criterion of criteria) {
      const radio = criterion.querySelector("input[type=radio]:checked");
      if (!radio) continue;
      chosen += 1;
      sum += Number(criterion.dataset.weight) * Number(radio.value);
    }
    const points = numbers.format(Math.round(sum * 100) / 100);
    box.querySelector("[data-total-points]").textContent = box.dataset.wordsMost
      .replace("{total}", points).replace("{most}", box.dataset.most);
    box.querySelector("[data-total-count]").textContent = box.dataset.wordsOf
      .replace("{chosen}", chosen).replace("{count}", criteria.length);
  });
}

function keys(root) {
  let typed = "";
  let forget;
  root.addEventListener("keydown", (event) => {
    const criterion = event.target.closest?.("[data-criterion]");
    if (!criterion || event.target.type !== "radio" || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "ArrowUp" || event.key === "ArrowDown") {
      event.preventDefault();
      step(root, criterion, event.key === "ArrowDown" ? 1 : -1);
    } else if (/^[0-9.,]$/.test(event.key)) {
      event.preventDefault();
      typed += event.key.replace(",", ".");
      clearTimeout(forget);
      forget = setTimeout(() => { typed = ""; }, 900);
      if (!score(criterion, typed) && !typed.endsWith(".")) {
        typed = event.key;
        score(criterion, typed);
      }
    }
  });
}

/** Choose the points that were typed, if the criterion has them. */
function score(criterion, typed) {
  const radio = [...criterion.querySelectorAll("input[type=radio]")]
    .find((input) => typed !== "." && Number(input.value) === Number(typed));
  if (!radio || radio.disabled) return false;
  radio.focus();
  radio.checked = true;
  radio.dispatchEvent(new Event("input", { bubbles: true }));
  radio.dispatchEvent(new Event("change", { bubbles: true }));
  return true;
}

function step(root, from, by) {
  const all = [...root.querySelectorAll("[data-criterion]")];
  const next = all[all.indexOf(from) + by];
  const radio = next?.querySelector("input[type=radio]:checked") ?? next?.querySelector("input[type=radio]");
  radio?.focus();
}

function tabs(root) {
  const buttons = [...root.querySelectorAll("[role=tab]")];
  if (buttons.length === 0) return;
  const narrow = matchMedia("(max-width: 59.99em)");
  const key = `tab:${location.pathname}`;
  const places = {};
  let shown = sessionStorage.getItem(key) ?? buttons[0].getAttribute("aria-controls");

  function panel(name) { return document.getElementById(name); }

  function show(name, focus) {
    places[shown] = window.scrollY;
    shown = name;
    sessionStorage.setItem(key, name);
    for (const button of buttons) {
      const own = button.getAttribute("aria-controls");
      const chosen = own === name;
      button.setAttribute("aria-selected", String(chosen));
      button.tabIndex = chosen ? 0 : -1;
      if (chosen && focus) button.focus({ preventScroll: true });
      panel(own)?.toggleAttribute("data-tab-hidden", !chosen && narrow.matches);
    }
    // A part seen for the first time begins at its beginning.
    if (narrow.matches && places[name] !== undefined) window.scrollTo(0, places[name]);
    else if (narrow.matches && window.scrollY > root.offsetTop) window.scrollTo(0, root.offsetTop);
  }

  buttons.forEach((button, place) => {
    button.addEventListener("click", () => show(button.getAttribute("aria-controls")));
    button.addEventListener("keydown", (event) => {
      const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (by) show(buttons[(place + by + buttons.length) % buttons.length].getAttribute("aria-controls"), true);
    });
  });
  narrow.addEventListener("change", () => show(shown));
  // A link from a criterion to the application opens that tab first.
  root.addEventListener("click", (event) => {
    const target = document.getElementById(event.target.closest("a[href^='#']")?.hash.slice(1) ?? "");
    const own = buttons.map((button) => button.getAttribute("aria-controls"))
      .find((name) => target && panel(name)?.contains(target));
    if (own && own !== shown) show(own);
  });
  // A link to a place on this page opens the tab that holds it.
  const sought = document.getElementById(location.hash.slice(1));
  const holds = sought && buttons.map((button) => button.getAttribute("aria-controls"))
    .find((name) => panel(name)?.contains(sought));
  show(holds ?? (panel(shown) ? shown : buttons[0].getAttribute("aria-controls")));
  if (holds) (sought.closest("[data-criterion]") ?? sought).scrollIntoView();
}

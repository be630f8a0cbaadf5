// The language button of a page that a form was answered with: it sends what was sent before (portal/core/again.py). What has been
// typed since then goes along.

export function start(button) {
  button.addEventListener("submit", () => {
    const form = [...document.querySelectorAll("main form[method=post]")].find(answers);
    if (!form) return;
    const shown = new Set([...form.elements].filter((field) => field.type !== "submit").map((field) => field.name));
    button.querySelectorAll("input").forEach((carried) => shown.has(carried.name) && carried.remove());
    for (const [name, value] of new FormData(form)) {
      if (typeof value === "string" && !isSecret(form, name)) button.append(hidden(name, value));
    }
  });
}

/** Whether a form is sent to this page's own address. */
function answers(form) {
  return new URL(form.getAttribute("action") ?? "", location.href).pathname === location.pathname;
}

function isSecret(form, name) {
  return [...form.elements].some((field) => field.name === name && field.type === "password");
}

function hidden(name, value) {
  const field = document.createElement("input");
  Object.assign(field, { type: "hidden", name, value });
  return field;
}

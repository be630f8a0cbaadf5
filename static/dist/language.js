// The language button of a page that a form was answered with: it sends what was sent before (portal/core/language_replay.py). What has been
// typed since then goes along; a row that a button has added or moved stands there already. Where two versions are compared, they
// are compared again: the version that the form was sent with stays.

const ARRANGES = /-(add|remove|copy|up|down)$/;

export function start(button) {
  button.addEventListener("submit", () => {
    const form = [...document.querySelectorAll("main form[method=post]")].find(answers);
    if (!form) return;
    const shown = new Set([...form.elements].filter((field) => field.type !== "submit").map((field) => field.name));
    const compared = document.querySelector("[data-compared]") !== null;
    if (compared) shown.delete("version");
    button.querySelectorAll("input").forEach((carried) => {
      if (shown.has(carried.name) || ARRANGES.test(carried.name)) carried.remove();
    });
    for (const [name, value] of new FormData(form)) {
      if (typeof value === "string" && !isSecret(form, name) && !(compared && name === "version")) button.append(hidden(name, value));
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

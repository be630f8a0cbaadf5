// What the scripts that send have in common: whether the server is there, the token of a session, how far a file is, its size.

export const RETRY = 10000; // milliseconds until the next try without a connection
const PATIENCE = 10000; // milliseconds until a server that says nothing counts as away
const { lang } = document.documentElement;

/** Whether a server answers at an address; what it says does not matter, and it does nothing. */
export async function reaches(address) {
  try {
    const { status } = await fetch(address, { method: "OPTIONS", cache: "no-store", signal: AbortSignal.timeout(PATIENCE) });
    return status <= 500 && status !== 429;
  } catch { return false; }
}

/** Ends when the line may be back. */
export function another() {
  return new Promise((resolve) => {
    setTimeout(resolve, RETRY);
    window.addEventListener("online", resolve, { once: true });
  });
}

/**
 * Take the token of the session that has begun meanwhile, in another tab: the server gives one to whom the form belongs.
 * Whether there is one, so that sending again has a point.
 */
export function renewed(status, answer) {
  if (status !== 400 || !answer?.token) return false;
  document.querySelectorAll("input[name=csrf_token]").forEach((input) => { input.value = answer.token; });
  return true;
}

/** Show in a bar and in words how far a request is. */
export function progress(request, bar, text, words) {
  const unit = lang === "en" ? "%" : "\u00a0%"; // as in core/formats.py
  request.upload.addEventListener("progress", ({ loaded, total }) => {
    const percent = total ? Math.floor((100 * loaded) / total) : 0;
    bar.value = percent;
    text.textContent = percent < 100 ? words.wordsSending.replace("{percent}", `${percent}${unit}`) : words.wordsChecking;
  });
}

/** Why a file is not sent at all: it is larger than its input takes (data-limit, in bytes). */
export function tooLarge(file, words) {
  const limit = Number(words.limit);
  return limit && file.size > limit ? words.wordsLarge.replace("{size}", size(file.size)) : undefined;
}

/** The size of a file, as core/formats.py writes it. */
export function size(bytes) {
  if (bytes < 1024) return `${bytes}\u00a0B`;
  if (Math.ceil(bytes / 1024) < 1000) return `${Math.ceil(bytes / 1024)}\u00a0kB`;
  const number = new Intl.NumberFormat(lang, { maximumFractionDigits: 1 });
  return `${number.format(Math.ceil((bytes * 10) / 1048576) / 10)}\u00a0MB`;
}

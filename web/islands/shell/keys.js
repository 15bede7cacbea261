// j and k go through a list, Enter opens, / searches, ? explains. Never while something is being typed.
const typing = (target) => target.closest("input, textarea, select, [contenteditable]") !== null;
const rows = () => [...document.querySelectorAll("[data-rows] [data-row]")];

function step(by) {
  const all = rows();
  if (!all.length) return;
  const now = all.findIndex((row) => row.closest("li, tr")?.contains(document.activeElement));
  const next = all[Math.min(Math.max(now + by, 0), all.length - 1)];
  next.focus();
  next.scrollIntoView({ block: "nearest" });
}

const actions = {
  j: () => step(1),
  k: () => step(-1),
  "/": () => document.querySelector("[data-search]")?.focus(),
  "?": () => document.getElementById("help")?.showModal(),
};

// Where focus was is where it stays: a list that was drawn anew, has the same rows.
function keepPlace(htmx) {
  let place = null;
  htmx.on("htmx:beforeSwap", () => {
    place = document.activeElement?.id || null;
  });
  htmx.on("htmx:afterSettle", () => {
    if (place && document.activeElement === document.body) document.getElementById(place)?.focus({ preventScroll: true });
  });
}

export function keys(htmx) {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (document.querySelector("dialog[open]")) return;
    if (event.key === "Escape" && event.target.matches("[data-search]")) event.target.blur();
    if (typing(event.target) || !(event.key in actions)) return;
    event.preventDefault();
    actions[event.key]();
  });
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-opens]");
    if (opener) document.getElementById(opener.dataset.opens)?.showModal();
    const closer = event.target.closest("[data-closes]");
    if (closer) closer.closest("dialog")?.close();
  });
  keepPlace(htmx);
}

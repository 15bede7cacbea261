// Tasks chosen in the inbox, by mouse or with x: they stay chosen when the list is drawn anew.
const chosen = new Set();
const bar = document.getElementById("several");
const boxes = () => [...document.querySelectorAll("#list [data-pick]")];
let last = null;

function show() {
  const all = boxes();
  const there = new Set(all.map((box) => box.value));
  for (const key of chosen) if (!there.has(key)) chosen.delete(key);
  for (const box of all) box.checked = chosen.has(box.value);
  const picked = all.filter((box) => box.checked);
  const whole = document.querySelector("[data-pick-all]");
  if (whole) {
    whole.checked = picked.length > 0 && picked.length === all.length;
    whole.indeterminate = picked.length > 0 && picked.length < all.length;
  }
  bar.hidden = picked.length === 0;
  const said = bar.querySelector("[data-picked]");
  said.textContent = said.dataset.text.replace("{count}", picked.length);
  bar.querySelector("[data-claims]").disabled = !picked.some((box) => "offered" in box.dataset);
  const kinds = new Set(picked.map((box) => box.dataset.bulk ?? ""));
  const together = kinds.size === 1 && !kinds.has("");
  bar.querySelector("[data-completes]").disabled = !together;
  const why = bar.querySelector("[data-why]");
  why.textContent = why.dataset.why;
  why.hidden = together || picked.length < 2;
}

// How much waits is seen from another tab, too.
const title = document.title;
function counted() {
  const total = Number(document.getElementById("list")?.dataset.total ?? 0);
  document.title = total ? `(${total}) ${title}` : title;
}

function pick(box, on, range) {
  const all = boxes();
  const from = range && last ? all.findIndex((one) => one.value === last) : -1;
  const to = all.indexOf(box);
  const span = from < 0 ? [box] : all.slice(Math.min(from, to), Math.max(from, to) + 1);
  for (const one of span) on ? chosen.add(one.value) : chosen.delete(one.value);
  last = box.value;
  show();
}

document.addEventListener("click", (event) => {
  const box = event.target.closest?.("[data-pick]");
  if (box) pick(box, box.checked, event.shiftKey);
  if (event.target.closest?.("[data-picks-none]")) chosen.clear(), show();
});
document.addEventListener("change", (event) => {
  if (!event.target.matches?.("[data-pick-all]")) return;
  for (const box of boxes()) event.target.checked ? chosen.add(box.value) : chosen.delete(box.value);
  show();
});
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || document.querySelector("dialog[open]")) return;
  if (event.target.closest("input:not([type=checkbox]), textarea, select")) return;
  const box = document.activeElement?.closest("#list li.task")?.querySelector("[data-pick]");
  if (event.key.toLowerCase() === "x" && box) {
    event.preventDefault();
    pick(box, event.shiftKey || !box.checked, event.shiftKey);
  } else if (event.key === "Escape" && chosen.size) chosen.clear(), show();
});
document.body.addEventListener("htmx:afterSettle", () => (show(), counted()));
counted();
// What was marked as read looks so at once.
document.body.addEventListener("htmx:afterRequest", (event) => {
  if (!event.detail.elt.matches("[data-reads]") || !event.detail.successful) return;
  for (const box of boxes()) if (box.checked) box.closest("li").classList.remove("task-new");
  chosen.clear();
  show();
});
addEventListener("pageshow", () => {
  for (const box of boxes()) if (box.checked) chosen.add(box.value);
  show();
});

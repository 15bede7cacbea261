// Tables from Excel and back: the server reads the file, the page shows its rows, and nothing counts before it is handed in.
import { onChecked, touch } from "./checking.js";
import { form } from "./copy.js";
import { saveNow } from "./keeping.js";
import { reveal } from "./paging.js";
import { add, changed, isBlank, numbered, put } from "./tables.js";

const words = () => form().dataset;
const rowsOf = (grid) => [...grid.querySelector("[data-rows-of]").rows];

function button(text, act, icon = "") {
  const made = Object.assign(document.createElement("button"), { type: "button", className: "btn btn-plain btn-sm", textContent: text });
  made.addEventListener("click", act);
  return icon ? (made.prepend(icon), made) : made;
}

function note(grid, tone, sentences, ...acts) {
  const place = grid.querySelector("[data-note-of]");
  const lines = sentences.map((text) => Object.assign(document.createElement("p"), { textContent: text }));
  const wrong = Object.assign(document.createElement("p"), { className: "grid-wrong" });
  const foot = Object.assign(document.createElement("div"), { className: "grid-acts" });
  foot.append(...acts);
  place.className = `grid-note grid-note-${tone}`;
  place.setAttribute("role", tone === "late" ? "alert" : "status");
  place.replaceChildren(...lines, wrong, foot);
  place.hidden = false;
}

function show(grid, found, name) {
  const before = rowsOf(grid);
  const kept = before.filter((row) => !isBlank(row));
  before.filter(isBlank).forEach((row) => row.remove());
  const fresh = add(grid, found.rows.length);
  fresh.forEach((row, place) => {
    for (const cell of row.cells) {
      const key = cell.dataset.field?.split("].")[1];
      if (key && found.rows[place][key]) put(cell, found.rows[place][key]);
    }
  });
  numbered(grid);
  touch(fresh);
  changed(grid);
  const { imported, behind, instead, undo, fine } = words();
  const said = (kept.length ? behind : imported).replace("{count}", fresh.length).replace("{kept}", kept.length).replace("{name}", name);
  const drop = (rows, also) => () => {
    rows.forEach((row) => row.remove());
    numbered(grid);
    changed(grid);
    also();
  };
  const close = () => (grid.querySelector("[data-note-of]").hidden = true);
  const replace = button(instead, drop(kept, () => replace.remove()));
  const back = button(undo, drop(fresh, close));
  note(grid, found.notes.length ? "soon" : "good", [said, ...found.notes], ...(kept.length ? [replace] : []), back, button(fine, close));
}

function told({ target: grid, detail: { said, back } }) {
  const close = () => (grid.querySelector("[data-note-of]").hidden = true);
  const undo = button(words().unpaste, () => (back(), close()));
  note(grid, "good", [said], undo, button(words().fine, close));
}

async function take(input) {
  const grid = input.closest("[data-table]");
  const [file] = input.files;
  input.value = "";
  if (!file) return;
  const { reading, unread, large } = words();
  if (file.size > 5 * 1024 * 1024) return note(grid, "late", [large]);
  note(grid, "note", [reading.replace("{name}", file.name)]);
  const headers = { "HX-Request": "true", "X-CSRF": document.querySelector('input[name="csrf"]').value, "Content-Type": "application/octet-stream" };
  const answer = await fetch(input.dataset.sheet, { method: "POST", body: file, headers }).catch(() => null);
  const said = answer?.headers.get("X-Said");
  const found = answer && !said ? await answer.json().catch(() => null) : null;
  if (found?.rows) show(grid, found, file.name);
  else note(grid, "late", [found?.refused ?? (said ? decodeURIComponent(said) : unread)]);
}

// How many cells of a table are wrong, and the way to the first of them.
function tell(faults) {
  for (const place of document.querySelectorAll("#form [data-note-of]:not([hidden])")) {
    const grid = place.closest("[data-table]");
    const paths = Object.keys(faults).filter((path) => path.startsWith(`${grid.dataset.table}[`));
    const line = place.querySelector(".grid-wrong");
    if (!line) continue;
    line.replaceChildren();
    if (!paths.length) continue;
    line.append(`${words().wrongcells.replace("{count}", paths.length)} `);
    line.append(
      button(words().firstwrong, () => {
        const cell = grid.querySelector(`[data-field="${CSS.escape(paths[0])}"]`) ?? grid.querySelector(".field-wrong");
        reveal(cell);
        cell?.scrollIntoView({ block: "center", inline: "center" });
        cell?.querySelector("textarea, select, input:not([type=hidden])")?.focus({ preventScroll: true });
      }),
    );
  }
}

export function sheets() {
  document.addEventListener("change", (event) => {
    if (!event.target.matches?.("[data-sheet]")) return;
    event.stopPropagation();
    take(event.target);
  }, true);
  // What is written out is what is on the page: it is saved first.
  document.addEventListener("click", async (event) => {
    const link = event.target.closest?.("[data-export]");
    if (!link || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    await saveNow();
    location.assign(link.href);
  });
  document.addEventListener("pasted", told);
  onChecked((found) => tell(found.faults));
}

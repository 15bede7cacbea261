// Tables that grow and shrink, and take rows copied from a spreadsheet.
import { touch } from "./checking.js";
import { paged, reveal } from "./paging.js";

const MOST = 2000;
const body = (grid) => grid.querySelector("[data-rows-of]");
const rowsOf = (grid) => [...body(grid).rows];
export const changed = (grid) => grid.dispatchEvent(new Event("change", { bubbles: true }));

export function numbered(grid) {
  const text = grid.closest("form").dataset.remove;
  rowsOf(grid).forEach((row, place) => row.querySelector("[data-remove]")?.setAttribute("aria-label", text.replace("{row}", place + 1)));
  const empty = grid.querySelector("[data-empty]");
  if (empty) empty.hidden = body(grid).rows.length > 0;
  paged(grid);
}

// A row has a number of its own for as long as the page is open: what is said of it finds it again.
const numberOf = (row) => Number(/\[(\d+)\]/.exec(row.querySelector("[data-field]")?.dataset.field)?.[1] ?? -1);

// Many rows are made of one text: a thousand of them take no longer than a page.
export function add(grid, count = 1) {
  const from = Math.max(-1, Number(grid.dataset.last ?? -1), ...rowsOf(grid).map(numberOf)) + 1;
  const { table } = grid.dataset;
  const blank = grid.querySelector(":scope > template").innerHTML;
  const rows = [];
  for (let number = from; number < from + count; number++) {
    rows.push(blank.replaceAll(`${table}[0]`, `${table}[${number}]`).replaceAll(`field-${table}-0-`, `field-${table}-${number}-`));
  }
  const before = body(grid).rows.length;
  body(grid).insertAdjacentHTML("beforeend", rows.join(""));
  grid.dataset.last = from + count - 1;
  numbered(grid);
  return rowsOf(grid).slice(before);
}

const controls = (row) => [...row.cells].map((cell) => cell.querySelector("textarea, select, input:not([type=hidden], .day-picker, [type=file])"));
const isYes = (text) => /^(1|y|yes|true|是|√|✓)$/i.test(text);

// What is none of the choices stays as it was written, and the check says what is expected.
function choose(select, text) {
  const option = [...select.options].find((one) => one.value === text || one.textContent.trim() === text);
  if (!option && text) select.add(new Option(text, text));
  select.value = option?.value ?? text;
}

function fill(control, text) {
  if (!control) return;
  const value = text.trim();
  if (control.matches("select")) choose(control, value);
  else if (control.type === "checkbox" && control.name) control.checked = isYes(value);
  else if (control.type !== "file") control.value = value;
}

// What a file says for a cell: one text, or several for a list of choices.
export function put(cell, texts) {
  const boxes = [...cell.querySelectorAll(".choices input[type=checkbox]")];
  if (boxes.length) for (const box of boxes) box.checked = texts.includes(box.value);
  else fill(cell.querySelector("textarea, select, input:not([type=hidden], .day-picker, [type=file])"), texts[0] ?? "");
}

export const isBlank = (row) => controls(row).every((control) => !control || (control.type === "checkbox" ? !control.checked : !control.value.trim()));

// Cells as spreadsheets copy them: tabs between, line breaks behind, quotes around what has either within.
function cells(text) {
  const rows = [[""]];
  let quoted = false;
  for (let place = 0; place < text.length; place++) {
    const sign = text[place];
    const row = rows[rows.length - 1];
    if (quoted && sign === '"' && text[place + 1] === '"') (row[row.length - 1] += sign), place++;
    else if (sign === '"' && (quoted || row[row.length - 1] === "")) quoted = !quoted;
    else if (!quoted && sign === "\t") row.push("");
    else if (!quoted && sign === "\n") rows.push([""]);
    else if (quoted || sign !== "\r") row[row.length - 1] += sign;
  }
  if (rows.length > 1 && rows[rows.length - 1].join("") === "") rows.pop();
  return rows;
}

const read = (control) => (control?.type === "checkbox" ? control.checked : control?.value);

function write(control, value) {
  if (control?.type === "checkbox") control.checked = value;
  else if (control) control.value = value;
}

// How a table was: who pasted into the wrong place does not take sixty rows away one by one.
function remembered(grid, from) {
  const known = rowsOf(grid).slice(from).map((row) => [row, controls(row).map(read)]);
  const kept = new Set(rowsOf(grid));
  return () => {
    for (const row of rowsOf(grid)) if (!kept.has(row)) row.remove();
    for (const [row, values] of known) controls(row).forEach((control, column) => write(control, values[column]));
    numbered(grid);
    changed(grid);
  };
}

function paste(event) {
  const grid = event.target.closest?.("[data-table]");
  const text = event.clipboardData?.getData("text/plain") ?? "";
  if (!grid || !/[\t\n]/.test(text.trimEnd()) || (event.target.matches("textarea") && !text.includes("\t"))) return;
  event.preventDefault();
  const all = cells(text);
  const row = event.target.closest("tr");
  const place = rowsOf(grid).indexOf(row);
  const rows = all.slice(0, MOST - Math.max(place, 0));
  const back = remembered(grid, place);
  const missing = rows.length - (rowsOf(grid).length - place);
  if (missing > 0) add(grid, missing);
  const goals = rowsOf(grid).slice(place, place + rows.length);
  const first = Math.max(controls(row).indexOf(event.target), 0);
  rows.forEach((values, number) => {
    const found = controls(goals[number]).slice(first).filter((control) => control !== null);
    values.forEach((value, column) => fill(found[column], value));
  });
  touch(goals);
  changed(grid);
  const { pasted, left } = grid.closest("form").dataset;
  const said = all.length > rows.length ? left.replace("{count}", rows.length).replace("{left}", all.length - rows.length) : pasted.replace("{count}", rows.length);
  document.getElementById("saved").textContent = said;
  grid.dispatchEvent(new CustomEvent("pasted", { bubbles: true, detail: { said, back } }));
}

export function tables() {
  document.addEventListener("click", (event) => {
    const grid = event.target.closest?.("[data-table]");
    if (!grid) return;
    if (event.target.closest("[data-add]")) {
      reveal(controls(add(grid)[0]).find(Boolean))?.focus();
      changed(grid);
    } else if (event.target.closest("button[data-remove]")) {
      const row = event.target.closest("tr");
      const near = row.nextElementSibling ?? row.previousElementSibling;
      row.remove();
      numbered(grid);
      (near?.querySelector("[data-remove]") ?? grid.querySelector("[data-add]")).focus();
      changed(grid);
    }
  });
  document.addEventListener("paste", paste);
}

// Tables that grow and shrink, and take rows copied from a spreadsheet.
const body = (grid) => grid.querySelector("[data-rows-of]");
const changed = (grid) => grid.dispatchEvent(new Event("change", { bubbles: true }));
const MOST = 2000;

function numbered(grid) {
  const text = grid.closest("form").dataset.remove;
  [...body(grid).rows].forEach((row, place) => row.querySelector("[data-remove]")?.setAttribute("aria-label", text.replace("{row}", place + 1)));
  const empty = grid.querySelector("[data-empty]");
  if (empty) empty.hidden = body(grid).rows.length > 0;
}

// A row has a number of its own for as long as the page is open: what is said of it finds it again.
function next(grid) {
  const used = [...grid.querySelectorAll("[data-rows-of] [data-field]")].map((cell) => Number(/\[(\d+)\]/.exec(cell.dataset.field)?.[1] ?? -1));
  return Math.max(-1, Number(grid.dataset.last ?? -1), ...used) + 1;
}

function add(grid) {
  const number = next(grid);
  grid.dataset.last = number;
  const row = grid.querySelector("template").content.firstElementChild.cloneNode(true);
  const old = `${grid.dataset.table}[0]`;
  const fresh = `${grid.dataset.table}[${number}]`;
  for (const element of row.querySelectorAll("*")) {
    for (const { name, value } of [...element.attributes]) {
      if (value.includes(old)) element.setAttribute(name, value.replaceAll(old, fresh));
      else if (value.includes(`field-${grid.dataset.table}-0-`)) element.setAttribute(name, value.replaceAll(`field-${grid.dataset.table}-0-`, `field-${grid.dataset.table}-${number}-`));
    }
  }
  for (const cell of row.cells) if (cell.dataset.field) cell.dataset.field = cell.dataset.field.replace(old, fresh);
  body(grid).append(row);
  numbered(grid);
  return row;
}

const controls = (row) => [...row.cells].map((cell) => cell.querySelector("textarea, select, input:not([type=hidden], .day-picker)"));

function fill(control, text) {
  if (!control) return;
  const value = text.trim();
  if (control.matches("select")) {
    const option = [...control.options].find((one) => one.value === value || one.textContent.trim() === value);
    if (option) control.value = option.value;
  } else if (control.type === "checkbox") control.checked = /^(1|y|yes|true|是|√|✓)$/i.test(value);
  else if (control.type !== "file") control.value = value;
}

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
  return rows.slice(0, MOST);
}

function paste(event) {
  const grid = event.target.closest?.("[data-table]");
  const text = event.clipboardData?.getData("text/plain") ?? "";
  if (!grid || !/[\t\n]/.test(text.trimEnd()) || (event.target.matches("textarea") && !text.includes("\t"))) return;
  event.preventDefault();
  const rows = cells(text);
  let row = event.target.closest("tr");
  const first = controls(row).indexOf(event.target);
  // A serial number that the form makes by itself may come along: what has one column too many loses it.
  const from = Math.max(first, 0);
  for (const values of rows) {
    row ??= add(grid);
    const goals = controls(row).slice(from).filter((control) => control !== null);
    values.forEach((value, place) => fill(goals[place], value));
    row = row.nextElementSibling;
  }
  changed(grid);
  document.getElementById("saved").textContent = grid.closest("form").dataset.pasted.replace("{count}", rows.length);
}

export function tables() {
  document.addEventListener("click", (event) => {
    const grid = event.target.closest?.("[data-table]");
    if (!grid) return;
    if (event.target.closest("[data-add]")) {
      controls(add(grid)).find(Boolean)?.focus();
      changed(grid);
    } else if (event.target.closest("[data-remove]")) {
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

// What the server makes of what is typed: computed fields, what is hidden, and faults of fields that one has left.
import { form } from "./copy.js";
import { reveal } from "./paging.js";

const touched = new Set();
const told = [];

// What was pasted or read from a file counts as left: what is wrong with it is said at once.
export function touch(rows) {
  for (const row of rows) for (const cell of row.cells) if (cell.dataset.field) touched.add(cell.dataset.field);
}

export const onChecked = (listener) => told.push(listener);
const fieldOf = (element) => element.closest?.("[data-field]");
const byPath = (name) => new Map([...form().querySelectorAll(`[data-${name}]`)].map((place) => [place.dataset[name], place]));

// Cells of tables get their place for a fault when there is one: there may be thousands of cells.
function placed(field) {
  const place = document.getElementById("fault-of").content.firstElementChild.cloneNode(true);
  place.id = field.querySelector("[aria-describedby]")?.getAttribute("aria-describedby").split(" ")[0] ?? "";
  field.append(place);
  return place;
}

function fault(field, text) {
  const place = [...field.children].find((one) => one.classList.contains("field-fault")) ?? (text && placed(field));
  if (!place) return;
  place.hidden = !text;
  place.querySelector("span").textContent = text ?? "";
  field.classList.toggle("field-wrong", Boolean(text));
  for (const control of field.querySelectorAll("[aria-describedby]")) {
    if (fieldOf(control) !== field) continue;
    if (text) control.setAttribute("aria-invalid", "true");
    else control.removeAttribute("aria-invalid");
  }
}

function show(found) {
  const hidden = new Set(found.hidden);
  for (const field of form().querySelectorAll(".field[data-field]")) field.hidden = hidden.has(field.dataset.field);
  for (const part of form().querySelectorAll("[data-part]")) {
    part.hidden = ![...part.querySelectorAll(".field[data-field]")].some((field) => !field.hidden);
  }
  const places = byPath("computed");
  for (const [path, text] of Object.entries(found.computed)) {
    const place = places.get(path);
    if (place && place.textContent !== text) place.textContent = text;
  }
  const notes = byPath("note");
  for (const [path, text] of Object.entries(found.notes)) {
    const place = notes.get(path);
    if (place) place.textContent = text;
  }
  for (const field of form().querySelectorAll("[data-field]")) {
    const path = field.dataset.field;
    const text = found.faults[path];
    const stands = field.classList.contains("field-wrong");
    if (stands || touched.has(path)) fault(field, field.contains(document.activeElement) && text && !stands ? null : text);
  }
  for (const listener of told) listener(found);
}

// Focus goes to the summary, which names the first field; a link in it goes into the field.
function afterRefusal() {
  const summary = document.getElementById("wrongs");
  if (!summary) return;
  const first = document.querySelector("#form .field-wrong :is(input:not([type=hidden]), textarea, select, .choices, .grid, .files)");
  reveal(first ?? summary).focus({ preventScroll: true });
  summary.scrollIntoView({ block: "start" });
}

// What was refused is tried anew under another id: the form holds it from now on.
function renumber({ requestConfig, xhr }) {
  const next = xhr.getResponseHeader("X-Command");
  const held = requestConfig.elt.querySelector('input[name="command"]');
  if (next && held) held.value = next;
}

export function checking() {
  touched.clear();
  document.addEventListener("focusout", (event) => {
    const field = form()?.contains(event.target) && fieldOf(event.target);
    if (field && !field.contains(event.relatedTarget)) {
      touched.add(field.dataset.field);
      if (event.target.matches?.("[data-number]")) grouped(event.target);
    }
  });
  document.body.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.elt.id === "draft" && event.detail.xhr.status === 200 && form()) show(JSON.parse(event.detail.xhr.responseText));
  });
  document.body.addEventListener("htmx:beforeSwap", (event) => {
    if (!event.detail.xhr.getResponseHeader("X-In-Place")) return;
    event.detail.shouldSwap = true;
    event.detail.isError = false;
    renumber(event.detail);
  });
  document.body.addEventListener("htmx:afterSettle", (event) => {
    if (event.detail.target.id === "work" || event.target.id === "work") afterRefusal();
    if (event.target.id === "news" && event.target.firstElementChild) event.target.focus({ preventScroll: true }), event.target.scrollIntoView({ block: "center" });
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.(".wrongs a");
    const goal = link && document.getElementById(link.hash.slice(1));
    if (!goal) return;
    event.preventDefault();
    const control = goal.matches("input, textarea, select, [tabindex]") ? goal : goal.querySelector("input, textarea, select");
    reveal(control ?? goal).focus();
    goal.scrollIntoView({ block: "center" });
  });
  // Enter in a line of text goes on to nothing: forms are handed in by their button, or with Ctrl and Enter.
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !form()?.contains(event.target)) return;
    if (event.ctrlKey || event.metaKey) form().requestSubmit();
    else if (event.target.matches("input:not([type=checkbox], [type=radio])")) event.preventDefault();
  });
}

// 1234567.5 is easier to read as 1,234,567.5; what is no plain number is left alone.
function grouped(input) {
  const plain = input.value.replaceAll(",", "").trim();
  if (!/^-?\d{4,}(\.\d+)?$/.test(plain)) return;
  const [whole, rest] = plain.split(".");
  input.value = whole.replace(/\B(?=(\d{3})+$)/g, ",") + (rest === undefined ? "" : `.${rest}`);
}

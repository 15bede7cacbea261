// The page of a case: drawings with marks, and stepping through its history. Everything it shows stands on the page without it, too.
import { arrived, failed } from "../waits.js";

// What stands in a drawing cannot be kept as text and put back: whoever goes back gets the page anew.
if (window.htmx) Object.assign(window.htmx.config, { historyCacheSize: 0, refreshOnHistoryMiss: true });

const motion = matchMedia("(prefers-reduced-motion: reduce)");
const drawn = new Map();
const making = new Set();
let viewer = null;

// A drawing is made when it is first seen; after a step to another moment the same drawing gets other marks.
async function draw(figure) {
  const { key, picture } = figure.dataset;
  const before = drawn.get(key);
  if (before) {
    figure.querySelector(".case-picture-place").replaceWith(before.place);
    before.show(JSON.parse(figure.dataset.marks), !motion.matches);
    arrived(figure);
    return;
  }
  if (making.has(key)) return;
  making.add(key);
  try {
    viewer ??= import("./viewer.js");
    const place = figure.querySelector(".case-picture-place");
    const made = await (await viewer).make(place, picture, JSON.parse(figure.dataset.marks), point);
    drawn.set(key, { place, ...made });
    arrived(figure);
  } catch {
    viewer = null;
    figure.querySelector(".case-picture-place").replaceChildren();
    failed(current(key) ?? figure, () => draw(current(key) ?? figure));
  }
  making.delete(key);
  const now = current(key);
  if (now && now !== figure && drawn.has(key)) draw(now); // one went on meanwhile
}

const current = (key) => document.querySelector(`[data-key="${CSS.escape(key)}"]`);
const drawAll = () => Promise.all([...document.querySelectorAll(".case-drawing[open] [data-picture]")].map(draw));

// On paper nothing can be opened or moved: everything is open, and each drawing is shown as a whole.
function unfold() {
  for (const fold of document.querySelectorAll("main details:not(.menu)")) fold.open = true;
  for (const one of drawn.values()) one.sight("fit");
}

async function printAll() {
  unfold();
  await drawAll();
  print();
}

// What is pointed at in the drawing is shown in the list.
function point(element) {
  for (const line of document.querySelectorAll(".case-step-pointed")) line.classList.remove("case-step-pointed");
  const line = element && document.querySelector(`.case-drawing[open] [data-step="${CSS.escape(element)}"]`);
  if (!line) return;
  line.classList.add("case-step-pointed");
  line.parentElement.scrollTo({ top: line.offsetTop - line.parentElement.clientHeight / 2, behavior: "smooth" });
}

function sight(button) {
  drawn.get(button.closest("[data-key]").dataset.key)?.sight(button.dataset.sight);
}

async function copy(button) {
  const text = button.dataset.copies;
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const field = Object.assign(document.createElement("textarea"), { value: text, className: "visually-hidden" });
    document.body.append(field);
    field.select();
    document.execCommand("copy");
    field.remove();
    button.focus();
  }
  document.body.dispatchEvent(new CustomEvent("said", { detail: { text: button.dataset.copied, tone: "good" } }));
}

// Playing goes on to the next entry as soon as the one before has been looked at for a while.
let playing = 0;
const PATIENCE = 1400;

function play(button, on = !playing) {
  clearInterval(playing);
  playing = on ? setInterval(() => forward() || play(button, false), PATIENCE) : 0;
  button.setAttribute("aria-pressed", String(on));
  if (on && !forward()) play(button, false);
}

const step = (key) => document.querySelector(`a[data-step-key="${key}"]`);
function forward() {
  const next = step("ArrowRight");
  next?.click();
  return Boolean(next);
}

document.addEventListener("click", (event) => {
  const on = (name) => event.target.closest(`[data-${name}]`);
  if (on("sight")) sight(on("sight"));
  if (on("prints")) printAll();
  if (on("copies")) copy(on("copies"));
  if (on("plays")) play(on("plays"));
});

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey || event.isComposing) return;
  if (event.target.closest("input, textarea, select, .case-picture, dialog") || document.querySelector("dialog[open]")) return;
  const link = ["ArrowLeft", "ArrowRight", "Home", "End"].includes(event.key) && step(event.key);
  if (!link) return;
  event.preventDefault();
  link.click();
});

document.addEventListener("toggle", (event) => event.target.matches?.(".case-drawing[open]") && drawAll(), true);
document.addEventListener("pointerover", (event) => {
  const line = event.target.closest?.("[data-step]");
  const key = line?.closest(".case-drawing").querySelector("[data-key]")?.dataset.key;
  for (const [name, one] of drawn) one.point(name === key ? line.dataset.step : null);
});
addEventListener("beforeprint", unfold);

function follow() {
  const line = document.querySelector(".case-player-line input");
  const place = document.getElementById("player-place");
  if (line && place && document.activeElement !== line) line.value = place.dataset.place;
  if (line && place) line.setAttribute("aria-valuetext", place.dataset.said);
  const title = document.getElementById("moment-title");
  if (title) document.title = title.dataset.title;
}

document.body.addEventListener("htmx:afterSwap", () => {
  drawAll();
  follow();
});
drawAll();

// A diagram to look at, and the list of its steps: what is chosen in one is shown in the other.
import NavigatedViewer from "bpmn-js/lib/NavigatedViewer";
import "bpmn-js/dist/assets/diagram-js.css";
import "bpmn-js/dist/assets/bpmn-js.css";
import { arrived, failed } from "../waits.js";

const drawing = document.getElementById("drawing");
const chosen = document.getElementById("chosen");
const words = JSON.parse(drawing.dataset.words);
const viewer = new NavigatedViewer({
  container: "#canvas",
  zoomScroll: { enabled: false },
  bpmnRenderer: { defaultFillColor: "var(--zx-surface)", defaultStrokeColor: "var(--zx-ink)", defaultLabelColor: "var(--zx-ink)" },
  textRenderer: { defaultStyle: { fontFamily: getComputedStyle(document.body).fontFamily }, externalStyle: { fontSize: 11 } },
});
let marked = null;

const line = (id) => document.getElementById(`step-${id}`);

function mark(id) {
  const canvas = viewer.get("canvas");
  if (marked) canvas.removeMarker(marked, "chosen");
  marked = id && viewer.get("elementRegistry").get(id) ? id : null;
  if (marked) canvas.addMarker(marked, "chosen");
  for (const row of document.querySelectorAll(".proc-step-here")) row.classList.remove("proc-step-here");
  if (id) line(id)?.classList.add("proc-step-here");
}

function tell(id) {
  const found = line(id);
  chosen.hidden = !found;
  if (!found) return;
  const copy = found.cloneNode(true);
  copy.removeAttribute("id");
  for (const inner of copy.querySelectorAll("[data-row]")) inner.removeAttribute("data-row");
  const close = document.createElement("button");
  close.className = "btn btn-quiet btn-sm drawing-close";
  close.type = "button";
  close.textContent = words.close;
  close.addEventListener("click", () => choose(null));
  chosen.replaceChildren(close, ...copy.childNodes);
  chosen.classList.toggle("drawing-card-left", isRight(id));
}

// The card stands where it does not hide what it tells of.
function isRight(id) {
  const element = viewer.get("elementRegistry").get(id);
  if (!element?.width) return false;
  const { x, width } = viewer.get("canvas").viewbox();
  return element.x + element.width / 2 > x + width / 2;
}

function choose(id) {
  mark(id);
  tell(id);
}

function centre(id) {
  const element = viewer.get("elementRegistry").get(id);
  if (!element) return;
  viewer.get("canvas").scrollToElement(element, 80);
  drawing.scrollIntoView({ block: "nearest" });
}

function fit() {
  const canvas = viewer.get("canvas");
  canvas.zoom("fit-viewport", "auto");
  const { x, y, width, height, scale } = { ...canvas.viewbox() };
  const room = 16 / scale;
  canvas.viewbox({ x: x - room, y: y - room, width: width + 2 * room, height: height + 2 * room });
}

const zooms = {
  in: () => viewer.get("zoomScroll").stepZoom(1),
  out: () => viewer.get("zoomScroll").stepZoom(-1),
  fit,
};

document.addEventListener("click", (event) => {
  const zoom = event.target.closest("[data-zoom]");
  if (zoom) zooms[zoom.dataset.zoom]();
  if (event.target.closest("[data-print]")) window.print();
  const shows = event.target.closest("[data-shows]");
  if (!shows || chosen.contains(shows)) return;
  choose(shows.dataset.shows);
  centre(shows.dataset.shows);
});

// The wheel moves the drawing only once it was clicked, so that it holds nobody up who scrolls the page.
drawing.addEventListener("pointerdown", () => viewer.get("zoomScroll").toggle(true));
drawing.addEventListener("pointerleave", () => viewer.get("zoomScroll").toggle(false));

// On paper there is nothing to unfold.
addEventListener("beforeprint", () => {
  for (const fold of document.querySelectorAll(".steps details")) fold.open = true;
});

// A printed drawing fits the paper, whatever part of it is on the screen.
async function forPaper() {
  const { svg } = await viewer.saveSVG();
  const plain = svg.replaceAll("var(--zx-surface)", "#fff").replaceAll("var(--zx-ink)", "#000");
  const picture = new Image();
  picture.className = "drawing-paper";
  picture.alt = "";
  picture.src = `data:image/svg+xml,${encodeURIComponent(plain)}`;
  drawing.prepend(picture);
}

async function open() {
  const answer = await fetch(drawing.dataset.source);
  if (!answer.ok) throw new Error(String(answer.status));
  await viewer.importXML(await answer.text());
  arrived(drawing);
  zooms.fit();
  viewer.on("element.click", ({ element }) => {
    const { id } = element.labelTarget ?? element;
    choose(line(id) ? id : null);
  });
  await forPaper();
  drawing.dataset.ready = "1";
}

const begin = () => open().catch(() => failed(drawing, begin));
begin();

// The studio: a diagram that is drawn, its elements' properties, what is wrong with them, and saving as one goes.
import Modeler from "bpmn-js/lib/Modeler";
import "bpmn-js/dist/assets/diagram-js.css";
import "bpmn-js/dist/assets/bpmn-js.css";
import "bpmn-js/dist/assets/bpmn-font/css/bpmn.css";
import zx from "../../../engine/flow/zx.json";
import { inOurWords } from "./chinese.js";
import { English } from "./english.js";
import { Findings } from "./findings.js";
import { onlyWhatIsExecuted } from "./palette.js";
import { Panel } from "./panel.js";
import { Saving } from "./saving.js";
import { arrived, failed } from "../waits.js";

const place = document.getElementById("studio");
const words = JSON.parse(place.dataset.words);
const choices = JSON.parse(place.dataset.choices);
const wide = window.matchMedia("(min-width: 768px)");

async function open() {
  const modeler = new Modeler({
    container: "#canvas",
    moddleExtensions: { zx },
    additionalModules: [onlyWhatIsExecuted, ...(words.language === "zh" ? [inOurWords] : [])],
    bpmnRenderer: { defaultFillColor: "var(--zx-surface)", defaultStrokeColor: "var(--zx-ink)", defaultLabelColor: "var(--zx-ink)" },
    textRenderer: { defaultStyle: { fontFamily: getComputedStyle(document.body).fontFamily }, externalStyle: { fontSize: 11 } },
  });
  const saving = new Saving(place, words);
  const found = await saving.read();
  const english = new English(modeler, found.english);
  await modeler.importXML(found.content);
  arrived(place);
  english.begin();
  const findings = new Findings(modeler, place, words);
  const panel = new Panel(modeler, { words, choices, english, findings });
  saving.follow(drawn(modeler, english, findings));
  modeler.on("commandStack.changed", () => saving.soon());
  findings.onChange(() => panel.draw());
  english.onChange(() => saving.soon());
  tools(modeler);
  for (const tool of document.querySelectorAll(".djs-palette .entry")) tool.title = tool.ariaLabel; // as a hint, too
  fit(modeler);
  await findings.ask();
  const wanted = new URLSearchParams(location.search).get("element");
  if (wanted) findings.lead(wanted);
  place.dataset.ready = "1";
}

// What is saved of a diagram, and what comes back from this browser.
const drawn = (modeler, english, findings) => ({
  taken: async () => ({ content: (await modeler.saveXML({ format: true })).xml, texts: english.changed() }),
  arrived: (texts) => {
    english.arrived(texts);
    findings.ask();
  },
  restore: async (left) => {
    await modeler.importXML(left.content);
    Object.assign(english.rows, left.texts);
  },
});

// The palette covers the left of the canvas: the drawing begins beside it.
function fit(modeler) {
  const canvas = modeler.get("canvas");
  canvas.zoom("fit-viewport");
  const { inner, outer, scale } = canvas.viewbox();
  const aside = 84 / scale;
  const zoom = Math.min((outer.width - 96) / inner.width, (outer.height - 24) / inner.height, 1.2);
  const height = outer.height / zoom;
  canvas.viewbox({ x: inner.x - aside, y: inner.y - (height - inner.height) / 2, width: outer.width / zoom, height });
}

function tools(modeler) {
  const doing = {
    undo: () => modeler.get("commandStack").undo(),
    redo: () => modeler.get("commandStack").redo(),
    in: () => modeler.get("zoomScroll").stepZoom(1),
    out: () => modeler.get("zoomScroll").stepZoom(-1),
    fit: () => fit(modeler),
  };
  document.addEventListener("click", (event) => {
    const asked = event.target.closest("[data-does]");
    if (asked) doing[asked.dataset.does]();
  });
}

function begin() {
  open().catch(() => failed(place, () => location.reload()));
}

// A small screen is told so by the page; the editor opens as soon as there is room.
if (wide.matches) begin();
else wide.addEventListener("change", begin, { once: true });

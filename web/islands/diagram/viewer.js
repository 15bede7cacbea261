// One drawing: bpmn-js without tools, our marks of where tokens are and were, and a token that moves along its flow.
import NavigatedViewer from "bpmn-js/lib/NavigatedViewer";

const STATES = ["done", "here", "late", "trouble", "cancelled", "waits"];
const READABLE = 0.85;
const DURATION = 620;
const SVG = "http://www.w3.org/2000/svg";

export async function make(place, address, marks, point) {
  const answer = await fetch(address, { credentials: "same-origin" });
  if (!answer.ok) throw new Error(String(answer.status));
  const viewer = new NavigatedViewer({
    container: place,
    zoomScroll: { enabled: false },
    bpmnRenderer: { defaultFillColor: "var(--zx-surface)", defaultStrokeColor: "var(--zx-ink)", defaultLabelColor: "var(--zx-ink)" },
    textRenderer: { defaultStyle: { fontFamily: getComputedStyle(document.body).fontFamily }, externalStyle: { fontSize: 11 } },
  });
  await viewer.importXML(await answer.text());
  const canvas = viewer.get("canvas");
  const registry = viewer.get("elementRegistry");
  const overlays = viewer.get("overlays");
  const scroll = viewer.get("zoomScroll");
  let shown = { steps: {}, flows: [], here: {}, came: {} };
  let pointed = null;

  // The wheel moves the drawing only after it was clicked, so that nobody who scrolls the page is caught in it.
  place.addEventListener("pointerdown", () => scroll.toggle(true));
  place.addEventListener("pointerleave", () => scroll.toggle(false));
  viewer.get("eventBus").on("element.hover", ({ element }) => point(marks_of(element.id)));
  const marks_of = (id) => (shown.steps[id] ? id : null);

  const has = (id) => Boolean(registry.get(id));

  function show(next, moves) {
    for (const [id, { state }] of Object.entries(shown.steps)) if (has(id)) canvas.removeMarker(id, `mark-${state}`);
    for (const id of shown.flows) if (has(id)) canvas.removeMarker(id, "mark-taken");
    overlays.clear();
    for (const [id, mark] of Object.entries(next.steps)) if (has(id)) label(id, mark, next.here[id]);
    if (next.mine && has(next.mine.element)) mine(next.mine);
    for (const id of next.flows) if (has(id)) canvas.addMarker(id, "mark-taken");
    const news = Object.keys(next.here).filter((id) => !(id in shown.here) && has(id));
    shown = next;
    if (!moves) return;
    for (const id of news) if (has(next.came[id])) travel(registry.get(next.came[id]).waypoints);
    if (news.length) keepInSight(registry.get(news[0]));
  }

  function label(id, { state, times, said }, open) {
    if (STATES.includes(state)) canvas.addMarker(id, `mark-${state}`);
    const shape = registry.get(id);
    if (shape.waypoints) return;
    if (open) sign(id, { top: -9, left: -9 }, `case-token case-token-${state}`, open > 1 ? String(open) : "", said);
    if (times > 1) sign(id, { top: -10, right: 12 }, "case-times", `×${times}`, said);
  }

  // The task whose page this is.
  function mine({ element, said }) {
    canvas.addMarker(element, "mark-mine");
    sign(element, { bottom: -4, left: 0 }, "case-mine", said, said);
  }

  function sign(id, position, kind, text, said) {
    const html = document.createElement("div");
    html.className = kind;
    html.textContent = text;
    html.title = said;
    overlays.add(id, { position, html });
  }

  function travel(points) {
    const layer = canvas.getLayer("tokens", 1000);
    const dot = document.createElementNS(SVG, "circle");
    dot.setAttribute("r", "8");
    dot.setAttribute("class", "case-travelling");
    layer.append(dot);
    const parts = points.slice(1).map((to, place) => ({ from: points[place], to, length: Math.hypot(to.x - points[place].x, to.y - points[place].y) }));
    const whole = parts.reduce((sum, part) => sum + part.length, 0);
    const began = performance.now();
    const move = (now) => {
      const share = Math.min((now - began) / DURATION, 1);
      let way = whole * (1 - (1 - share) ** 3);
      const part = parts.find((one) => way <= one.length || ((way -= one.length), false)) ?? parts[parts.length - 1];
      const inside = share === 1 || !part.length ? 1 : Math.min(way / part.length, 1);
      dot.setAttribute("cx", part.from.x + (part.to.x - part.from.x) * inside);
      dot.setAttribute("cy", part.from.y + (part.to.y - part.from.y) * inside);
      if (share < 1) requestAnimationFrame(move);
      else dot.remove();
    };
    requestAnimationFrame(move);
  }

  function keepInSight(shape) {
    const box = canvas.viewbox();
    const inside = shape.x > box.x && shape.y > box.y && shape.x + shape.width < box.x + box.width && shape.y + shape.height < box.y + box.height;
    if (!inside) centre(shape, box);
  }

  function centre(shape, box) {
    const { inner } = box;
    const fit = (at, size, whole, low, high) => (whole >= high - low ? low - (whole - (high - low)) / 2 : Math.min(Math.max(at + size / 2 - whole / 2, low), high - whole));
    const x = fit(shape.x, shape.width, box.width, inner.x - 20, inner.x + inner.width + 20);
    const y = fit(shape.y, shape.height, box.height, inner.y - 20, inner.y + inner.height + 20);
    canvas.viewbox({ x, y, width: box.width, height: box.height });
  }

  // The whole when it can be read; else a readable part around where the tokens are.
  function begin() {
    fit();
    if (canvas.zoom() >= READABLE) return;
    canvas.zoom(READABLE);
    const here = [shown.mine?.element, ...Object.keys(shown.here)].find((id) => id && has(id)) ?? Object.keys(shown.steps).find(has);
    if (here) centre(registry.get(here), canvas.viewbox());
  }

  function fit() {
    canvas.zoom("fit-viewport", "auto");
    if (canvas.zoom() > 1) canvas.zoom(1, "auto");
  }

  const sights = { in: () => scroll.stepZoom(1), out: () => scroll.stepZoom(-1), fit };
  show(marks, false);
  begin();
  return {
    show,
    sight: (name) => sights[name](),
    point: (id) => {
      if (pointed) canvas.removeMarker(pointed, "mark-pointed");
      pointed = id && has(id) ? id : null;
      if (pointed) canvas.addMarker(pointed, "mark-pointed");
    },
  };
}

// What is wrong, at the element it concerns and in a list that leads there.
const sign = (text, kind, count) => {
  const made = document.createElement("button");
  made.type = "button";
  made.className = `badge-found${kind === "advice" ? " badge-advice" : ""}`;
  made.title = text;
  made.setAttribute("aria-label", text);
  made.textContent = count > 1 ? String(count) : "!";
  return made;
};

export class Findings {
  constructor(modeler, place, words) {
    Object.assign(this, { modeler, place, words, all: [], told: [], asked: 0 });
    this.list = document.getElementById("found");
    this.say(words.checking);
  }

  onChange(tell) {
    this.told.push(tell);
  }

  of(id) {
    return this.all.filter((one) => one.element === id && one.file === this.place.dataset.file);
  }

  async ask() {
    const turn = ++this.asked;
    const answer = await fetch(this.place.dataset.findings, { headers: { "HX-Request": "true" } }).catch(() => null);
    if (!answer?.ok || turn !== this.asked) return;
    this.all = (await answer.json()).findings;
    this.mark();
    this.draw();
    for (const tell of this.told) tell();
  }

  mark() {
    const overlays = this.modeler.get("overlays");
    const registry = this.modeler.get("elementRegistry");
    overlays.remove({ type: "found" });
    for (const id of new Set(this.all.map((one) => one.element))) {
      const here = this.of(id);
      if (!here.length || !registry.get(id)) continue;
      const html = sign(here.map((one) => one.text).join("\n"), here[0].kind, here.length);
      html.addEventListener("click", () => this.lead(id));
      overlays.add(id, "found", { position: { top: -10, left: -10 }, html });
    }
  }

  draw() {
    if (!this.all.length) return this.say(this.words.clean, "clean");
    const faults = this.all.some((one) => one.kind === "fault");
    this.say(faults ? this.words.faults : this.words.advice, "", this.all.length);
    for (const one of this.all) {
      const here = one.file === this.place.dataset.file;
      const row = document.createElement("button");
      row.type = "button";
      row.className = one.kind;
      const name = document.createElement("b");
      name.textContent = here ? this.name(one.element) : `${this.words.elsewhere} ${one.file}`;
      row.append(name, one.text);
      row.addEventListener("click", () => (here ? this.lead(one.element) : this.visit(one)));
      this.list.append(row);
    }
  }

  say(text, kind = "", count = 0) {
    const head = document.createElement("h2");
    head.className = kind;
    head.textContent = text;
    if (count) {
      const number = document.createElement("span");
      number.className = "count count-late";
      number.textContent = count;
      head.append(number);
    }
    this.list.replaceChildren(head);
  }

  name(id) {
    const bo = this.modeler.get("elementRegistry").get(id)?.businessObject;
    return bo?.name ? `${bo.name} (${id})` : id || this.words.diagram;
  }

  lead(id) {
    const element = this.modeler.get("elementRegistry").get(id);
    if (!element) return;
    this.modeler.get("selection").select(element);
    this.modeler.get("canvas").scrollToElement(element, 120);
  }

  visit(one) {
    const draft = this.place.dataset.address.replace(/file$/, "");
    const editor = { bpmn: "diagram", form: "form/", dmn: "decision/" }[one.file.split(".").at(-1)];
    if (!editor) return location.assign(draft);
    location.assign(`${draft}${editor}?file=${encodeURIComponent(one.file)}&element=${encodeURIComponent(one.element)}`);
  }
}

// The properties of what is selected. Which there are says fields.js; every change is a command that can be undone.
import { fieldsOf, rowsOf } from "./fields.js";

const make = (tag, attributes = {}, ...inner) => {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name in made) made[name] = value;
    else made.setAttribute(name, value);
  }
  made.append(...inner);
  return made;
};

export class Panel {
  constructor(modeler, { words, choices, english, findings }) {
    Object.assign(this, { modeler, words, choices, english, findings, shown: null });
    this.place = document.getElementById("panel");
    modeler.on("selection.changed", () => this.draw(true));
    modeler.on("commandStack.changed", () => this.draw());
    this.draw(true);
  }

  get element() {
    const chosen = this.modeler.get("selection").get();
    if (chosen.length > 1) return null;
    const element = chosen[0] ?? this.modeler.get("canvas").getRootElement();
    return element.labelTarget ?? element;
  }

  // While somebody types here, their field stays; what they type comes back to it anyway.
  draw(anew = false) {
    const typing = this.place.contains(document.activeElement) && document.activeElement.matches("input, textarea");
    if (typing && !anew) return;
    const element = this.element;
    this.place.replaceChildren(...(element ? this.parts(element) : [this.empty()]));
  }

  parts(element) {
    const groups = fieldsOf(element, this);
    if (!groups.length) return [this.empty()];
    const bo = element.businessObject;
    const kind = make("div", { className: "panel-kind" }, this.kind(bo));
    const title = make("h2", { className: "panel-title" }, bo.name || bo.id);
    const found = this.findings.of(bo.id).map((one) =>
      make("div", { className: `panel-found${one.kind === "advice" ? " panel-found-advice" : ""}` }, one.text),
    );
    return [kind, title, ...found, ...groups.map((group, number) => this.group(group, number, element))];
  }

  kind(bo) {
    const plain = bo.$type.replace("bpmn:", "").replace(/(?<=[a-z])[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
    return this.modeler.get("translate")(plain);
  }

  empty() {
    return make("p", { className: "soft" }, this.words.nothing);
  }

  group(group, number, element) {
    const filled = group.fields.some((field) => field.value);
    const box = make("details", { className: "panel-group", open: number < 2 || filled });
    box.append(make("summary", {}, this.words[group.name]));
    box.append(...group.fields.map((field) => this.field(field)));
    for (const rows of group.rows ?? []) box.append(this.rows(rows, element));
    return box;
  }

  field(field) {
    if (field.kind === "rights") return this.rights(field);
    const control = this.control(field);
    control.dataset.field = field.name;
    if (!field.fixed) this.listen(control, field);
    const label = make("span", {}, this.words[field.name] ?? field.name);
    return make("label", { className: `panel-field${field.kind === "check" ? " panel-check" : ""}` }, label, control);
  }

  control({ kind, value, options, fixed, example }) {
    if (kind === "select") {
      const known = options.some(([key]) => key === value) || !value ? options : [[value, value], ...options];
      const made = make("select", { className: "form-select" }, new Option(this.words.none, ""));
      made.append(...known.map(([key, text]) => new Option(text, key)));
      made.value = value;
      return made;
    }
    if (kind === "check") return make("input", { type: "checkbox", className: "form-check-input", checked: value === "true" });
    const className = `form-control${kind === "feel" ? " panel-feel" : ""}`;
    const placeholder = example ? this.words[example] : "";
    if (kind === "area" || kind === "feel") return make("textarea", { className, value, rows: kind === "area" ? 2 : 1, placeholder, spellcheck: kind === "area" });
    return make("input", { className, value, readOnly: Boolean(fixed), placeholder });
  }

  // What the task may do with each section of its form: a choice a section, all that nothing is said of may be filled in.
  rights(field) {
    const box = make("fieldset", { className: "panel-field panel-rights" }, make("legend", {}, this.words.section));
    const sections = this.choices.sections[this.element.businessObject.get("zx:form")] ?? [];
    const given = new Map(field.value.split(/\s+/).filter(Boolean).map((part) => part.split(":")));
    for (const name of given.keys()) if (!sections.some(([known]) => known === name)) sections.push([name, name]);
    if (!sections.length) box.append(make("span", { className: "soft" }, this.words.no_sections));
    for (const [name, label] of sections) {
      const control = make("select", { className: "form-select" }, new Option(this.words.right_write, ""), ...["required", "read", "hidden"].map((right) => new Option(this.words[`right_${right}`], right)));
      control.value = given.get(name) === "write" ? "" : given.get(name) ?? "";
      control.dataset.section = name;
      control.addEventListener("change", () => {
        if (control.value) given.set(name, control.value);
        else given.delete(name);
        field.set([...given].map((pair) => pair.join(":")).join(" "));
      });
      box.append(make("label", { className: "panel-right" }, make("span", {}, label), control));
    }
    return box;
  }

  listen(control, field) {
    if (field.kind === "check") return control.addEventListener("change", () => field.set(control.checked ? "true" : ""));
    if (field.kind === "select") return control.addEventListener("change", () => field.set(control.value));
    let timer = 0;
    let before = control.value;
    const apply = () => {
      clearTimeout(timer);
      if (control.value === before) return;
      before = control.value;
      field.set(control.value.trim() ? control.value : "");
    };
    control.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(apply, 400);
    });
    control.addEventListener("change", apply);
    control.addEventListener("blur", apply);
  }

  rows({ name, type }, element) {
    const box = make("div", { className: "panel-field" }, make("span", {}, this.words[name]));
    const { all, put } = rowsOf(this.modeler, element, type);
    all.forEach((row, number) => {
      const key = make("input", { className: "form-control", value: row.name ?? "", ariaLabel: `${this.words[name]} ${number + 1}` });
      const value = make("input", { className: "form-control panel-feel", value: row.value ?? "", ariaLabel: `${this.words.value} ${number + 1}` });
      const change = () => put(all.map((one) => (one === row ? { name: key.value, value: value.value } : one)));
      key.addEventListener("change", change);
      value.addEventListener("change", change);
      const away = make("button", { type: "button", className: "btn btn-quiet btn-sm", ariaLabel: this.words.remove, textContent: "×" });
      away.addEventListener("click", () => put(all.filter((one) => one !== row)));
      box.append(make("div", { className: "panel-row" }, key, value, away));
    });
    const add = make("button", { type: "button", className: "btn btn-quiet btn-sm", textContent: `+ ${this.words.add}` });
    add.addEventListener("click", () => put([...all, { name: "", value: "" }]));
    box.append(add);
    return box;
  }
}

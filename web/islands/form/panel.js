// The properties of the field that is chosen; of the whole form when none is.
import { GROUPS, read, typed, write } from "./properties.js";
import { keyOf } from "./model.js";
import { icon, make } from "../studio/making.js";

const CHOOSES = new Set(["enum", "enums"]);
const NO_SIGN = new Set(["pattern"]);

export class Panel {
  constructor(form, { words, kinds, roles, findings }) {
    Object.assign(this, { form, words, kinds, roles, findings, chosen: null, young: new WeakSet() });
    this.place = document.getElementById("panel");
  }

  // While somebody types here, their field stays; what they type comes back to it anyway.
  draw(chosen, anew = false) {
    const typing = this.place.contains(document.activeElement) && document.activeElement.matches("input:not([type=checkbox]), textarea");
    if (typing && !anew && chosen === this.chosen) return this.tellFaults();
    this.chosen = chosen;
    const one = chosen === null ? null : this.form.find(chosen);
    const open = new Set([...this.place.querySelectorAll("details[open]")].map((found) => found.dataset.group));
    this.place.replaceChildren(...(one ? this.field(one, open) : this.whole()));
    this.tellFaults();
  }

  whole() {
    const { words } = this;
    const title = this.text(words.title, () => (this.form.titled()?.text ?? "").replace(/^# /, ""), (text) => this.form.setTitle(text), "title");
    const english = this.text(words.title_en, () => this.form.texts.title, (text) => (this.form.texts.title = text), "title_en");
    const uses = document.getElementById("uses").content.cloneNode(true);
    return [make("h2", { className: "panel-title" }, words.form_head), this.faults(), title, english, make("p", { className: "soft panel-hint" }, words.form_hint), make("h3", { className: "form-subhead" }, words.uses), uses];
  }

  field(one, open) {
    const { words } = this;
    const kind = this.kinds.find((found) => found.kind === one.kind)?.name ?? words.static;
    const head = [make("div", { className: "panel-kind" }, kind), make("h2", { className: "panel-title" }, one.node.label || keyOf(one.node) || words.untitled), this.faults()];
    if (one.kind === "static" || one.kind === "unknown") return [...head, make("p", { className: "soft" }, String(one.node.text ?? one.node.type))];
    const own = [
      this.text(words.label, () => one.node.label ?? "", (text) => this.name(one.path, text), "label"),
      this.text(words.label_en, () => this.form.english(this.again(one)), (text) => this.form.setEnglish(this.again(one), text), "label_en"),
      this.key(one),
    ];
    if (CHOOSES.has(one.kind)) own.push(this.options(one));
    const [first, ...rest] = GROUPS.map((group) => ({ ...group, rows: group.rows.filter((row) => row.kinds.includes(one.kind) && !(row.notColumn && one.table)) }));
    return [...head, ...own, ...first.rows.map((row) => this.property(one, row)), ...rest.filter((group) => group.rows.length).map((group) => this.group(one, group, open))];
  }

  again(one) {
    return this.form.find(one.path.join("."));
  }

  name(path, text) {
    const { node } = this.form.find(path.join("."));
    node.label = text;
    if ("dateLabel" in node) node.dateLabel = text;
  }

  group(one, group, open) {
    const filled = group.rows.some((row) => read(one.node, row.at) !== undefined);
    const box = make("details", { className: "panel-group", open: filled || open.has(group.name) }, make("summary", {}, this.words[group.name]));
    box.dataset.group = group.name;
    box.append(...group.rows.map((row) => this.property(one, row)));
    return box;
  }

  property(one, row) {
    const label = this.words[row.name];
    const get = () => read(this.again(one).node, row.at);
    const put = (value) => write(this.again(one).node, row.at, value);
    if (row.control === "flag") return this.check(label, () => get() === true, (on) => put(on), row.name);
    if (row.control === "said") return this.check(label, () => get() === "true", (on) => put(on ? "true" : ""), row.name);
    if (row.control === "role") return this.select(label, this.roles, () => get() ?? "", put, row.name);
    if (row.control === "format") return this.select(label, ["email", "phone", "custom"].map((name) => [name, this.words[name]]), () => get() ?? "", put, row.name);
    const feel = row.control === "feel";
    const shown = () => (feel && !NO_SIGN.has(row.name) ? String(get() ?? "").replace(/^=\s*/, "") : String(get() ?? ""));
    const kept = (text) => put(feel && NO_SIGN.has(row.name) ? text.trim() : typed(row.control, text));
    return this.text(label, shown, kept, row.name, { feel, example: row.example });
  }

  text(label, get, put, name, { feel = false, example = "" } = {}) {
    const control = make(feel ? "textarea" : "input", { className: `form-control${feel ? " panel-feel" : ""}`, value: get(), placeholder: this.words[example] ?? "", spellcheck: false, rows: 1 });
    control.dataset.field = name;
    control.addEventListener("input", () => this.form.change(() => put(control.value), `${this.chosen}:${name}`));
    return make("label", { className: "panel-field" }, make("span", {}, label), control);
  }

  check(label, get, put, name) {
    const control = make("input", { type: "checkbox", className: "form-check-input", checked: get() });
    control.dataset.field = name;
    control.addEventListener("change", () => this.form.change(() => put(control.checked)));
    return make("label", { className: "panel-field panel-check" }, make("span", {}, label), control);
  }

  select(label, options, get, put, name) {
    const control = make("select", { className: "form-select" }, new Option(this.words.none, ""), ...options.map(([value, text]) => new Option(text, value)));
    control.value = get();
    control.dataset.field = name;
    control.addEventListener("change", () => this.form.change(() => put(control.value)));
    return make("label", { className: "panel-field" }, make("span", {}, label), control);
  }

  key(one) {
    const label = one.kind === "group" ? this.words.section : this.words.key;
    const control = make("input", { className: "form-control panel-feel", value: keyOf(one.node), maxLength: 64, spellcheck: false });
    control.dataset.field = "key";
    control.addEventListener("change", () => this.form.change(() => this.form.rename(one.path.join("."), control.value.trim())));
    return make("label", { className: "panel-field" }, make("span", {}, label), control, make("small", { className: "soft" }, this.words.key_hint));
  }

  options(one) {
    const box = make("fieldset", { className: "panel-field form-options" }, make("legend", {}, this.words.options));
    const values = one.node.values ?? [];
    values.forEach((row, place) => box.append(this.option(one, row, place)));
    const add = make("button", { type: "button", className: "btn btn-plain btn-sm" }, icon("plus-lg"), this.words.add_option);
    add.addEventListener("click", () => {
      const made = { label: "", value: "" };
      this.form.change(() => (this.again(one).node.values ??= []).push(made));
      this.young.add(made);
      this.draw(this.chosen, true);
      [...this.place.querySelectorAll("[data-field=option]")].at(-1)?.focus();
    });
    box.append(add);
    return box;
  }

  // The value of a new option is its label; later it stays what rules compare with.
  option(one, row, place) {
    const here = () => this.again(one).node.values[place];
    const english = () => this.form.texts.fields[one.full]?.options?.[here().value] ?? "";
    const put = (value, text) => {
      const field = (this.form.texts.fields[one.full] ??= { label: "" });
      field.options = { ...field.options, [value]: text };
    };
    const reads = (name, get, set) => {
      const control = make("input", { className: "form-control", value: get(), ariaLabel: `${this.words[name]} ${place + 1}`, placeholder: this.words[name] });
      control.dataset.field = name;
      control.addEventListener("input", () => this.form.change(() => set(control.value), `${this.chosen}:${name}:${place}`));
      return control;
    };
    const revalue = (value) => {
      const text = english();
      delete this.form.texts.fields[one.full]?.options?.[here().value];
      here().value = value;
      put(value, text);
    };
    const value = reads("option_value", () => row.value, revalue);
    const label = reads("option", () => row.label, (text) => {
      here().label = text;
      if (!this.young.has(row)) return;
      revalue(text);
      value.value = text;
    });
    const away = make("button", { type: "button", className: "btn btn-quiet btn-sm", ariaLabel: `${this.words.away} ${row.label || place + 1}` }, icon("x-lg"));
    away.addEventListener("click", () => {
      this.form.change(() => {
        delete this.form.texts.fields[one.full]?.options?.[here().value];
        this.again(one).node.values.splice(place, 1);
      });
      this.draw(this.chosen, true);
    });
    return make("div", { className: "form-option" }, label, reads("option_en", english, (text) => put(here().value, text)), value, away);
  }

  faults() {
    return make("div", { className: "form-faults" });
  }

  tellFaults() {
    const box = this.place.querySelector(".form-faults");
    if (!box) return;
    const one = this.chosen === null ? null : this.form.find(this.chosen);
    if (one) this.place.querySelector(".panel-title").textContent = one.node.label || keyOf(one.node) || this.words.untitled;
    const found = one ? this.findings.of(one) : this.findings.ofForm();
    box.replaceChildren(...found.map((text) => make("div", { className: "panel-found" }, text)));
  }
}

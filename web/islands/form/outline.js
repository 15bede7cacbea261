// The fields in their order: chosen, moved by keys, buttons and pointer, copied, removed.
import { keyOf } from "./model.js";
import { icon, make } from "../studio/making.js";

export class Outline {
  constructor(form, { words, kinds, findings, choose }) {
    Object.assign(this, { form, words, kinds, findings, choose, chosen: null, dragged: null });
    this.place = document.getElementById("outline");
    this.place.addEventListener("keydown", (event) => this.pressed(event));
  }

  draw(chosen) {
    this.chosen = chosen;
    const focused = this.place.contains(document.activeElement) ? document.activeElement.dataset.does ?? "row" : "";
    const rows = [...this.form.walk()].filter((one) => !(one.kind === "static" && one.node === this.form.titled()));
    const list = make("ul", { className: "outline" }, this.root(), ...rows.map((one) => this.row(one)));
    this.place.replaceChildren(list, this.tools());
    if (!rows.length) this.place.append(make("p", { className: "soft form-hint" }, this.words.empty));
    if (focused) (this.place.querySelector(focused === "row" ? "[aria-current]" : `[data-does="${focused}"]`) ?? this.place.querySelector("[aria-current]"))?.focus();
  }

  root() {
    const made = make("button", { type: "button", className: "outline-row outline-root" }, make("span", { className: "outline-name" }, this.words.form_head));
    if (this.chosen === null) made.setAttribute("aria-current", "true");
    if (this.findings.ofForm().length) made.append(this.mark());
    made.addEventListener("click", () => this.choose(null));
    return make("li", {}, made);
  }

  row(one) {
    const path = one.path.join(".");
    const kind = this.kinds.find((found) => found.kind === one.kind);
    const made = make("button", { type: "button", className: `outline-row outline-${one.kind}`, title: kind?.name ?? "", draggable: true });
    made.append(make("span", { className: "outline-icon" }, kind ? icon(kind.icon) : ""), make("span", { className: "outline-name" }, one.node.label || String(one.node.text ?? "") || this.words.untitled));
    if (one.node.validate?.required) made.append(make("span", { className: "must", ariaHidden: "true" }, "*"));
    made.append(make("span", { className: "outline-key figures" }, keyOf(one.node)));
    if (this.findings.of(one).length) made.append(this.mark());
    if (path === this.chosen) made.setAttribute("aria-current", "true");
    made.dataset.path = path;
    made.addEventListener("click", () => this.choose(path));
    this.drags(made, path);
    return make("li", { className: `outline-deep-${Math.min(one.depth, 3)}` }, made);
  }

  mark() {
    return make("span", { className: "outline-fault", title: "!" }, icon("exclamation-circle"));
  }

  tools() {
    const { words } = this;
    const tool = (does, name, sign) => {
      const made = make("button", { type: "button", className: "btn btn-plain btn-sm", ariaLabel: name, title: name, disabled: this.chosen === null }, icon(sign));
      made.dataset.does = does;
      return made;
    };
    return make("div", { className: "outline-tools" }, tool("up", words.up, "chevron-up"), tool("down", words.down, "chevron-down"), tool("copy", words.copy, "clipboard"), tool("away", words.away, "trash"));
  }

  drags(made, path) {
    made.addEventListener("dragstart", () => (this.dragged = path));
    made.addEventListener("dragover", (event) => {
      if (this.dragged === null || this.dragged === path) return;
      event.preventDefault();
      made.classList.add("outline-over");
    });
    made.addEventListener("dragleave", () => made.classList.remove("outline-over"));
    made.addEventListener("drop", (event) => {
      event.preventDefault();
      const moved = this.dragged;
      this.dragged = null;
      this.choose(this.form.change(() => this.form.drop(moved, path)));
    });
  }

  pressed(event) {
    const rows = [...this.place.querySelectorAll(".outline-row")];
    const here = rows.indexOf(document.activeElement);
    const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (here < 0) return;
    if (by && event.altKey) this.does(by < 0 ? "up" : "down");
    else if (by) rows[here + by]?.focus();
    else if (event.key === "Delete") this.does("away");
    else return;
    event.preventDefault();
  }

  does(what) {
    if (this.chosen === null) return;
    const path = this.chosen;
    if (what === "up" || what === "down") this.choose(this.form.change(() => this.form.move(path, what === "up" ? -1 : 1)));
    if (what === "copy") this.choose(this.form.change(() => this.form.copy(path)));
    if (what === "away") {
      this.form.change(() => this.form.remove(path));
      this.choose(this.form.find(path) ? path : null);
    }
  }
}

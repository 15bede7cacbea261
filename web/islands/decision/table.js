// One decision table: its head, its columns, its rules; cells are FEEL, and say themselves what is wrong with them.
import { quoted } from "./model.js";
import { icon, make } from "../studio/making.js";

export class TableView {
  constructor(decisions, number, around) {
    Object.assign(this, { decisions, number, around, words: around.words });
  }

  get table() {
    return this.decisions.table(this.number);
  }

  change(does, mark = "") {
    this.decisions.change(does, mark && `${this.number}:${mark}`);
  }

  draw() {
    const box = make("section", { className: "card-plain rules-card", ariaLabel: this.table.name });
    box.append(this.head(), make("div", { className: "rules-wide", tabIndex: 0, role: "region", ariaLabel: this.table.name }, this.grid()), this.foot(), this.trial());
    return box;
  }

  // ---------------------------------------------------------------- the head

  head() {
    const { words } = this;
    const policy = this.select(words.policy, this.around.policies.map(([key, name]) => [key, name]), this.table.policy, (value) => (this.table.policy = value), "policy");
    const parts = [this.said(words.name, this.table, "name", "name"), policy];
    if (this.table.policy === "COLLECT") parts.push(this.select(words.aggregation, this.around.aggregations, this.table.aggregation, (value) => (this.table.aggregation = value), "aggregation"));
    const means = this.around.policies.find(([key]) => key === this.table.policy)?.[2] ?? "";
    return make("div", { className: "rules-head" }, ...parts, make("p", { className: "soft" }, means));
  }

  said(label, holder, what, name) {
    const zh = this.input(() => holder[what], (text) => this.decisions.say(this.number, holder, what, text), label, name);
    const en = this.input(() => this.decisions.english(this.number, holder[what]), (text) => this.decisions.setEnglish(this.number, holder[what], text), `${label} · ${this.words.english}`, `${name}_en`);
    en.classList.add("rules-english");
    en.placeholder = this.words.english;
    return make("div", { className: "rules-said" }, make("span", { className: "rules-label" }, label), zh, en);
  }

  input(get, put, label, name) {
    const made = make("input", { className: "form-control form-control-sm", value: get() ?? "", ariaLabel: label, spellcheck: false });
    made.dataset.field = name;
    made.addEventListener("input", () => this.change(() => put(made.value), name));
    return made;
  }

  select(label, options, value, put, name) {
    const known = options.some(([key]) => key === value) ? options : [[value, value], ...options];
    const made = make("select", { className: "form-select form-select-sm", ariaLabel: label }, ...known.map(([key, text]) => new Option(text, key)));
    made.value = value;
    made.dataset.field = name;
    made.addEventListener("change", () => {
      this.change(() => put(made.value));
      this.around.redraw();
    });
    return make("div", { className: "rules-said" }, make("span", { className: "rules-label" }, label), made);
  }

  button(sign, name, does) {
    const made = make("button", { type: "button", className: "btn btn-quiet btn-sm", ariaLabel: name, title: name }, icon(sign));
    made.addEventListener("click", () => {
      this.change(does);
      this.around.redraw();
    });
    return made;
  }

  // ---------------------------------------------------------------- columns

  grid() {
    const heads = [make("th", { className: "rules-no" }, "#")];
    for (const kind of ["inputs", "outputs"]) this.table[kind].forEach((column, place) => heads.push(this.column(kind, column, place)));
    heads.push(make("th", { className: "rules-remark" }, this.words.remark), make("th", {}, make("span", { className: "visually-hidden" }, "…")));
    const body = make("tbody", {}, ...this.table.rules.map((rule, place) => this.rule(rule, place)));
    return make("table", { className: "rules" }, make("thead", {}, make("tr", {}, ...heads)), body);
  }

  column(kind, column, place) {
    const { words } = this;
    const isInput = kind === "inputs";
    const name = `${kind}:${place}`;
    const source = isInput
      ? this.input(() => column.expression, (text) => (column.expression = text), words.expression, `${name}:expression`)
      : this.input(() => column.name, (text) => (column.name = text), words.result_name, `${name}:name`);
    source.classList.add("panel-feel");
    if (isInput) source.setAttribute("list", "data-names");
    const more = make("details", { className: "rules-column" }, make("summary", {}, words.column));
    more.open = this.around.open.has(column.id);
    more.addEventListener("toggle", () => this.around.open[more.open ? "add" : "delete"](column.id));
    more.append(
      make("span", { className: "rules-label" }, isInput ? words.expression : words.result_name), source,
      this.select(words.type, this.around.types, column.type, (value) => (column.type = value), `${name}:type`),
      make("span", { className: "rules-label" }, isInput ? words.allowed : words.allowed_results),
      this.feel(column, "allowed", isInput ? words.allowed : words.allowed_results, `${name}:allowed`),
    );
    if (!isInput) more.append(make("span", { className: "rules-label" }, words.default), this.feel(column, "default", words.default, `${name}:default`));
    const move = (by) => () => this.decisions.moveColumn(this.number, kind, place, by);
    more.append(make("div", { className: "rules-tools" }, this.button("chevron-left", `${words.left} ${column.label}`, move(-1)), this.button("chevron-right", `${words.right} ${column.label}`, move(1)), this.button("trash", `${words.away} ${column.label}`, () => this.decisions.removeColumn(this.number, kind, place))));
    const head = make("th", { className: isInput ? "rules-input" : "rules-output", scope: "col" }, this.said(isInput ? words.conditions : words.results, column, "label", `${name}:label`), more);
    this.mark(head, [column.id, `${column.id}_expression`]);
    return head;
  }

  feel(holder, what, label, name) {
    const made = this.input(() => holder[what], (text) => (holder[what] = text), label, name);
    made.classList.add("panel-feel");
    return made;
  }

  // ---------------------------------------------------------------- rules

  rule(rule, place) {
    const { words } = this;
    const made = make("tr", {}, make("th", { className: "rules-no figures", scope: "row" }, String(place + 1)));
    made.dataset.rule = String(place + 1);
    for (const kind of ["inputs", "outputs"]) this.table[kind].forEach((column, at) => made.append(this.cell(rule, kind, at, column, place)));
    const remark = this.input(() => rule.remark, (text) => this.decisions.say(this.number, rule, "remark", text), `${words.rule.replace("{row}", place + 1)} ${words.remark}`, `${place}:remark`);
    const english = this.input(() => this.decisions.english(this.number, rule.remark), (text) => this.decisions.setEnglish(this.number, rule.remark, text), `${words.rule.replace("{row}", place + 1)} ${words.remark} · ${words.english}`, `${place}:remark_en`);
    english.classList.add("rules-english");
    english.placeholder = words.english;
    const named = (does) => `${does} ${words.rule.replace("{row}", place + 1)}`;
    const tools = make("td", { className: "rules-tools" }, this.button("chevron-up", named(words.up), () => this.decisions.moveRule(this.number, place, -1)), this.button("chevron-down", named(words.down), () => this.decisions.moveRule(this.number, place, 1)), this.button("clipboard", named(words.copy), () => this.decisions.addRule(this.number, place + 1, rule)), this.button("trash", named(words.away), () => this.decisions.removeRule(this.number, place)));
    made.append(make("td", { className: "rules-remark" }, remark, english), tools);
    this.mark(made, [rule.id]);
    return made;
  }

  cell(rule, kind, at, column, place) {
    const cell = this.decisions.cells(rule, kind)[at];
    const label = `${this.words.rule.replace("{row}", place + 1)} ${column.label || column.expression || column.name}`;
    const made = make("textarea", { className: "rules-cell panel-feel", value: cell.text, rows: 1, spellcheck: false, ariaLabel: label, placeholder: kind === "inputs" ? this.words.any : "" });
    Object.assign(made.dataset, { field: `${place}:${kind}:${at}`, kind, at, place });
    made.addEventListener("input", () => this.change(() => (cell.text = made.value), `${place}:${kind}:${at}`));
    made.addEventListener("change", () => {
      const names = this.decisions.all.data.map((one) => one.name);
      const better = quoted(made.value, column.type, names);
      if (better === made.value) return;
      made.value = better;
      this.change(() => (cell.text = better), `${place}:${kind}:${at}`);
    });
    made.addEventListener("keydown", (event) => this.pressed(event, made, kind, at, place));
    made.addEventListener("paste", (event) => this.pasted(event, kind, at, place));
    const box = make("td", { className: kind === "inputs" ? "" : "rules-output" }, made);
    this.mark(box, [cell.id, this.decisions.cellId(rule, kind, at)], made);
    return box;
  }

  pressed(event, made, kind, at, place) {
    const by = event.key === "Enter" && !event.shiftKey ? 1 : event.altKey ? { ArrowUp: -1, ArrowDown: 1 }[event.key] : 0;
    if (!by || event.isComposing) return;
    event.preventDefault();
    const next = this.around.place.querySelector(`[data-table="${this.number}"] [data-field="${place + by}:${kind}:${at}"]`);
    if (next) return next.focus();
    if (event.key !== "Enter") return;
    this.change(() => this.decisions.addRule(this.number, place + 1));
    this.around.redraw(`${place + 1}:${kind}:${at}`);
  }

  // Rows copied from a spreadsheet fill the cells from here on.
  pasted(event, kind, at, place) {
    const text = event.clipboardData.getData("text/plain");
    if (!/[\t\n]./.test(text.trim())) return;
    event.preventDefault();
    const rows = text.replace(/\r/g, "").replace(/\n$/, "").split("\n").map((row) => row.split("\t"));
    const columns = [...this.table.inputs.map((_one, number) => ["inputs", number]), ...this.table.outputs.map((_one, number) => ["outputs", number])];
    const from = columns.findIndex(([one, number]) => one === kind && number === at);
    const names = this.decisions.all.data.map((one) => one.name);
    this.change(() => {
      rows.forEach((row, down) => {
        if (!this.table.rules[place + down]) this.decisions.addRule(this.number, place + down);
        row.slice(0, columns.length - from).forEach((value, right) => {
          const [one, number] = columns[from + right];
          this.decisions.cells(this.table.rules[place + down], one)[number].text = quoted(value, this.table[one][number].type, names);
        });
      });
    });
    this.around.redraw(`${place}:${kind}:${at}`);
  }

  mark(box, ids, control = null) {
    const found = this.around.findings.filter((one) => one.element && ids.includes(one.element));
    if (!found.length) return;
    box.classList.add(found.some((one) => one.kind === "fault") ? "rules-fault" : "rules-advice");
    const text = found.map((one) => one.text).join("\n");
    box.title = text;
    if (control) control.setAttribute("aria-description", text);
  }

  // ---------------------------------------------------------------- below the table

  foot() {
    const { words } = this;
    const add = (text, does) => {
      const made = make("button", { type: "button", className: "btn btn-plain btn-sm" }, icon("plus-lg"), text);
      made.addEventListener("click", () => {
        this.change(does);
        this.around.redraw();
      });
      return made;
    };
    const rule = add(words.add_rule, () => this.decisions.addRule(this.number, this.table.rules.length));
    rule.dataset.adds = "rule";
    const input = add(words.add_input, () => this.decisions.addColumn(this.number, "inputs", words.new_input));
    input.dataset.adds = "input";
    const output = add(words.add_output, () => this.decisions.addColumn(this.number, "outputs", words.new_output));
    return make("div", { className: "rules-foot" }, rule, input, output, make("span", { className: "soft" }, words.formula_hint));
  }

  trial() {
    const { words } = this;
    const tried = (this.around.tried[this.table.id] ??= {});
    const fields = this.decisions.all.data.map((one) => {
      const made = make("input", { className: "form-control form-control-sm", value: tried[one.name] ?? "", ariaLabel: `${words.try} ${one.name}` });
      made.dataset.tries = one.name;
      made.addEventListener("input", () => {
        tried[one.name] = made.value;
        this.around.attempt();
      });
      return make("label", { className: "rules-try" }, make("span", { className: "rules-label" }, one.name), made);
    });
    const outcome = make("output", { className: "rules-outcome" });
    outcome.dataset.outcome = this.table.id;
    return make("div", { className: "rules-trial" }, make("h3", {}, words.try), make("p", { className: "soft" }, words.try_hint), make("div", { className: "rules-tries" }, ...fields), outcome);
  }

  // Which rows hold, and what comes of it.
  tell(box, answer) {
    for (const row of box.querySelectorAll("tr[data-rule]")) {
      const number = Number(row.dataset.rule);
      row.classList.toggle("rules-hit", Boolean(answer?.rules?.includes(number)));
      row.classList.toggle("rules-match", Boolean(answer?.matching?.includes(number)));
    }
    const outcome = box.querySelector("[data-outcome]");
    outcome.className = `rules-outcome${answer?.problem ? " rules-outcome-late" : ""}`;
    if (!answer) return outcome.replaceChildren();
    if (answer.problem) return outcome.replaceChildren(icon("exclamation-circle"), answer.problem);
    const why = answer.default ? this.words.by_default : answer.rules.length ? this.words.matched.replace("{rows}", answer.rules.join(", ")) : this.words.no_match;
    outcome.replaceChildren(make("b", {}, `${this.words.outcome}: ${answer.value || "null"}`), make("span", { className: "soft" }, why));
  }
}

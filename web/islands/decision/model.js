// Decision tables as they are edited: data, columns, rules, and the English of every text of theirs.
import { Steps } from "../studio/steps.js";

const fresh = (kind) => `${kind}_${Math.random().toString(36).slice(2, 8)}`;

export class Decisions extends Steps {
  constructor(first) {
    super();
    this.take(first);
  }

  take({ content, texts }) {
    this.all = JSON.parse(content);
    this.texts = structuredClone(texts ?? {});
  }

  taken() {
    return { content: JSON.stringify(this.all), texts: structuredClone(this.texts) };
  }

  get state() {
    return [this.all, this.texts];
  }

  set state([all, texts]) {
    Object.assign(this, { all, texts });
  }

  table(number) {
    return this.all.tables[number];
  }

  english(number, zh) {
    return this.texts[this.table(number).id]?.[zh] ?? "";
  }

  setEnglish(number, zh, text) {
    const { id } = this.table(number);
    this.texts[id] = { ...this.texts[id], [zh]: text };
  }

  // The English stays with a text that is said otherwise.
  say(number, holder, what, text) {
    const before = holder[what];
    const english = this.english(number, before);
    holder[what] = text;
    if (english && text && !this.english(number, text)) this.setEnglish(number, text, english);
  }

  addData(name) {
    this.all.data.push({ id: fresh("Data"), name, type: "number" });
  }

  removeData(place) {
    this.all.data.splice(place, 1);
  }

  addColumn(number, kind, label) {
    const table = this.table(number);
    const made = { id: fresh(kind === "inputs" ? "Input" : "Output"), label, type: "string", allowed: "" };
    if (kind === "inputs") Object.assign(made, { expression: this.all.data[0]?.name ?? "", type: this.all.data[0]?.type ?? "string" });
    else Object.assign(made, { name: `result_${table.outputs.length + 1}`, default: "" });
    table[kind].push(made);
    for (const rule of table.rules) this.cells(rule, kind).push({ id: "", text: kind === "inputs" ? "-" : "" });
  }

  removeColumn(number, kind, place) {
    const table = this.table(number);
    if (kind === "outputs" && table.outputs.length === 1) return;
    table[kind].splice(place, 1);
    for (const rule of table.rules) this.cells(rule, kind).splice(place, 1);
  }

  moveColumn(number, kind, place, by) {
    const table = this.table(number);
    if (!table[kind][place + by]) return;
    for (const list of [table[kind], ...table.rules.map((rule) => this.cells(rule, kind))]) list.splice(place + by, 0, list.splice(place, 1)[0]);
  }

  cells(rule, kind) {
    return kind === "inputs" ? rule.tests : rule.results;
  }

  addRule(number, at, like = null) {
    const table = this.table(number);
    const blank = { tests: table.inputs.map(() => ({ id: "", text: "-" })), results: table.outputs.map(() => ({ id: "", text: "" })), remark: "" };
    const made = { ...structuredClone(like ?? blank), id: fresh("Rule") };
    for (const cell of [...made.tests, ...made.results]) cell.id = "";
    table.rules.splice(at, 0, made);
  }

  removeRule(number, place) {
    this.table(number).rules.splice(place, 1);
  }

  moveRule(number, place, by) {
    const { rules } = this.table(number);
    if (rules[place + by]) rules.splice(place + by, 0, rules.splice(place, 1)[0]);
  }

  // Cells take their ids from their rule, as the server writes them: findings name them so.
  cellId(rule, kind, place) {
    return `${rule.id}_${kind === "inputs" ? "" : "out"}${place + 1}`;
  }
}

// A text among texts needs no quotes to be typed: they are put around what cannot be anything else.
export const quoted = (text, type, names) => {
  const plain = text.trim();
  if (type !== "string" || !plain || plain === "-" || /["<>=!()[\]{}?@]|^(null|true|false)$|^not\b/.test(plain) || names.includes(plain)) return plain;
  return plain.split(/[,,]\s*/).map((part) => `"${part}"`).join(", ");
};

// A form as it is edited: its schema, its English, what was done to it. Every change is one step that can be undone.
import { Steps } from "../studio/steps.js";

const STATIC = new Set(["text", "html", "separator", "spacer", "button", "image"]);
const HOLDS = new Set(["group", "dynamiclist"]);

export const kindOf = (node) => {
  const type = node.properties?.type;
  if (node.type === "number") return ["money", "pct"].includes(type) ? type : node.decimalDigits === 0 ? "int" : "dec";
  if (node.type === "datetime") return node.subtype === "datetime" ? "dt" : "date";
  if (node.type === "textfield") return type === "dur" ? "dur" : "text";
  if (node.type === "select") return ["user", "org", "ref"].includes(type) ? type : "enum";
  if (node.type === "taglist") return type === "users" ? "users" : "enums";
  if (node.type === "filepicker") return node.multiple ? "files" : "file";
  const plain = { textarea: "long", checkbox: "bool", radio: "enum", checklist: "enums", dynamiclist: "table", expression: "computed", group: "group" };
  return plain[node.type] ?? (STATIC.has(node.type) ? "static" : "unknown");
};

export const keyOf = (node) => (node.type === "dynamiclist" ? node.path : node.type === "group" ? node.properties?.section ?? node.id : node.key) ?? "";

export class Form extends Steps {
  constructor({ content, texts }) {
    super();
    this.take({ content, texts });
  }

  take({ content, texts }) {
    this.schema = JSON.parse(content);
    this.schema.components ??= [];
    this.texts = structuredClone({ title: "", fields: {}, sections: {}, ...texts });
  }

  taken() {
    return { content: `${JSON.stringify(this.schema, null, 2)}\n`, texts: structuredClone(this.texts) };
  }

  get state() {
    return [this.schema, this.texts];
  }

  set state([schema, texts]) {
    Object.assign(this, { schema, texts });
  }

  *walk(around = this.schema, before = [], table = null) {
    for (const [index, node] of (around.components ?? []).entries()) {
      const path = [...before, index];
      yield { node, path, around, index, table, kind: kindOf(node), depth: before.length, full: table ? `${keyOf(table)}.${keyOf(node)}` : keyOf(node) };
      if (HOLDS.has(node.type)) yield* this.walk(node, path, node.type === "dynamiclist" ? node : null);
    }
  }

  find(path) {
    return [...this.walk()].find((one) => one.path.join(".") === path) ?? null;
  }

  named(key) {
    return [...this.walk()].find((one) => one.full === key) ?? null;
  }

  titled() {
    return this.schema.components.find((node) => node.type === "text" && String(node.text ?? "").startsWith("# "));
  }

  setTitle(text) {
    const title = this.titled();
    if (title) title.text = `# ${text}`;
    else this.schema.components.unshift({ type: "text", id: "Title", text: `# ${text}` });
  }

  fresh(wish, around) {
    const taken = new Set([...this.walk()].map((one) => (around ? keyOf(one.node) : one.full)));
    let number = 1;
    while (taken.has(`${wish}_${number}`)) number += 1;
    return `${wish}_${number}`;
  }

  // Behind what is chosen; within it, when it holds fields.
  add(kind, component, chosen, label) {
    const place = this.placeFor(kind, chosen);
    const node = structuredClone(component);
    const key = this.fresh(kind === "group" ? "section" : kind, place.table);
    node.label = label;
    if (kind === "table") Object.assign(node, { path: key, id: `Field_${key}`, components: [this.column(label)] });
    else if (kind === "group") Object.assign(node, { id: key, properties: { ...node.properties, section: key } });
    else Object.assign(node, { key, id: `Field_${key}` });
    if (node.values) node.values = [];
    if ("dateLabel" in node) node.dateLabel = label;
    place.list.splice(place.index, 0, node);
    if (kind === "table") this.texts.fields[`${key}.text_1`] = { label: "" };
    return [...this.walk()].find((one) => one.node === node).path.join(".");
  }

  column(label) {
    return { type: "textfield", key: "text_1", id: `Column_${Date.now()}`, label };
  }

  placeFor(kind, chosen) {
    const one = chosen === null ? null : this.find(chosen);
    const nested = kind === "group" || kind === "table";
    if (!one) return { list: this.schema.components, index: this.schema.components.length, table: null };
    if (one.node.type === "group" && kind !== "group") return { list: (one.node.components ??= []), index: one.node.components.length, table: null };
    if (one.node.type === "dynamiclist" && !nested) return { list: (one.node.components ??= []), index: one.node.components.length, table: one.node };
    if (one.table && nested) {
      const table = [...this.walk()].find((found) => found.node === one.table);
      return { list: table.around.components, index: table.index + 1, table: null };
    }
    if (kind === "group" && one.path.length > 1) return { list: this.schema.components, index: one.path[0] + 1, table: null };
    return { list: one.around.components, index: one.index + 1, table: one.table };
  }

  remove(path) {
    const one = this.find(path);
    if (!one) return;
    for (const inner of [one, ...this.inside(one)]) {
      delete this.texts.fields[inner.full];
      if (inner.kind === "group") delete this.texts.sections[inner.full];
    }
    one.around.components.splice(one.index, 1);
  }

  inside(one) {
    return [...this.walk()].filter((found) => found.path.length > one.path.length && one.path.every((part, place) => found.path[place] === part));
  }

  // One place up or down; into a section and out of it on the way.
  move(path, by) {
    const one = this.find(path);
    if (!one) return path;
    const list = one.around.components;
    const beside = list[one.index + by];
    list.splice(one.index, 1);
    if (beside?.type === "group" && one.kind !== "group") beside.components.splice(by > 0 ? 0 : beside.components.length, 0, one.node);
    else if (beside) list.splice(one.index + by, 0, one.node);
    else if (!one.table && one.around !== this.schema) this.out(one, by);
    else list.splice(one.index, 0, one.node);
    return [...this.walk()].find((found) => found.node === one.node).path.join(".");
  }

  out(one, by) {
    const group = [...this.walk()].find((found) => found.node === one.around);
    group.around.components.splice(group.index + (by > 0 ? 1 : 0), 0, one.node);
  }

  // Dropped before another one: only among fields of the same level of meaning.
  drop(path, before) {
    const one = this.find(path);
    const goal = this.find(before);
    if (!one || !goal || one.table !== goal.table || one.node === goal.around || this.inside(one).some((found) => found.node === goal.node)) return path;
    if (one.kind === "group" && goal.around !== this.schema) return path;
    one.around.components.splice(one.index, 1);
    goal.around.components.splice(goal.around.components.indexOf(goal.node), 0, one.node);
    return [...this.walk()].find((found) => found.node === one.node).path.join(".");
  }

  copy(path) {
    const one = this.find(path);
    if (!one) return path;
    const node = structuredClone(one.node);
    const key = this.fresh(keyOf(one.node).replace(/_\d+$/, "") || one.kind, one.table);
    if (node.type === "dynamiclist") node.path = key;
    else if (node.type === "group") Object.assign(node, { properties: { ...node.properties, section: key } });
    else node.key = key;
    node.id = node.type === "group" ? key : `Field_${key}`;
    one.around.components.splice(one.index + 1, 0, node);
    const full = one.table ? `${keyOf(one.table)}.${key}` : key;
    for (const [name, row] of Object.entries(this.texts.fields)) {
      if (name === one.full) this.texts.fields[full] = structuredClone(row);
      else if (one.kind === "table" && name.startsWith(`${one.full}.`)) this.texts.fields[full + name.slice(one.full.length)] = structuredClone(row);
    }
    if (one.kind === "group") {
      this.texts.sections[key] = this.texts.sections[one.full] ?? "";
      for (const inner of node.components ?? []) this.renew(inner);
    }
    return [...this.walk()].find((found) => found.node === node).path.join(".");
  }

  renew(node) {
    const before = keyOf(node);
    const key = this.fresh(before.replace(/_\d+$/, ""), null);
    node.id = `Field_${key}`;
    if (node.type === "dynamiclist") node.path = key;
    else node.key = key;
    for (const [name, row] of Object.entries(this.texts.fields)) {
      if (name === before || name.startsWith(`${before}.`)) this.texts.fields[key + name.slice(before.length)] = structuredClone(row);
    }
  }

  // The English stays with the field when it is called otherwise.
  rename(path, key) {
    const one = this.find(path);
    const before = one.full;
    if (one.node.type === "dynamiclist") one.node.path = key;
    else if (one.node.type === "group") one.node.properties = { ...one.node.properties, section: key };
    else one.node.key = key;
    const after = one.table ? `${keyOf(one.table)}.${key}` : key;
    if (one.kind === "group") {
      this.texts.sections = swapped(this.texts.sections, (name) => (name === before ? after : name));
      return;
    }
    this.texts.fields = swapped(this.texts.fields, (name) => (name === before ? after : name.startsWith(`${before}.`) && one.kind === "table" ? after + name.slice(before.length) : name));
  }

  english(one) {
    return (one.kind === "group" ? this.texts.sections[one.full] : this.texts.fields[one.full]?.label) ?? "";
  }

  setEnglish(one, text) {
    if (one.kind === "group") this.texts.sections[one.full] = text;
    else this.texts.fields[one.full] = { ...this.texts.fields[one.full], label: text };
  }
}

const swapped = (rows, name) => Object.fromEntries(Object.entries(rows).map(([key, row]) => [name(key), row]));

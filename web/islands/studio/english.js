// English names and descriptions stand beside the drawing, by element. They follow what the drawing has.
const said = (bo) => ({ name: bo.name || bo.text || "", documentation: bo.documentation?.[0]?.text || "" });

export class English {
  constructor(modeler, rows) {
    this.modeler = modeler;
    this.rows = structuredClone(rows);
    this.sent = structuredClone(rows);
    this.known = new Set();
    this.told = [];
  }

  // Only elements that stood in this diagram are ours to remove.
  begin() {
    for (const bo of this.drawn()) this.known.add(bo.id);
  }

  onChange(tell) {
    this.told.push(tell);
  }

  of(id, what) {
    return this.rows[id]?.[what] ?? "";
  }

  set(id, what, text) {
    this.rows[id] = { ...this.rows[id], [what]: text };
    for (const tell of this.told) tell();
  }

  renamed(from, to) {
    if (this.rows[from]) this.rows[to] = this.rows[from];
  }

  // What differs from what the server has: texts of named elements, and nothing for those that are gone.
  changed() {
    const wanted = {};
    const here = new Map([...this.drawn()].map((bo) => [bo.id, bo]));
    for (const id of here.keys()) this.known.add(id);
    for (const id of this.known) {
      const chinese = here.has(id) ? said(here.get(id)) : {};
      const row = {};
      if (chinese.name) for (const what of ["name", "documentation"]) if (chinese[what] && this.of(id, what)) row[what] = this.of(id, what);
      if (JSON.stringify(row) !== JSON.stringify(this.sent[id] ?? {})) wanted[id] = row;
    }
    return wanted;
  }

  arrived(texts) {
    Object.assign(this.sent, texts);
  }

  *drawn() {
    const todo = [...(this.modeler.getDefinitions()?.rootElements ?? [])];
    while (todo.length) {
      const bo = todo.pop();
      if (bo.id) yield bo;
      for (const value of Object.values(bo)) {
        for (const inner of Array.isArray(value) ? value : [value]) {
          if (inner?.$type && inner.$parent === bo && inner !== bo) todo.push(inner);
        }
      }
    }
  }
}

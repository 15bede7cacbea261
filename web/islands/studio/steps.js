// What is edited, step by step: each change can be undone, and what is typed within a moment is one step.
const FEW = 1200;
const MOST_STEPS = 200;

export class Steps {
  constructor() {
    Object.assign(this, { past: [], future: [], told: [], last: "", at: 0 });
  }

  onChange(tell) {
    this.told.push(tell);
  }

  change(does, mark = "") {
    const now = Date.now();
    if (!mark || mark !== this.last || now - this.at > FEW) {
      this.past.push(JSON.stringify(this.state));
      this.past = this.past.slice(-MOST_STEPS);
    }
    Object.assign(this, { last: mark, at: now, future: [] });
    const made = does();
    this.tell(mark);
    return made;
  }

  undo() {
    this.travel(this.past, this.future);
  }

  redo() {
    this.travel(this.future, this.past);
  }

  travel(from, to) {
    if (!from.length) return;
    to.push(JSON.stringify(this.state));
    this.state = JSON.parse(from.pop());
    this.last = "";
    this.tell("");
  }

  tell(mark) {
    for (const told of this.told) told(mark);
  }
}

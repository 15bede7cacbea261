// What is changed is saved by itself. Until the server has it, it stays in this browser too: nothing is lost with a tab.
// The subject is what is edited: taken() gives its content and English texts, restore(left) takes them, arrived(texts, answer) hears what was saved.
const PATIENCE = 700;
const AGAIN = 5000;
const QUIET = { "HX-Request": "true", Accept: "application/json" };

export class Saving {
  constructor(place, words, { extra = () => ({}) } = {}) {
    Object.assign(this, { place, words, extra, timer: 0, busy: false, dirty: false, stopped: false, revision: 0, proof: "" });
    this.address = `${place.dataset.address}?file=${encodeURIComponent(place.dataset.file)}`;
    this.kept = `zhixing:${this.address}`;
    this.state = document.getElementById("state");
    this.trouble = document.getElementById("trouble");
  }

  async read() {
    const answer = await fetch(this.address, { headers: QUIET });
    if (!answer.ok) throw new Error(String(answer.status));
    const found = await answer.json();
    this.begin(found);
    return found;
  }

  begin(found) {
    this.revision = found.revision;
    this.proof = found.csrf;
    const left = this.left();
    if (left && left.content !== found.content) this.offer(left);
  }

  follow(subject) {
    this.subject = subject;
    window.addEventListener("beforeunload", (event) => {
      if (this.dirty || this.busy) event.preventDefault();
    });
  }

  soon() {
    this.dirty = true;
    if (this.stopped) return;
    this.say(this.words.saving);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), PATIENCE);
  }

  async save() {
    if (this.busy || this.stopped) return;
    this.busy = true;
    this.dirty = false;
    const { content, texts } = await this.subject.taken();
    this.keep({ content, texts });
    const answer = await this.send({ file: this.place.dataset.file, revision: this.revision, content, texts, ...this.extra() });
    this.busy = false;
    await this.after(answer, texts);
  }

  async send(body) {
    const headers = { ...QUIET, "Content-Type": "application/json", "X-CSRF": this.proof };
    try {
      return await fetch(this.place.dataset.address, { method: "POST", headers, body: JSON.stringify(body) });
    } catch {
      return null;
    }
  }

  async after(answer, texts) {
    if (answer?.ok) {
      const found = await answer.json();
      this.revision = found.revision;
      this.forget();
      this.alarm("");
      this.say(`${this.words.saved} ${found.at}`);
      if (this.dirty) this.soon();
      this.subject.arrived(texts, found);
      return;
    }
    this.dirty = true;
    this.say(this.words.unsaved, true);
    if (answer?.status === 409) return this.stop(await answer.json());
    if (answer?.status === 422) return this.alarm((await answer.json()).text);
    if (answer?.status === 413) return this.alarm(decodeURIComponent(answer.headers.get("X-Said") ?? ""));
    this.alarm(answer ? this.words.expired : this.words.offline);
    setTimeout(() => this.again(), AGAIN);
  }

  // After a new sign-in the page has to learn its proof anew; what was drawn meanwhile is still here.
  async again() {
    try {
      const answer = await fetch(this.address, { headers: QUIET });
      if (answer.ok) this.proof = (await answer.json()).csrf;
    } catch {
      // still without a network: the save that follows tells so
    }
    await this.save();
  }

  // Somebody else saved this file: nothing is overwritten, what differs is told, and whoever is here decides.
  stop(found) {
    this.stopped = true;
    this.say("");
    this.alarm(found.text, this.words.reload, () => {
      this.forget();
      this.dirty = this.busy = false;
      location.reload();
    });
    if (!found.differences?.length) return;
    this.button(this.words.mine, () => {
      this.revision = found.revision;
      this.stopped = false;
      this.alarm("");
      this.soon();
    });
    const list = document.createElement("ul");
    list.setAttribute("aria-label", this.words.differing);
    list.append(...found.differences.map((text) => Object.assign(document.createElement("li"), { textContent: text })));
    this.trouble.append(Object.assign(document.createElement("p"), { textContent: this.words.differing }), list);
  }

  offer(left) {
    this.alarm(this.words.restore, this.words.restored, async () => {
      this.alarm("");
      await this.subject.restore(left);
      this.soon();
    });
    this.button(this.words.forget, () => {
      this.forget();
      this.alarm("");
    });
  }

  say(text, late = false) {
    this.state.textContent = text;
    this.state.classList.toggle("studio-state-late", late);
  }

  alarm(text, label = "", does = null) {
    this.trouble.replaceChildren(text);
    this.trouble.hidden = !text;
    if (label) this.button(label, does);
  }

  button(label, does) {
    const made = document.createElement("button");
    made.type = "button";
    made.className = "btn btn-plain btn-sm";
    made.textContent = label;
    made.addEventListener("click", does);
    this.trouble.append(made);
  }

  keep(what) {
    try {
      localStorage.setItem(this.kept, JSON.stringify(what));
    } catch {
      // a browser without room keeps nothing; the server will
    }
  }

  left() {
    try {
      return JSON.parse(localStorage.getItem(this.kept));
    } catch {
      return null;
    }
  }

  forget() {
    localStorage.removeItem(this.kept);
  }
}

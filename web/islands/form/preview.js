// How the task page will show the form: drawn by the server, tried with what somebody types into it.
const PATIENCE = 350;

export class Preview {
  constructor(place, { tried, choose, proof }) {
    Object.assign(this, { place, tried, choose, proof, entries: null, timer: 0 });
    this.paper = document.getElementById("preview");
    this.task = document.getElementById("task");
    this.paper.addEventListener("change", () => this.soon());
    this.paper.addEventListener("click", (event) => {
      const field = event.target.closest("[data-field]")?.dataset.field.replace(/\[\d+\]/, "");
      if (field) this.choose(field);
    });
    this.task?.addEventListener("change", () => this.ask());
  }

  asked() {
    return { task: this.task?.value ?? "", entries: this.entries };
  }

  soon() {
    this.entries = [...this.paper.querySelectorAll("[name^='data.']")]
      .filter((control) => !["radio", "checkbox"].includes(control.type) || control.checked)
      .map((control) => [control.name, control.value]);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.ask(), PATIENCE);
  }

  async ask() {
    const headers = { "HX-Request": "true", "Content-Type": "application/json", "X-CSRF": this.proof() };
    const body = JSON.stringify({ file: this.place.dataset.file, ...this.asked() });
    const answer = await fetch(this.place.dataset.preview, { method: "POST", headers, body }).catch(() => null);
    if (answer?.ok) this.tried(await answer.json());
  }

  // Whoever types in the preview goes on typing in it.
  show(html, key) {
    const here = this.paper.contains(document.activeElement) ? document.activeElement.id : "";
    this.paper.innerHTML = html;
    for (const submit of this.paper.querySelectorAll("button")) submit.type = "button";
    if (here) document.getElementById(here)?.focus();
    this.mark(key);
  }

  mark(key) {
    for (const field of this.paper.querySelectorAll("[data-field]")) field.classList.toggle("preview-chosen", Boolean(key) && field.dataset.field.replace(/\[\d+\]/, "") === key);
  }
}

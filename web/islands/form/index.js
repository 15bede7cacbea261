// The editor of a form: fields on the left, how the task page will show it in the middle, properties on the right.
import { Form } from "./model.js";
import { Outline } from "./outline.js";
import { Panel } from "./panel.js";
import { Preview } from "./preview.js";
import { icon, make } from "../studio/making.js";
import { Saving } from "../studio/saving.js";

const place = document.getElementById("editor");
const { words, kinds, roles, first } = JSON.parse(document.getElementById("data").textContent);
const form = new Form(first);
let chosen = null;

const findings = {
  all: first.findings,
  of(one) {
    return this.all.filter((found) => found.field === one.full || found.field.startsWith(`${one.full}.`) && one.kind !== "table" && one.kind !== "group").map((found) => found.text);
  },
  ofForm() {
    const known = new Set([...form.walk()].map((one) => one.full));
    const inside = (field) => known.has(field) || [...known].some((name) => field.startsWith(`${name}.`));
    return this.all.filter((found) => !inside(found.field)).map((found) => found.text);
  },
};

const choose = (path) => {
  chosen = path;
  outline.draw(chosen);
  panel.draw(chosen);
  preview.mark(chosen === null ? "" : form.find(chosen)?.full);
};
const outline = new Outline(form, { words, kinds, findings, choose });
const panel = new Panel(form, { words, kinds, roles, findings });
const preview = new Preview(place, { tried: (answer) => hear(answer), choose: (key) => choose(form.named(key)?.path.join(".") ?? null), proof: () => saving.proof });
const saving = new Saving(place, words, { extra: () => preview.asked() });

// One line that says how it stands: here, and in the other files of the draft.
const verdict = (answer) => {
  const { length } = answer.findings;
  const line = document.getElementById("verdict");
  line.className = `verdict ${length ? "verdict-late" : "verdict-good"}`;
  line.replaceChildren(icon(length ? "exclamation-circle" : "check-circle"), length ? words.faults_form.replace("{count}", length) : words.clean_form);
  line.title = answer.elsewhere ? words.elsewhere_count.replace("{count}", answer.elsewhere) : "";
  if (answer.elsewhere) line.append(make("span", { className: "soft" }, line.title));
};

const hear = (answer) => {
  findings.all = answer.findings;
  verdict(answer);
  preview.show(answer.preview, chosen === null ? "" : form.find(chosen)?.full);
  outline.draw(chosen);
  panel.draw(chosen);
};

form.onChange(() => {
  if (chosen !== null && !form.find(chosen)) chosen = null;
  outline.draw(chosen);
  panel.draw(chosen);
  saving.soon();
});

saving.follow({
  taken: async () => form.taken(),
  arrived: (_texts, answer) => hear(answer),
  restore: async (left) => {
    form.take(left);
    choose(null);
  },
});

document.getElementById("kinds").append(
  ...kinds.map(({ kind, name, icon: sign, component }) => {
    const made = make("button", { type: "button", className: "form-kind" }, icon(sign), name);
    made.dataset.kind = kind;
    made.addEventListener("click", () => {
      choose(form.change(() => form.add(kind, component, chosen, name)));
      const label = document.querySelector("#panel [data-field=label]");
      label?.focus();
      label?.select();
    });
    return made;
  }),
);

document.addEventListener("click", (event) => {
  const does = event.target.closest("[data-does]")?.dataset.does;
  if (does === "undo" || does === "redo") form[does]();
  else if (does) outline.does(does);
  if (does === "undo" || does === "redo") panel.draw(chosen, true);
});
document.addEventListener("keydown", (event) => {
  if (!(event.ctrlKey || event.metaKey) || event.target.closest("input, textarea")) return;
  const does = { z: event.shiftKey ? "redo" : "undo", y: "redo" }[event.key.toLowerCase()];
  if (!does) return;
  event.preventDefault();
  form[does]();
  panel.draw(chosen, true);
});

verdict(first);
preview.show(first.preview, "");
choose(null);
const wanted = new URLSearchParams(location.search).get("element");
if (wanted && form.named(wanted)) choose(form.named(wanted).path.join("."));
saving.begin(first);
place.dataset.ready = "1";

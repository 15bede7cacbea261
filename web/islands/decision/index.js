// The editor of decision tables: what they are given, their rows and columns, what is wrong, and a place to try them.
import { Decisions } from "./model.js";
import { TableView } from "./table.js";
import { Saving } from "../studio/saving.js";
import { icon, make } from "../studio/making.js";

const PATIENCE = 350;
const place = document.getElementById("editor");
const { words, policies, types, first } = JSON.parse(document.getElementById("data").textContent);
const decisions = new Decisions(first);
const around = { words, ...policies, types, place, open: new Set(), findings: first.findings, tried: {}, redraw: (focus) => draw(focus), attempt: () => soon() };
const saving = new Saving(place, words, { extra: () => ({ trials: around.tried }) });
let views = [];
let timer = 0;

const data = () => {
  const names = make("datalist", { id: "data-names" }, ...decisions.all.data.map((one) => new Option(one.name)));
  const chips = decisions.all.data.map((one, number) => {
    const name = make("input", { className: "form-control form-control-sm", value: one.name, ariaLabel: `${words.data_name} ${number + 1}`, spellcheck: false });
    name.dataset.data = number;
    name.addEventListener("input", () => decisions.change(() => (one.name = name.value), `data:${number}`));
    const type = make("select", { className: "form-select form-select-sm", ariaLabel: `${words.type} ${one.name}` }, ...types.map(([key, text]) => new Option(text, key)));
    type.value = one.type;
    type.addEventListener("change", () => decisions.change(() => (one.type = type.value)));
    const away = make("button", { type: "button", className: "btn btn-quiet btn-sm", ariaLabel: `${words.away} ${one.name}` }, icon("x-lg"));
    away.addEventListener("click", () => redo(() => decisions.removeData(number)));
    return make("span", { className: "rules-data" }, name, type, away);
  });
  const add = make("button", { type: "button", className: "btn btn-plain btn-sm" }, icon("plus-lg"), words.add_data);
  add.dataset.adds = "data";
  add.addEventListener("click", () => {
    redo(() => decisions.addData(`data_${decisions.all.data.length + 1}`));
    const made = place.querySelector(`[data-data="${decisions.all.data.length - 1}"]`);
    made?.focus();
    made?.select();
  });
  return make("section", { className: "card-plain rules-given" }, make("h2", {}, words.data), make("p", { className: "soft" }, words.data_hint), make("div", { className: "rules-datas" }, ...chips, add), names);
};

const redo = (does) => {
  decisions.change(does);
  draw();
};

const list = () => {
  const rows = around.findings.map((one) => make("li", { className: `finding finding-${one.kind}` }, icon(one.kind === "fault" ? "exclamation-circle" : "info-circle"), make("span", {}, one.text)));
  const head = (kind) => around.findings.filter((one) => one.kind === kind).length;
  const verdict = document.getElementById("verdict");
  verdict.className = `verdict ${head("fault") ? "verdict-late" : "verdict-good"}`;
  const text = head("fault") ? words.faults.replace("{count}", head("fault")) : head("advice") ? words.advice.replace("{count}", head("advice")) : words.clean;
  verdict.replaceChildren(icon(head("fault") ? "exclamation-circle" : "check-circle"), text);
  const box = document.getElementById("found");
  box.hidden = !rows.length;
  box.replaceChildren(make("ul", { className: "findings" }, ...rows));
};

const draw = (focus = "") => {
  const wanted = focus || document.activeElement?.dataset?.field || "";
  const within = document.activeElement?.closest("[data-table]")?.dataset.table ?? "0";
  views = decisions.all.tables.map((_table, number) => new TableView(decisions, number, around));
  const boxes = views.map((view, number) => {
    const box = view.draw();
    box.dataset.table = number;
    return box;
  });
  const others = decisions.all.others.length ? [make("p", { className: "soft" }, words.untabled.replace("{names}", decisions.all.others.join(", ")))] : [];
  document.getElementById("tables").replaceChildren(data(), ...boxes, ...others);
  list();
  tell();
  if (wanted) place.querySelector(`[data-table="${within}"] [data-field="${CSS.escape(wanted).replace(/\\:/g, ":").replace(/\\3(\d) /g, "$1")}"]`)?.focus();
};

const tell = (trials = around.trials ?? {}) => {
  around.trials = trials;
  views.forEach((view, number) => view.tell(place.querySelector(`[data-table="${number}"]`), trials[view.table.id]));
};

const soon = () => {
  clearTimeout(timer);
  timer = setTimeout(attempt, PATIENCE);
};

const attempt = async () => {
  const headers = { "HX-Request": "true", "Content-Type": "application/json", "X-CSRF": saving.proof };
  const body = JSON.stringify({ file: place.dataset.file, trials: around.tried });
  const answer = await fetch(place.dataset.tries, { method: "POST", headers, body }).catch(() => null);
  if (answer?.ok) tell((await answer.json()).trials);
};

// Who types goes on typing: what is wrong is marked when they leave the cell.
const hear = (answer) => {
  around.findings = answer.findings;
  around.trials = answer.trials;
  if (document.activeElement?.matches("#tables input, #tables textarea")) {
    list();
    tell();
    document.activeElement.addEventListener("blur", () => setTimeout(draw), { once: true });
  } else draw();
};

decisions.onChange(() => saving.soon());
saving.follow({
  taken: async () => decisions.taken(),
  arrived: (_texts, answer) => hear(answer),
  restore: async (left) => {
    decisions.take(left);
    draw();
  },
});
const travel = (does) => {
  decisions[does]();
  draw();
};
document.addEventListener("click", (event) => {
  const does = event.target.closest("[data-does]")?.dataset.does;
  if (does) travel(does);
});
document.addEventListener("keydown", (event) => {
  if (!(event.ctrlKey || event.metaKey) || event.target.closest("input, textarea")) return;
  const does = { z: event.shiftKey ? "redo" : "undo", y: "redo" }[event.key.toLowerCase()];
  if (!does) return;
  event.preventDefault();
  travel(does);
});
document.getElementById("english").addEventListener("click", (event) => {
  const shown = place.classList.toggle("rules-bilingual");
  event.currentTarget.setAttribute("aria-pressed", String(shown));
});
if (first.trouble) saving.alarm(first.trouble);
draw();
saving.begin(first);
place.dataset.ready = "1";

// What a reference may name is offered while one types: what the server finds for this person.
import { form } from "./copy.js";

const PAUSE = 250;
let waiting;
let made = 0;

// A row that is added later is a copy: its list is made when somebody comes to it.
function listOf(input) {
  if (input.list) return input.list;
  const list = Object.assign(document.createElement("datalist"), { id: `references-${(made += 1)}` });
  input.after(list);
  input.setAttribute("list", list.id);
  return list;
}

async function offer(input) {
  const address = new URL(input.dataset.refer, location.href);
  address.searchParams.set("q", input.value);
  const answer = await fetch(address, { headers: { "HX-Request": "true" }, cache: "no-store" }).catch(() => null);
  if (!answer?.ok || !answer.headers.get("content-type")?.includes("json")) return; // it can be typed as before
  const { items } = await answer.json();
  listOf(input).replaceChildren(...items.map(({ id, text }) => new Option(text, id)));
}

const isChosen = (input) => [...(input.list?.options ?? [])].some((option) => option.value === input.value);

export function references() {
  document.addEventListener("focusin", (event) => {
    if (event.target.matches?.("[data-refer]") && form()?.contains(event.target)) offer(event.target);
  });
  document.addEventListener("input", (event) => {
    if (!event.target.matches?.("[data-refer]") || isChosen(event.target)) return;
    clearTimeout(waiting);
    waiting = setTimeout(offer, PAUSE, event.target);
  });
}

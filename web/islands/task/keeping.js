// Drafts: sent by htmx a moment after the last key, kept here until the server says that it has them.
import { entries, forget, form, found, keep } from "./copy.js";

const RETRY = 5000;
const MANY = 1500;
const PAUSE = 300;
let waiting = null;
let pausing = null;

// A copy at every key; of a form with very many fields a moment later, so that typing stays quick.
function keepSoon(current) {
  if (current.elements.length < MANY) return keep(current);
  pausing ??= setTimeout(() => {
    pausing = null;
    if (form()) keep(form());
  }, PAUSE);
}

// What is on the page is at the server before something reads it there.
export async function saveNow() {
  const current = form();
  const body = new URLSearchParams(entries(current));
  body.set("csrf", current.querySelector('input[name="csrf"]').value);
  const answer = await fetch(current.dataset.draft, { method: "POST", body, headers: { "HX-Request": "true" } }).catch(() => null);
  return Boolean(answer?.ok);
}

function say(text, wrong = false) {
  const place = document.getElementById("saved");
  if (!place) return;
  place.textContent = text;
  place.classList.toggle("saved-not", wrong);
}

// Signed in anew in another tab: the old page gets a new proof, and what was typed is sent.
async function renew() {
  const answer = await fetch(document.getElementById("work").dataset.proof, { headers: { "HX-Request": "true" }, cache: "no-store" }).catch(() => null);
  if (!answer?.ok) return false;
  const { proof } = await answer.json();
  document.body.setAttribute("hx-headers", JSON.stringify({ "X-CSRF": proof }));
  for (const field of document.querySelectorAll('input[name="csrf"]')) field.value = proof;
  return true;
}

function again() {
  clearTimeout(waiting);
  waiting = setTimeout(async () => {
    if ((await renew()) && form()) form().dispatchEvent(new Event("change", { bubbles: true }));
    else again();
  }, RETRY);
}

function failed(status) {
  const current = form();
  if (!current) return;
  if (status === 409) return say(""); // somebody was faster: the page says so, and the copy stays here
  if (status === 413) return say(current.dataset.oversized, true); // the same again would be refused again
  if (status === 403 || status === 422) return say(current.dataset.refused, true); // why stands above the form
  if (status === 401) {
    say("", true);
    const { gate, expired } = document.getElementById("work").dataset;
    const link = Object.assign(document.createElement("a"), { href: gate, target: "_blank", textContent: expired });
    document.getElementById("saved")?.append(link);
  } else say(current.dataset.unsaved, true);
  again();
}

// What a browser still holds from before a crash goes to the server, and the page shows it.
async function recover() {
  const current = form();
  const kept = current && found(current);
  if (!kept || document.getElementById("wrongs")) return;
  const now = JSON.stringify(entries(current));
  if (!kept.entries.length || JSON.stringify(kept.entries) === now) return forget(current);
  const body = new URLSearchParams(kept.entries);
  body.set("csrf", current.querySelector('input[name="csrf"]').value);
  const answer = await fetch(current.dataset.draft, { method: "POST", body, headers: { "HX-Request": "true" } }).catch(() => null);
  if (!answer?.ok) return;
  forget(current);
  location.reload();
}

export function keeping() {
  recover();
  for (const kind of ["input", "change"]) {
    document.addEventListener(kind, (event) => {
      const current = form();
      if (current?.contains(event.target)) keepSoon(current);
    });
  }
  document.addEventListener("click", (event) => {
    if (event.target.closest?.("[data-save]") && form()) form().dispatchEvent(new Event("change", { bubbles: true }));
    if (event.target.closest?.("[data-print]")) print();
  });
  document.body.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.elt.id !== "draft") return;
    if (event.detail.xhr.status === 200) {
      clearTimeout(waiting);
      say(JSON.parse(event.detail.xhr.responseText).saved);
      if (form()) forget(form());
    } else if (event.detail.xhr.status !== 0 || !navigator.onLine) failed(event.detail.xhr.status);
  });
  document.body.addEventListener("htmx:sendError", (event) => {
    if (event.detail.elt.id === "draft") failed(0);
  });
  // Handed in, or given away: nothing of it stays in this browser, and no draft follows.
  let leaving = false;
  document.body.addEventListener("htmx:beforeOnLoad", (event) => {
    if (!event.detail.xhr.getResponseHeader("HX-Redirect")) return;
    leaving = true;
    if (form()) forget(form());
  });
  document.body.addEventListener("htmx:beforeRequest", (event) => {
    if (leaving && event.detail.elt.id === "draft") event.preventDefault();
  });
  // A proof of before a new sign-in: get another, and hand in again what was to be handed in.
  document.body.addEventListener("htmx:responseError", async (event) => {
    const sent = event.detail.elt;
    if (event.detail.xhr.status !== 400 || sent.dataset.again || sent.id === "draft") return;
    sent.dataset.again = "1";
    if (await renew()) window.htmx.trigger(sent, sent.tagName === "FORM" ? "submit" : "click");
    delete sent.dataset.again;
  });
  window.addEventListener("focus", () => {
    if (document.querySelector(".saved-not")) again();
  });
}

// A copy of what is typed, in this browser only, from the first key until the server has it: it outlives a crash and a session.
const key = (element) => `zhixing-typed:${element.dataset.person}:${element.dataset.task}`;

export const form = () => document.getElementById("form");

// Only what a person enters: proofs and ids of commands are of one page.
export const entries = (from) => [...new FormData(from)].filter(([name, value]) => name.startsWith("data.") && typeof value === "string");

function labelled(from) {
  const said = [];
  for (const field of from.querySelectorAll("[data-field]")) {
    const values = [...field.querySelectorAll("input, textarea, select")]
      .filter((one) => one.name && one.type !== "hidden" && (!["radio", "checkbox"].includes(one.type) || one.checked) && one.closest("[data-field]") === field)
      .map((one) => one.selectedOptions?.[0]?.textContent ?? (one.closest(".choice")?.textContent.trim() || (one.value === "true" ? "✓" : one.value)))
      .filter((value, place, all) => value.trim() && all[place] !== undefined);
    const name = field.dataset.label ?? field.querySelector(".form-label")?.firstChild?.textContent ?? "";
    if (values.length && !(field.querySelector("select") && !field.querySelector("select").value && values.length === 1)) said.push([name.trim(), values.join(", ")]);
  }
  return said;
}

export function keep(from) {
  try {
    localStorage.setItem(key(from), JSON.stringify({ entries: entries(from), said: labelled(from) }));
  } catch {
    // Full or forbidden: the server's draft remains.
  }
}

export function found(element) {
  try {
    return JSON.parse(localStorage.getItem(key(element)));
  } catch {
    return null;
  }
}

export function forget(element) {
  try {
    localStorage.removeItem(key(element));
  } catch {
    // Nothing was kept.
  }
}

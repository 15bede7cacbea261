// A task that somebody else finished meanwhile: what was typed here and never handed in is shown, to be copied.
import { forget, found } from "./copy.js";

export function leftBehind() {
  const place = document.getElementById("left");
  const kept = place && found(place);
  if (!kept?.said?.length) return;
  const list = place.querySelector("[data-left]");
  for (const [name, value] of kept.said) {
    list.append(Object.assign(document.createElement("dt"), { textContent: name }), Object.assign(document.createElement("dd"), { textContent: value }));
  }
  place.hidden = false;
  place.querySelector("[data-copy]").addEventListener("click", () => {
    navigator.clipboard?.writeText(kept.said.map(([name, value]) => `${name}\t${value}`).join("\n"));
  });
  place.querySelector("[data-forget]").addEventListener("click", () => {
    forget(place);
    place.hidden = true;
  });
}

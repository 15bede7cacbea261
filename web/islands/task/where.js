// The drawing of where a task stands comes when it is unfolded; when it does not come, that is said, and it can be asked for again.
import { failed } from "../waits.js";

export function where() {
  const fold = document.querySelector(".where");
  if (!fold) return;
  const ask = () => window.htmx.ajax("GET", fold.getAttribute("hx-get"), { source: fold, target: fold.querySelector(".where-body") });
  for (const lost of ["htmx:responseError", "htmx:sendError"]) fold.addEventListener(lost, () => failed(fold, ask));
}

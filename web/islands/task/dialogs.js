// What an action was refused for stands beside the control that it is about, which is marked and gets the focus.
const dialogOf = (element) => element.closest?.("dialog.ask");
const headOf = (dialog) => document.getElementById(`${dialog.id}-fault`);
const placeOf = (field) => field.querySelector(":scope > .field-fault");

function clear(field) {
  placeOf(field).replaceChildren();
  field.classList.remove("field-wrong");
  for (const control of field.querySelectorAll("[aria-invalid]")) {
    control.removeAttribute("aria-invalid");
    control.removeAttribute("aria-describedby");
  }
}

function mark(place) {
  const field = place.closest("[data-control]");
  const controls = [...field.querySelectorAll("select, textarea, input:not(:disabled)")];
  field.classList.add("field-wrong");
  for (const control of controls) {
    control.setAttribute("aria-invalid", "true");
    control.setAttribute("aria-describedby", place.id);
  }
  (controls.find((control) => control.checked) ?? controls[0])?.focus();
}

// A modal dialog lies over the notices of a page: what ended its request is told in it, with the way to sign in anew.
function tell(dialog, text, isExpired = false) {
  const { gate, enter, expired } = document.getElementById("work").dataset;
  const said = Object.assign(document.createElement("div"), { className: "say say-late" });
  said.append(Object.assign(document.createElement("span"), { textContent: isExpired ? expired : text }));
  if (isExpired) said.append(Object.assign(document.createElement("a"), { className: "btn btn-plain btn-sm ms-auto", href: gate, target: "_blank", textContent: enter }));
  headOf(dialog).replaceChildren(said);
}

export function dialogs() {
  document.body.addEventListener("htmx:beforeSwap", (event) => {
    const { target, xhr } = event.detail;
    const dialog = dialogOf(target);
    if (!dialog || !xhr.getResponseHeader("X-In-Place")) return;
    headOf(dialog).replaceChildren();
    for (const field of dialog.querySelectorAll("[data-control]")) clear(field);
    const field = dialog.querySelector(`[data-control="${xhr.getResponseHeader("X-About")}"]`);
    if (field) event.detail.target = placeOf(field);
  });
  document.body.addEventListener("htmx:afterSettle", (event) => {
    const place = event.target.closest?.(".ask [data-control] > .field-fault");
    if (place) mark(place);
  });
  for (const kind of ["input", "change"]) {
    document.addEventListener(kind, (event) => {
      const field = event.target.closest?.(".ask .field-wrong");
      if (field) clear(field);
    });
  }
  document.body.addEventListener("htmx:responseError", (event) => {
    const { elt, xhr } = event.detail;
    const dialog = dialogOf(elt);
    if (!dialog || xhr.status === 400) return; // with a new proof it is sent again
    const said = xhr.getResponseHeader("X-Said");
    tell(dialog, said ? decodeURIComponent(said) : document.body.dataset.failed, xhr.status === 401);
  });
  document.body.addEventListener("htmx:sendError", (event) => {
    const dialog = dialogOf(event.detail.elt);
    if (dialog) tell(dialog, document.body.dataset.offline);
  });
}

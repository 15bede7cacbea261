// A task that is signed is handed in by the dialog that asks for the password; it never becomes a part of the form.
const isAsking = (element) => element.closest?.("#dialog-signature");
const passwords = (dialog) => dialog.querySelectorAll("input[type=password]");
const empty = (dialog) => passwords(dialog).forEach((field) => (field.value = ""));

export function signature() {
  document.addEventListener("submit", (event) => {
    const dialog = event.target.id === "form" && document.getElementById(event.target.dataset.signs);
    if (!dialog) return;
    event.preventDefault();
    event.stopPropagation();
    dialog.showModal();
    passwords(dialog)[0].focus();
  }, true);
  // What is wrong in the form stands in the form; what is wrong with the password is typed anew.
  document.body.addEventListener("htmx:beforeSwap", ({ detail }) => {
    const dialog = isAsking(detail.requestConfig.elt);
    if (!dialog) return;
    empty(dialog);
    if (!dialog.contains(detail.target)) dialog.close();
  });
  document.addEventListener("close", (event) => event.target.matches?.("dialog.ask") && empty(event.target), true);
}

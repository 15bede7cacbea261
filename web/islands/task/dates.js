// A day is typed as one likes, or chosen in the browser's own calendar, which is made when it is wanted: tables have many days.
function made(button) {
  const picker = Object.assign(document.createElement("input"), { type: button.dataset.pick, className: "day-picker", tabIndex: -1 });
  picker.setAttribute("aria-hidden", "true");
  button.before(picker);
  return picker;
}

export function dates() {
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-pick]");
    if (!button) return;
    const picker = button.parentElement.querySelector(".day-picker") ?? made(button);
    const typed = button.parentElement.querySelector("input").value.trim().replace(" ", "T");
    picker.value = picker.type === "date" ? typed.slice(0, 10) : typed.slice(0, 16);
    picker.showPicker?.();
  });
  document.addEventListener("change", (event) => {
    if (!event.target.matches?.(".day-picker") || !event.target.value) return;
    const text = event.target.parentElement.querySelector("input");
    text.value = event.target.value.replace("T", " ");
    text.dispatchEvent(new Event("change", { bubbles: true }));
    text.focus();
  });
}

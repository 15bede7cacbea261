// Lists of people that grow by one, in the order in which they stand.
export function people() {
  document.addEventListener("click", (event) => {
    const more = event.target.closest?.("[data-one-more]");
    const less = event.target.closest?.("[data-one-less]");
    const list = more?.previousElementSibling ?? less?.closest("[data-several]");
    if (!list) return;
    if (more) {
      const row = list.lastElementChild.cloneNode(true);
      const choice = row.querySelector("select");
      choice.selectedIndex = 0;
      list.append(row);
      choice.focus();
    } else if (list.children.length > 1) {
      const row = less.closest("li");
      const near = row.previousElementSibling ?? row.nextElementSibling;
      row.remove();
      near.querySelector("select").focus();
    }
    list.dispatchEvent(new Event("change", { bubbles: true }));
  });
}

// A table with very many rows shows a hundred of them at a time: all are handed in, and the page stays quick.
const SIZE = 100;
const MOST = 200;
const rowsOf = (grid) => [...grid.querySelector("[data-rows-of]").rows];

function bar(grid) {
  const made = document.createElement("div");
  made.className = "grid-pages";
  made.innerHTML = '<button type="button" class="btn btn-plain btn-sm" data-page="-1">‹</button><span role="status"></span><button type="button" class="btn btn-plain btn-sm" data-page="1">›</button>';
  const { back, onward } = grid.closest("form").dataset;
  made.firstElementChild.setAttribute("aria-label", back);
  made.lastElementChild.setAttribute("aria-label", onward);
  grid.querySelector(".grid-wide").after(made);
  return made;
}

export function paged(grid, wanted = Number(grid.dataset.page ?? 0)) {
  const rows = rowsOf(grid);
  const known = grid.querySelector(".grid-pages");
  if (rows.length <= MOST) {
    known?.remove();
    rows.forEach((row) => (row.hidden = false));
    return;
  }
  const page = Math.min(Math.max(wanted, 0), Math.ceil(rows.length / SIZE) - 1);
  grid.dataset.page = page;
  rows.forEach((row, place) => (row.hidden = Math.floor(place / SIZE) !== page));
  const [back, said, onward] = (known ?? bar(grid)).children;
  back.disabled = page === 0;
  onward.disabled = (page + 1) * SIZE >= rows.length;
  const { rows: words } = grid.closest("form").dataset;
  said.textContent = words.replace("{from}", page * SIZE + 1).replace("{to}", Math.min((page + 1) * SIZE, rows.length)).replace("{all}", rows.length);
}

// Before something in a table gets the focus, the page with its row is shown.
export function reveal(element) {
  const row = element?.closest("[data-rows-of] > tr");
  if (row?.hidden) paged(row.closest("[data-table]"), Math.floor(rowsOf(row.closest("[data-table]")).indexOf(row) / SIZE));
  return element;
}

export function paging() {
  const all = () => document.querySelectorAll("#form [data-table]").forEach((grid) => paged(grid));
  all();
  document.body.addEventListener("htmx:afterSettle", (event) => event.target.id === "work" && all());
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-page]:is(button)");
    const grid = button?.closest("[data-table]");
    if (grid) paged(grid, Number(grid.dataset.page) + Number(button.dataset.page));
  });
}

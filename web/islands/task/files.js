// The files of a form: each is sent as soon as it is chosen, and the form holds what the server says of it.
import { deliver, dropping, refuse, rowFor, size } from "../upload.js";

const FIELD = "[data-files][data-address]";

function line(box, { file, size: said, address }) {
  const row = box.querySelector("template[data-row]").content.firstElementChild.cloneNode(true);
  const name = row.querySelector(".file-name");
  name.textContent = file.name;
  if (address) name.href = address;
  row.querySelector("[data-size]").textContent = said ?? size(file.size);
  row.querySelector("input").value = JSON.stringify(file);
  const drop = row.querySelector("[data-drop]");
  drop.setAttribute("aria-label", drop.dataset.says.replace("{name}", file.name));
  return row;
}

const held = (list) => [...list.querySelectorAll("input[type=hidden]")].map((one) => JSON.parse(one.value || "{}").digest);

async function choose(box, files) {
  const list = box.querySelector("[data-list]");
  const several = box.querySelector("input[data-choose]").multiple;
  for (const refused of list.querySelectorAll(".file-refused")) refused.remove();
  await Promise.all((several ? files : files.slice(0, 1)).map(async (file) => {
    const row = rowFor(box, list, file.name);
    const found = await deliver(box, file, row, () => box.dataset.address);
    if (!found || !row.isConnected) return;
    if (held(list).includes(found.file.digest)) return refuse(row, box.dataset.twice.replace("{name}", found.file.name));
    if (!several) for (const other of list.querySelectorAll("li")) if (other !== row) other.remove();
    row.replaceWith(line(box, found));
    box.dispatchEvent(new Event("change", { bubbles: true }));
  }));
}

export function files() {
  dropping(FIELD, choose);
  document.addEventListener("click", (event) => {
    const drop = event.target.closest?.("[data-drop]");
    const box = drop?.closest("[data-files]");
    if (!box) return;
    drop.closest("li").remove();
    box.querySelector("input[data-choose]").focus();
    box.dispatchEvent(new Event("change", { bubbles: true }));
  });
  // A form is not handed in without what is still on its way.
  document.addEventListener("submit", (event) => {
    const going = event.target.id === "form" && event.target.querySelector(".file-going");
    if (!going) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const said = going.querySelector("[data-said]");
    said.textContent = going.closest("[data-files]").dataset.wait;
    said.setAttribute("role", "alert");
    going.scrollIntoView({ block: "center" });
  }, true);
}

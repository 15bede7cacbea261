// Attachments of a case: files that are sent become part of its record, and the list says so.
import { deliver, dropping, rowFor } from "../upload.js";

function address(box) {
  const place = new URL(box.dataset.address, location.href);
  place.searchParams.set("label", box.querySelector("[data-label]").value);
  if (box.querySelector("[data-personal]").checked) place.searchParams.set("personal", "1");
  return place;
}

dropping("[data-attach][data-address]", async (box, files) => {
  const list = box.querySelector("[data-on-the-way]");
  for (const refused of list.querySelectorAll(".file-refused")) refused.remove();
  box.querySelector("details").open = true;
  const here = address(box);
  for (const file of files) {
    const row = rowFor(box, list, file.name);
    const found = await deliver(box, file, row, () => here);
    if (!found) continue;
    row.remove();
    box.querySelector("[data-list]").innerHTML = found.list;
    const count = box.closest("section")?.querySelector(".count");
    if (count) count.textContent = found.count;
    document.body.dispatchEvent(new CustomEvent("said", { detail: { text: found.said, tone: "good" } }));
  }
  if (!list.querySelector(".file-refused")) {
    box.querySelector("[data-label]").value = "";
    box.querySelector("[data-personal]").checked = false;
  }
});

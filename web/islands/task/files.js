// A file is registered by its name, size and SHA-256, which is made here: the file itself stays where it is.
const hex = (bytes) => [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, "0")).join("");

async function registered(file) {
  const digest = hex(await crypto.subtle.digest("SHA-256", await file.arrayBuffer()));
  return { digest, name: file.name, type: file.type || "application/octet-stream", size: file.size };
}

function line(box, found) {
  const row = document.createElement("li");
  const name = Object.assign(document.createElement("span"), { textContent: found.name });
  const mark = Object.assign(document.createElement("span"), { className: "soft figures", textContent: found.digest.slice(0, 12) });
  const value = Object.assign(document.createElement("input"), { type: "hidden", name: box.dataset.files, value: JSON.stringify(found) });
  const drop = Object.assign(document.createElement("button"), { type: "button", className: "btn btn-quiet btn-sm", textContent: "✕" });
  drop.dataset.drop = "";
  drop.setAttribute("aria-label", box.dataset.leftOut.replace("{name}", found.name));
  row.append(name, mark, value, drop);
  return row;
}

export function files() {
  document.addEventListener("change", async (event) => {
    const box = event.target.matches?.("input[type=file]") && event.target.closest("[data-files]");
    if (!box) return;
    const list = box.querySelector(".file-list");
    const chosen = [...event.target.files];
    const found = await Promise.all(chosen.map(registered));
    if (!event.target.multiple) list.replaceChildren();
    list.append(...found.map((one) => line(box, one)));
    event.target.value = "";
    box.dispatchEvent(new Event("change", { bubbles: true }));
  });
  document.addEventListener("click", (event) => {
    const drop = event.target.closest?.("[data-drop]");
    const box = drop?.closest("[data-files]");
    if (!box) return;
    drop.closest("li").remove();
    box.querySelector("input[type=file]").focus();
    box.dispatchEvent(new Event("change", { bubbles: true }));
  });
}

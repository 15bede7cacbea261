// One file on its way to the server: how far it is, and again after the network or the session came back. Nothing is lost.
const OFFLINE = 0;
const EXPIRED = 401;
const UNPROVEN = 400;
const AWAY = 503;

const proof = () => JSON.parse(document.body.getAttribute("hx-headers") ?? "{}")["X-CSRF"] ?? "";

async function renew(address) {
  const answer = await fetch(address, { cache: "no-store", headers: { "HX-Request": "true" } }).catch(() => null);
  if (!answer?.ok) return false;
  const found = await answer.json();
  document.body.setAttribute("hx-headers", JSON.stringify({ "X-CSRF": found.proof }));
  for (const field of document.querySelectorAll('input[name="csrf"]')) field.value = found.proof;
  return true;
}

function send(file, address, row) {
  const request = new XMLHttpRequest();
  row.querySelector("[data-stop]").onclick = () => {
    request.abort();
    row.remove();
  };
  const place = new URL(address, location.href);
  place.searchParams.set("name", file.name);
  return new Promise((answered) => {
    request.open("POST", place);
    request.responseType = "json";
    request.setRequestHeader("X-CSRF", proof());
    request.setRequestHeader("HX-Request", "true");
    request.setRequestHeader("Content-Type", file.type || "application/octet-stream");
    request.upload.onprogress = (event) => {
      if (event.lengthComputable) row.querySelector("progress").value = event.loaded / event.total;
    };
    request.onload = () => {
      const said = request.response?.said ?? decodeURIComponent(request.getResponseHeader("X-Said") ?? "");
      answered({ status: request.status, found: request.response, said });
    };
    request.onerror = () => answered({ status: OFFLINE });
    request.send(file);
  });
}

// Until somebody asks for it, comes back to the page, or the network is there again.
function another(row) {
  const button = row.querySelector("[data-again]");
  button.hidden = false;
  return new Promise((asked) => {
    const over = new AbortController();
    const go = () => {
      over.abort();
      button.hidden = true;
      asked();
    };
    for (const [place, kind] of [[button, "click"], [window, "focus"], [window, "online"]]) place.addEventListener(kind, go, { signal: over.signal });
  });
}

function say(row, text, wrong, gate) {
  const place = row.querySelector("[data-said]");
  place.textContent = gate ? "" : text;
  if (gate) place.append(Object.assign(document.createElement("a"), { href: gate, target: "_blank", textContent: text }));
  row.classList.toggle("file-wrong", wrong);
  if (wrong) place.setAttribute("role", "alert");
  row.querySelector("progress").hidden = wrong;
}

export const size = (bytes) => (bytes < 1024 * 1024 ? `${Math.ceil(bytes / 1024)} KB` : `${(bytes / 1024 / 1024).toFixed(1)} MB`);

export function rowFor(box, list, name) {
  const row = box.querySelector("template[data-going]").content.firstElementChild.cloneNode(true);
  row.querySelector("[data-name]").textContent = name;
  row.querySelector("[data-stop]").onclick = () => row.remove();
  list.append(row);
  return row;
}

export function refuse(row, text) {
  say(row, text, true);
  row.classList.remove("file-going");
  row.classList.add("file-refused");
}

// What the server answered, or null when it was refused or stopped; the row says why.
export async function deliver(box, file, row, address) {
  const texts = row.querySelector("[data-said]").dataset;
  const { most, tooLarge, gate } = box.dataset;
  if (file.size > Number(most)) {
    refuse(row, tooLarge.replace("{name}", file.name).replace("{size}", size(file.size)));
    return null;
  }
  let unproven = false;
  while (row.isConnected) {
    say(row, texts.sending, false);
    const { status, found, said } = await send(file, address(), row);
    if (status >= 200 && status < 300) return found;
    if (status === UNPROVEN && !unproven && (await renew(box.dataset.proof))) {
      unproven = true;
      continue;
    }
    if (![OFFLINE, EXPIRED, UNPROVEN, AWAY].includes(status)) {
      refuse(row, said || texts.gone);
      return null;
    }
    const mayWait = status === OFFLINE || status === AWAY;
    const text = status === OFFLINE ? texts.offline : texts.expired;
    say(row, status === AWAY ? said || texts.offline : text, true, mayWait ? "" : gate);
    await another(row);
    await renew(box.dataset.proof);
  }
  return null;
}

// What is dropped beside a place for files would make the browser leave the page.
export function dropping(selector, chosen) {
  const carries = (event) => event.dataTransfer?.types.includes("Files");
  for (const kind of ["dragover", "drop"]) {
    document.addEventListener(kind, (event) => {
      if (!carries(event)) return;
      event.preventDefault();
      const box = event.target.closest?.(selector);
      for (const other of document.querySelectorAll(`${selector}.files-over`)) if (other !== box) other.classList.remove("files-over");
      box?.classList.toggle("files-over", kind === "dragover");
      if (kind === "drop" && box) chosen(box, [...event.dataTransfer.files]);
    });
  }
  document.addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) for (const box of document.querySelectorAll(".files-over")) box.classList.remove("files-over");
  });
  document.addEventListener("change", (event) => {
    if (!event.target.matches?.("input[data-choose]")) return;
    const box = event.target.closest(selector);
    if (!box) return;
    event.stopPropagation();
    const files = [...event.target.files];
    event.target.value = "";
    chosen(box, files);
  }, true);
}

window.addEventListener("beforeunload", (event) => {
  if (document.querySelector(".file-going")) event.preventDefault();
});

// What the server has to say after a request: it comes as an event, stays long enough to be read, and is spoken.
const PATIENCE = 8000;

function show(text, tone) {
  const place = document.getElementById("says");
  if (!place) return;
  // The same again, as of every request after a session ended, replaces what stands there.
  for (const before of [...place.children]) if (before.textContent === text) before.remove();
  const said = document.createElement("div");
  said.className = `say say-${tone}`;
  said.textContent = text;
  place.append(said);
  setTimeout(() => said.remove(), PATIENCE);
}

export function notices() {
  document.body.addEventListener("said", (event) => show(event.detail.text, event.detail.tone));
  document.body.addEventListener("htmx:sendError", () => show(document.body.dataset.offline, "late"));
  document.body.addEventListener("htmx:responseError", (event) => {
    // A session that ended: the page stays as it is, so that nothing typed is lost.
    const said = event.detail.xhr.getResponseHeader("X-Said");
    show(said ? decodeURIComponent(said) : document.body.dataset.failed, "late");
  });
}

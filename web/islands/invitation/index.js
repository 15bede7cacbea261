// The page that shows a link once: it is copied with one press.
const button = document.querySelector("[data-copies]");
const field = document.getElementById("link");

field?.addEventListener("focus", () => field.select());
button?.addEventListener("click", async () => {
  const done = await navigator.clipboard?.writeText(button.dataset.copies).then(() => true, () => false);
  if (!done) return field.select();
  document.getElementById("copied").textContent = button.dataset.copied;
});

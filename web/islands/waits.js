// What stands where a script draws: it goes when the drawing is there, and says so when there is none.
const inside = (place) => place.querySelector("[data-waits]");

export function arrived(place) {
  inside(place)?.remove();
}

// Whoever asks for another try waits again.
export function failed(place, again) {
  const waits = inside(place);
  if (!waits) return;
  const [on, over] = waits.children;
  on.hidden = true;
  over.hidden = false;
  over.querySelector("[data-again]").onclick = () => {
    on.hidden = false;
    over.hidden = true;
    again();
  };
}

// What the engine does not execute is not offered: data objects and stores are variables and case data here.
const AWAY = ["create.data-object", "create.data-store"];

class Palette {
  constructor(palette) {
    palette.registerProvider(400, this);
  }

  getPaletteEntries() {
    return (entries) => Object.fromEntries(Object.entries(entries).filter(([name]) => !AWAY.includes(name)));
  }
}
Palette.$inject = ["palette"];

export const onlyWhatIsExecuted = { __init__: ["ourPalette"], ourPalette: ["type", Palette] };

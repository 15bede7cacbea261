// The front end: one folder of web/islands/ is one bundle, with hashed names and a manifest the server reads.
import * as esbuild from "esbuild";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { gzipSync } from "node:zlib";

const ISLANDS = "web/islands";
const OUT = "web/static/built";
const ICONS = "node_modules/bootstrap-icons/icons";
const COMPRESSED = /\.(js|css|svg)$/;

const islands = readdirSync(ISLANDS, { withFileTypes: true })
  .filter((found) => found.isDirectory() && existsSync(join(ISLANDS, found.name, "index.js")))
  .map((found) => found.name);

rmSync(OUT, { recursive: true, force: true });
mkdirSync(OUT, { recursive: true });

const built = await esbuild.build({
  entryPoints: {
    ...Object.fromEntries(islands.map((name) => [name, join(ISLANDS, name, "index.js")])),
    theme: join(ISLANDS, "theme.js"),
    style: "web/styles/index.css",
  },
  bundle: true,
  minify: true,
  splitting: true,
  format: "esm",
  target: "es2020",
  charset: "utf8",
  outdir: OUT,
  entryNames: "[name]-[hash]",
  chunkNames: "chunk-[hash]",
  assetNames: "asset-[name]-[hash]",
  loader: { ".woff": "file", ".woff2": "file", ".ttf": "file", ".eot": "file", ".svg": "file" },
  metafile: true,
  logLevel: "warning",
});

const manifest = {};
for (const [path, output] of Object.entries(built.metafile.outputs)) {
  if (!output.entryPoint) continue;
  const source = basename(output.entryPoint) === "index.js" ? basename(join(output.entryPoint, "..")) : null;
  const name = source ?? { "theme.js": "theme", "index.css": "style" }[basename(output.entryPoint)];
  if (!name) continue; // a part that an island loads when it needs it
  manifest[name] = { file: basename(path), css: output.cssBundle ? basename(output.cssBundle) : null };
}

// Only the icons named in web/styles/icons.txt go into the sprite.
const names = readFileSync("web/styles/icons.txt", "utf8").split(/\s+/).filter(Boolean).sort();
const symbols = names.map((name) => {
  const [, box, paths] = readFileSync(join(ICONS, `${name}.svg`), "utf8").match(/viewBox="([^"]+)"[^>]*>([\s\S]*)<\/svg>/);
  return `<symbol id="${name}" viewBox="${box}">${paths.trim().replace(/\n\s*/g, "")}</symbol>`;
});
const sprite = `<svg xmlns="http://www.w3.org/2000/svg" fill="currentColor">${symbols.join("")}</svg>`;
const digest = createHash("sha256").update(sprite).digest("hex").slice(0, 8).toUpperCase();
writeFileSync(join(OUT, `icons-${digest}.svg`), sprite);
manifest.icons = { file: `icons-${digest}.svg`, css: null };

for (const file of readdirSync(OUT).filter((name) => COMPRESSED.test(name))) {
  writeFileSync(join(OUT, `${file}.gz`), gzipSync(readFileSync(join(OUT, file)), { level: 9 }));
}
writeFileSync(join(OUT, "manifest.json"), JSON.stringify(manifest, null, 1));

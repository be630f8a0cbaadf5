// Builds static/dist/ from static/src/: the stylesheet, the scripts and the fonts. Run by `npm run build`.
import { createHash } from "node:crypto";
import { cpSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { compile } from "sass";

const here = dirname(fileURLToPath(import.meta.url));
const modules = join(here, "..", "node_modules");
const dist = join(here, "dist");

rmSync(dist, { recursive: true, force: true });
mkdirSync(join(dist, "fonts"), { recursive: true });

const { css } = compile(join(here, "src", "asns.scss"), {
  loadPaths: [modules],
  style: "compressed",
  quietDeps: true,
});
writeFileSync(join(dist, "asns.css"), css.trimEnd() + "\n");

cpSync(join(here, "src", "js"), dist, { recursive: true });
cpSync(join(here, "src", "images"), dist, { recursive: true });
cpSync(join(modules, "govuk-frontend/dist/govuk/govuk-frontend.min.js"), join(dist, "govuk-frontend.min.js"));
for (const name of ["latin", "latin-ext"]) {
  const font = `inter-${name}-wght-normal.woff2`;
  cpSync(join(modules, "@fontsource-variable/inter/files", font), join(dist, "fonts", font));
}
cpSync(join(modules, "@fontsource-variable/inter/LICENSE"), join(dist, "fonts", "LICENSE"));

// What it was built from, so that a test can tell when it was not built anew.
const sources = createHash("sha256").update(readFileSync(join(here, "..", "package.json")));
const files = readdirSync(join(here, "src"), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
for (const path of files.map((entry) => join(entry.parentPath, entry.name)).sort()) sources.update(readFileSync(path));
writeFileSync(join(dist, "built-from.txt"), sources.digest("hex") + "\n");

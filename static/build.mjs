// Builds static/dist/ from static/src/: the stylesheet, the scripts and the fonts. Run by `npm run build`.
import { cpSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
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

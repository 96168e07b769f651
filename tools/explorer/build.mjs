// Builds the page of the interactive graph, and the licences of what is in it, into graphmem/display/assets.
//
//   npm ci --ignore-scripts && node build.mjs            writes them
//   npm ci --ignore-scripts && node build.mjs --check    ends with 1 where they are not what would be written

import { createHash } from "node:crypto";
import { readFileSync, writeFileSync, mkdirSync, readdirSync, existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const target = join(here, "..", "..", "graphmem", "display", "assets");
const source = (name) => readFileSync(join(here, "src", name), "utf-8");
const hash = (text) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;

const options = { bundle: true, minify: true, write: false, charset: "ascii", legalComments: "none", absWorkingDir: here };
const script = await build({
  ...options, entryPoints: ["src/explore.js"], format: "iife", target: "es2020", metafile: true,
});
const style = await build({ ...options, entryPoints: ["src/page.css"] });
const text = ({ outputFiles: [file] }) => file.text.trim();

// Nothing may be loaded from anywhere, and no script or style runs but these two: a text that got in as one would not.
const policy = [
  "default-src 'none'", `script-src ${hash(text(script))}`, `style-src ${hash(text(style))}`, "base-uri 'none'",
  "form-action 'none'",
].join("; ");
const parts = { CONTENT_POLICY: policy, STYLE: text(style), SCRIPT: text(script) };
const page = source("page.html").replace(/CONTENT_POLICY|STYLE|SCRIPT/g, (name) => parts[name]);

const used = new Set(
  Object.keys(script.metafile.inputs)
    .map((path) => path.match(/^node_modules\/((?:@[^/]+\/)?[^/]+)/)?.[1])
    .filter(Boolean),
);
const licences = [...used].sort().map((name) => {
  const folder = join(here, "node_modules", name);
  const { version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf-8"));
  const file = readdirSync(folder).find((found) => /^licen[cs]e/i.test(found));
  return `${name} ${version} (${license})\n\n${readFileSync(join(folder, file), "utf-8").replaceAll("\r\n", "\n").trim()}\n`;
});
const notice = `explorer.html contains the following, each under the licence that follows it.\n\n${licences.join(`\n${"-".repeat(80)}\n\n`)}`;

const written = { "explorer.html": page, LICENSE: notice };
if (process.argv.includes("--check")) {
  const is = (name) => existsSync(join(target, name)) && readFileSync(join(target, name), "utf-8") === written[name];
  const others = Object.keys(written).filter((name) => !is(name));
  for (const name of others) console.log(`graphmem/display/assets/${name} is not what tools/explorer builds`);
  if (others.length === 0) console.log("the interactive graph is what tools/explorer builds, byte for byte");
  process.exitCode = others.length > 0 ? 1 : 0;
} else {
  mkdirSync(target, { recursive: true });
  for (const [name, content] of Object.entries(written)) {
    writeFileSync(join(target, name), content);
    console.log(`graphmem/display/assets/${name}: ${content.length.toLocaleString("en")} bytes`);
  }
}

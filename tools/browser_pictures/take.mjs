// Drives Neo4j Browser in a headless Chromium, as a person would: connect, drop the style, paste a query, take a picture.
//
// Reads a JSON object from standard input: browser and bolt (addresses), chromium (a program), profile (a new folder),
// style {name, text}, and pictures [{file, params, query, places, size}]; places of nodes by their captions, and the
// size, are in pixels. Nothing but this machine is spoken to.

import { readFileSync } from "node:fs";
import { chromium } from "playwright-core";

const asked = JSON.parse(readFileSync(0, "utf-8"));
const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
// Settings that a person finds under the cog wheel. autoComplete is "Connect result nodes", which would draw every
// relationship between the nodes found, also those that the query left out because they no longer hold.
const SETTINGS = {
  theme: "normal",
  initCmd: "",
  playImplicitInitCommands: false,
  allowCrashReports: false,
  allowUserStats: false,
  autoComplete: false,
  showWheelZoomInfo: false,
  maxFrames: 1,
};
const FRAME = "[data-testid=frame]";

const isHere = (url) => ["127.0.0.1", "localhost"].includes(url.hostname);

async function connect(page) {
  await page.goto(`${asked.browser}?connectURL=${asked.bolt}`, { waitUntil: "domcontentloaded" });
  await page.selectOption("[data-testid=authenticationMethod]", "NO_AUTH");
  await page.click("[data-testid=connect]");
  await page.getByText("You have a working connection").waitFor();
}

async function dropStyle(page) {
  const dropped = await page.evaluateHandle(({ name, text }) => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([text], name));
    return transfer;
  }, asked.style);
  for (const event of ["dragenter", "dragover", "drop"]) {
    await page.dispatchEvent("[data-testid=main]", event, { dataTransfer: dropped });
  }
  await page.waitForFunction(() => localStorage.getItem("neo4j.grass")?.includes("node.Fact"));
}

async function run(page, text) {
  const last = await page.locator(FRAME).first().elementHandle();
  await page.click("[data-testid=activeEditor] .monaco-editor");
  await page.evaluate((pasted) => navigator.clipboard.writeText(pasted), text);
  await page.keyboard.press("Control+V");
  await page.click("[data-testid=editor-Run]");
  await last.waitForElementState("hidden"); // one frame is kept, so the new one takes its place
}

/** The drawing comes to rest: no node has moved between two looks. */
async function rest(page) {
  await page.locator("svg g.node").first().waitFor();
  await page.waitForFunction(() => {
    const places = [...document.querySelectorAll("svg g.node")].map((node) => node.getAttribute("transform")).join();
    const isStill = places === window.lastPlaces;
    window.lastPlaces = places;
    return isStill;
  }, null, { polling: 500 });
}

/** Drags every node to its place, as a person tidies a drawing: on its own it falls out differently each time. */
async function tidy(page, places) {
  const drawing = await page.locator("svg.neod3viz").boundingBox();
  for (const [caption, [x, y]] of Object.entries(places)) {
    const circle = await page.evaluateHandle(captionedBy, caption);
    const from = await circle.boundingBox();
    await page.mouse.move(from.x + from.width / 2, from.y + from.height / 2);
    await page.mouse.down();
    await page.mouse.move(drawing.x + x, drawing.y + y, { steps: 8 });
    await page.mouse.up();
  }
  await page.mouse.move(drawing.x + 2, drawing.y + 2);
}

/** The circle with a caption; what is longer than a name needs only its beginning. */
function captionedBy(caption) {
  const plain = (text) => text.replace(/\s/g, "");
  const shown = (node) => plain([...node.querySelectorAll("text")].map((line) => line.textContent).join(""));
  const nodes = [...document.querySelectorAll("svg g.node")];
  const is = (fits) => nodes.find((node) => fits(shown(node), plain(caption)));
  const found = is((text, asked) => text === asked) ?? is((text, asked) => text.startsWith(asked));
  if (!found) throw new Error(`no node is captioned ${caption}`);
  return found.querySelector("circle.b-outline");
}

async function take(page, { file, params, query, places, size }) {
  for (const line of params) await run(page, line);
  await run(page, query);
  await page.click(`${FRAME} [title=Fullscreen]`);
  await rest(page);
  await tidy(page, places);
  await rest(page);
  const { x, y } = await page.locator("svg.neod3viz").boundingBox();
  await page.screenshot({ path: file, clip: { x, y, width: size[0], height: size[1] } });
  await page.click(`${FRAME} [title="Close fullscreen"]`);
}

const context = await chromium.launchPersistentContext(asked.profile, {
  executablePath: asked.chromium,
  args: FLAGS,
  viewport: { width: 1280, height: 860 },
  permissions: ["clipboard-read", "clipboard-write"],
});
try {
  await context.route((url) => !isHere(url), (route) => route.abort());
  await context.addInitScript((settings) => {
    if (!localStorage.getItem("neo4j.settings")) localStorage.setItem("neo4j.settings", JSON.stringify(settings));
  }, SETTINGS);
  const page = await context.newPage();
  await connect(page);
  await dropStyle(page);
  for (const picture of asked.pictures) await take(page, picture);
} finally {
  await context.close();
}

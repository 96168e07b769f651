// Drives Neo4j Browser in a headless Chromium, as a person would: connect, drop the style, paste a query, take a picture.
//
// Reads a JSON object from standard input: browser and bolt (addresses), chromium (a program), profile (a new folder),
// style {name, text}, and pictures [{file, params, query, places, scale, size}]; places of nodes by their captions,
// and the size, are in pixels. Nothing but this machine is spoken to.

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
const DRAWING = "svg.neod3viz";

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

/** Drags nodes to their places, as a person tidies a drawing: on its own it falls out differently each time. */
async function tidy(page, places, scale) {
  const { x, y } = await page.locator(DRAWING).boundingBox();
  const nearer = scale / (await page.evaluate(scaleOf, DRAWING));
  if (nearer < 1) await zoom(page, nearer, page.viewportSize().width / 2, page.viewportSize().height / 2);
  const shrunk = Math.max(nearer, 1); // all of it is in view now, and so are the places, about the upper left corner
  const targets = Object.entries(places).map(([caption, at]) => [caption, x + at[0] / shrunk, y + at[1] / shrunk]);
  for (let round = 0; round < 9; round++) {
    let moved = 0;
    for (const [caption, toX, toY] of targets) moved += await drag(page, caption, toX, toY);
    if (moved === 0) break;
  }
  await zoom(page, shrunk, x, y);
}

/** Drags a node, unless it is there; the others push it until they have places of their own. */
async function drag(page, caption, toX, toY) {
  const box = await (await page.evaluateHandle(captionedBy, caption)).boundingBox();
  const [fromX, fromY] = [box.x + box.width / 2, box.y + box.height / 2];
  if (Math.hypot(toX - fromX, toY - fromY) < 4) return 0;
  await page.mouse.move(fromX, fromY);
  await page.mouse.down();
  await page.mouse.move(toX, toY, { steps: 8 });
  await page.mouse.up();
  return 1;
}

/** Turns the wheel over a point, which stays where it is; a thousand units are two doublings. */
async function zoom(page, factor, x, y) {
  await page.mouse.move(x, y);
  if (Math.abs(factor - 1) > 0.01) await page.mouse.wheel(0, -500 * Math.log2(factor));
}

const scaleOf = (drawing) => document.querySelector(`${drawing} g.node`).getScreenCTM().a;

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

/** A picture that fell out otherwise than it was laid out is not taken. */
async function check(page, places, scale, x, y) {
  const scaled = await page.evaluate(scaleOf, DRAWING);
  if (Math.abs(scaled / scale - 1) > 0.03) throw new Error(`drawn at ${scaled}, not ${scale}`);
  for (const [caption, at] of Object.entries(places)) {
    const box = await (await page.evaluateHandle(captionedBy, caption)).boundingBox();
    const off = Math.hypot(box.x + box.width / 2 - x - at[0], box.y + box.height / 2 - y - at[1]);
    if (off > 12) throw new Error(`${caption} is ${off} pixels away from its place`);
  }
}

async function take(page, { file, params, query, places, scale, size }) {
  for (const line of params) await run(page, line);
  await run(page, query);
  await page.click(`${FRAME} [title=Fullscreen]`);
  await page.click("[title='Collapse the node properties display']");
  await page.click("[aria-label=zoom-to-fit]");
  await rest(page);
  await tidy(page, places, scale);
  await page.click("[title='Expand the node properties display']");
  await rest(page);
  const { x, y } = await page.locator(DRAWING).boundingBox();
  await page.mouse.move(x + 2, y + 2);
  await check(page, places, scale, x, y);
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

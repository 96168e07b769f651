// Labels under their nodes, none over another: first those of larger nodes, and those that have no room wait for a zoom.

const LENGTH = 28;
const HEIGHT = 15;
const FONT = "12px system-ui, sans-serif";
let waiting = [];

/** The text that is drawn for a label: a canvas would shape all of 50,000 characters. */
export function cut(text) {
  const letters = [...text.slice(0, 4 * LENGTH)];
  return letters.length > LENGTH ? `${letters.slice(0, LENGTH - 1).join("")}…` : text;
}

/** Takes a label that the renderer asks for; `drawLabels` draws it, when it knows all of them. */
export function label(context, node) {
  waiting.push({ context, node });
}

/** Draws the labels of this frame. `drawn` of the renderer lists their boxes, for whoever asks. */
export function drawLabels(renderer, colour) {
  const urgency = ({ node }) => (node.isHovered ? 2e6 : 0) + (node.isChosen ? 1e6 : 0) + node.size;
  const boxes = [];
  waiting.sort((a, b) => urgency(b) - urgency(a));
  for (const { context, node } of waiting) {
    if (!node.label) continue;
    const text = cut(node.label);
    context.font = node.isHovered || node.isChosen ? `bold ${FONT}` : FONT;
    const wide = context.measureText(text).width;
    const box = { left: node.x - wide / 2 - 2, right: node.x + wide / 2 + 2, top: node.y + node.size, text };
    box.bottom = box.top + HEIGHT;
    if (boxes.some((other) => other.text === text && other.left === box.left && other.top === box.top)) continue;
    if (boxes.some((other) => overlaps(box, other))) continue;
    boxes.push(box);
    context.textAlign = "center";
    context.textBaseline = "top";
    context.lineWidth = 3;
    context.lineJoin = "round";
    context.strokeStyle = colour.paper;
    context.strokeText(text, node.x, box.top + 1);
    context.fillStyle = colour.ink;
    context.fillText(text, node.x, box.top + 1);
  }
  waiting = [];
  renderer.drawn = boxes;
}

function overlaps(a, b) {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}

/** Moves the nodes of a small graph until each has room for its label. A place is the middle of both. */
export function separate(graph, renderer) {
  const { width, height } = renderer.getDimensions();
  const context = document.createElement("canvas").getContext("2d");
  context.font = `bold ${FONT}`;
  const places = graph.mapNodes((node, { label: text, size, x, y }) => ({
    node, x, y, size, wide: Math.max(2 * size, context.measureText(cut(text)).width) / 2 + 6, high: size + HEIGHT / 2 + 5,
  }));
  stretch(places, "x", width, (place) => place.wide);
  stretch(places, "y", height, (place) => place.high);
  for (let round = 0; round < 300 && push(places, width, height); round++);
  for (const { node, x, y } of places) graph.mergeNodeAttributes(node, { x, y: height - y + HEIGHT / 2 });
  renderer.setSetting("stagePadding", 0);
  renderer.setCustomBBox({ x: [0, width], y: [0, height] });
}

/** Spreads the places over the room there is, each with its own half on both sides. */
function stretch(places, axis, room, half) {
  const all = places.map((place) => place[axis]);
  const [least, most] = [Math.min(...all), Math.max(...all)];
  for (const place of places) {
    const part = most > least ? (place[axis] - least) / (most - least) : 0.5;
    place[axis] = half(place) + part * Math.max(0, room - 2 * half(place));
  }
}

/** Moves places that overlap apart along the shorter way; says whether any did. */
function push(places, width, height) {
  let hasMoved = false;
  places.forEach((one, number) => {
    for (const other of places.slice(number + 1)) {
      const overX = one.wide + other.wide - Math.abs(one.x - other.x);
      const overY = one.high + other.high - Math.abs(one.y - other.y);
      if (overX <= 0.5 || overY <= 0.5) continue;
      hasMoved = true;
      const [axis, over] = overX < overY ? ["x", overX] : ["y", overY];
      const way = ((one[axis] < other[axis] ? -1 : 1) * over) / 2;
      one[axis] += way;
      other[axis] -= way;
    }
  });
  for (const place of places) {
    place.x = Math.min(Math.max(place.x, place.wide), width - place.wide);
    place.y = Math.min(Math.max(place.y, place.high), height - place.high);
  }
  return hasMoved;
}

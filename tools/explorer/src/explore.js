// The interactive graph: names are nodes, facts join them; a click on a name shows what is told of it.
//
// The page holds its scene as JSON: names [[label, is proof]] and facts [[text, note, [numbers of names], is proof]].
// Text reaches the page as text only.
import Graph from "graphology";
import Sigma from "sigma";
import { drawLabels, label, separate } from "./labels.js";
import { settle } from "./settle.js";
import { panel } from "./panel.js";

const SEPARABLE = 60; // names that can have a label each, side by side

const scene = JSON.parse(document.getElementById("scene").textContent);
const container = document.getElementById("graph");

/** The colours of the style sheet, as they are now: light or dark. */
function colours() {
  const style = getComputedStyle(document.documentElement);
  const named = ["paper", "ink", "faint", "name", "proof", "edge"];
  return Object.fromEntries(named.map((name) => [name, style.getPropertyValue(`--${name}`).trim()]));
}

/** What is told of each node: indexes of facts. A fact that names nobody is a node of its own. */
function graphOf({ names, facts }) {
  const graph = new Graph({ type: "undirected" });
  names.forEach(([text, isProof], number) => graph.addNode(`n${number}`, { label: text, isProof, facts: [] }));
  facts.forEach(([text, , ends, isProof], number) => {
    if (ends.length === 0) graph.addNode(`f${number}`, { label: text, isProof, facts: [number], isFact: true });
    for (const end of ends) graph.getNodeAttribute(`n${end}`, "facts").push(number);
    for (const end of ends.slice(1)) {
      if (end === ends[0]) continue;
      graph.updateEdge(`n${ends[0]}`, `n${end}`, (edge) => ({ isProof: edge.isProof || isProof }));
    }
  });
  const crowd = Math.min(1, Math.sqrt(SEPARABLE / graph.order)); // the more there are, the smaller each
  graph.forEachNode((node, { facts: told }) => {
    graph.mergeNodeAttributes(node, { size: Math.max(1.5, crowd * Math.min(16, 4 + 1.5 * Math.sqrt(told.length))) });
  });
  return graph;
}

function explore() {
  const graph = graphOf(scene);
  let colour = colours();
  let chosen = null;
  const isNear = (node) => chosen === null || node === chosen || graph.areNeighbors(node, chosen);
  settle.start(graph);
  const renderer = new Sigma(graph, container, {
    labelRenderedSizeThreshold: 0,
    labelDensity: Infinity,
    defaultDrawNodeLabel: (context, node) => label(context, node),
    defaultDrawNodeHover: (context, node) => label(context, { ...node, isHovered: true }),
    stagePadding: 40,
    zIndex: true,
    minCameraRatio: 0.02,
    maxCameraRatio: 4,
    nodeReducer: (node, { isProof, isFact, ...shown }) => ({
      ...shown,
      color: isNear(node) ? (isProof ? colour.proof : isFact ? colour.faint : colour.name) : colour.edge,
      label: isNear(node) ? shown.label : "",
      isChosen: node === chosen,
      zIndex: isNear(node) ? 1 : 0,
    }),
    edgeReducer: (edge, { isProof }) => ({
      color: isProof ? colour.proof : colour.edge,
      size: isProof ? 3 : 1,
      hidden: chosen !== null && !graph.hasExtremity(edge, chosen),
      zIndex: isProof ? 1 : 0,
    }),
  });
  renderer.on("afterRender", () => drawLabels(renderer, colour));

  const choose = (node) => {
    chosen = node;
    shown.choose(node);
    renderer.refresh();
  };
  const shown = panel(document.getElementById("panel"), scene, graph, choose);
  renderer.on("clickNode", ({ node }) => choose(node));
  renderer.on("clickStage", () => choose(null));
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    colour = colours();
    renderer.refresh();
  });

  const settled = settle.run(graph).then(() => {
    if (graph.order <= SEPARABLE) separate(graph, renderer);
    renderer.refresh();
  });
  return { graph, renderer, settled, chosen: () => chosen };
}

/** Starts when there is room to draw in: a folded frame has none. */
new ResizeObserver((_, observer) => {
  if (!container.clientWidth || !container.clientHeight) return;
  observer.disconnect();
  const canvas = document.createElement("canvas");
  if (canvas.getContext("webgl2") ?? canvas.getContext("webgl")) globalThis.explorer = explore();
  else document.getElementById("panel").textContent = "This browser does not draw WebGL. The picture shows the same.";
}).observe(container);

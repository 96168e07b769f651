// Where the nodes stand: a spiral, the best known in its middle, then forces until they have found their places.
import forceAtlas2 from "graphology-layout-forceatlas2";

const STEP = 10; // iterations between two looks at the clock of the page
const GOLDEN = Math.PI * (3 - Math.sqrt(5));

/** Puts every node on a spiral, those with most neighbours inside: the same graph always starts the same. */
function start(graph) {
  const order = graph.nodes().sort((a, b) => graph.degree(b) - graph.degree(a));
  order.forEach((node, number) => {
    const away = Math.sqrt(number + 0.5);
    graph.mergeNodeAttributes(node, { x: away * Math.cos(number * GOLDEN), y: away * Math.sin(number * GOLDEN) });
  });
}

/** Lets the forces work, a few iterations at a time, so that the page stays alive. */
async function run(graph) {
  const iterations = graph.order < 100 ? 400 : graph.order < 600 ? 250 : 120;
  const settings = {
    ...forceAtlas2.inferSettings(graph),
    barnesHutOptimize: graph.order > 300,
    strongGravityMode: true, // parts that nothing joins stay in view
    gravity: Math.min(0.5, Math.max(0.02, 6 / graph.order)),
    scalingRatio: 4,
    outboundAttractionDistribution: true, // those with many neighbours are pushed apart from each other
  };
  for (let done = 0; done < iterations; done += STEP) {
    forceAtlas2.assign(graph, { iterations: STEP, settings });
    await new Promise((resolve) => setTimeout(resolve));
  }
}

export const settle = { start, run };

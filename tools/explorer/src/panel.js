// The column beside the graph: what is told of the chosen name, or the names to choose from.

const LISTED = 100; // names, those with most facts first

function element(name, text = "", children = []) {
  const made = document.createElement(name);
  made.dir = "auto";
  made.textContent = text;
  made.append(...children);
  return made;
}

function counted(count, noun) {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

export function panel(place, { names, facts }, graph, choose) {
  const known = graph.nodes().sort((a, b) => graph.getNodeAttribute(b, "facts").length - graph.getNodeAttribute(a, "facts").length);

  function button(node) {
    const { label, facts: told } = graph.getNodeAttributes(node);
    const made = element("button", label.length > 80 ? `${label.slice(0, 79)}…` : label);
    made.title = `${label}: ${counted(told.length, "fact")}`;
    made.addEventListener("click", () => choose(node));
    return made;
  }

  function overview() {
    const about = `${counted(names.length, "name")}, ${counted(facts.length, "fact")}. Choose a name.`;
    return [element("p", about), ...known.slice(0, LISTED).map(button)];
  }

  function told(node) {
    const { label, facts: numbers, isFact } = graph.getNodeAttributes(node);
    const items = numbers.map((number) => {
      const [text, note, , isProof] = facts[number];
      const item = element("li", text, [element("small", note)]);
      item.className = isProof ? "proof" : "";
      return item;
    });
    const back = element("button", "← all names");
    back.addEventListener("click", () => choose(null));
    return [back, ...(isFact ? [] : [element("h2", label)]), element("ul", "", items)];
  }

  const show = (node) => {
    place.replaceChildren(...(node === null ? overview() : told(node)));
    place.scrollTop = 0;
  };
  show(null);
  return { choose: show };
}

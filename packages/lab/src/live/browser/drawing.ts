/** An SVG that the server has drawn and escaped, as a node. */
export function drawing(svg: string): Node {
  const known = nodes.get(svg)
  if (known !== undefined) return known
  const parsed = new DOMParser().parseFromString(svg, 'text/html').body
  const node = parsed.firstElementChild ?? document.createElement('span')
  nodes.set(svg, node)
  if (nodes.size > KEPT) nodes.delete(nodes.keys().next().value ?? '')
  return node
}

/** Nodes that are kept: the same text yields the same node, so that a frame does not draw it again. */
const KEPT = 20
const nodes = new Map<string, Node>()

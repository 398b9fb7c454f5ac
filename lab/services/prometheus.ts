/**
 * Parses the Prometheus text format into sums by metric name and, for labelled samples, by `name{label="value"}` for each
 * single label. Other lines are ignored.
 */
export function readPrometheus(page: string): ReadonlyMap<string, number> {
  const sums = new Map<string, number>()
  const add = (name: string, value: number) => sums.set(name, (sums.get(name) ?? 0) + value)
  for (const line of page.split('\n')) {
    const [, name, labels = '', text] = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)/.exec(line) ?? []
    const value = Number(text)
    if (name === undefined || !Number.isFinite(value)) continue
    add(name, value)
    for (const [label] of labels.matchAll(/\w+="[^"]*"/g)) add(`${name}{${label}}`, value)
  }
  return sums
}

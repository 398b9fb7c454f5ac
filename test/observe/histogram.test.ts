import { AggregatorRegistry, Histogram, Registry } from 'prom-client'
import { describe, expect, it } from 'vitest'
import { addHistogram } from '../../src/observe/histogram.ts'

const options = { name: 'h', help: 'Help.', labels: ['a', 'b'], buckets: [0.1, 1, 10] } as const
const VALUES = [0, 0.05, 0.1, 0.100001, 1, 9.99, 10, 10.01, 1e9]

describe('the histogram', () => {
  it("has exactly the text of prom-client's histogram", async () => {
    const ours = new Registry()
    const theirs = new Registry()
    const series = addHistogram(ours, options)
    const reference = new Histogram({
      name: 'h',
      help: 'Help.',
      labelNames: ['a', 'b'],
      buckets: [0.1, 1, 10],
      registers: [theirs],
    })
    for (const labels of [
      { a: 'x', b: 'quote " and \\' },
      { a: 'y', b: '200' },
    ]) {
      const observe = series(labels)
      for (const value of VALUES) {
        observe(value)
        reference.observe(labels, value)
      }
    }
    const lines = (text: string) =>
      text
        .replaceAll(/\{.*\}/g, sortedLabels)
        .trim()
        .split('\n')
    expect(lines(await ours.metrics())).toEqual(lines(await theirs.metrics()))
  })

  it('adds up across processes', async () => {
    const snapshots = []
    for (const value of [0.5, 5]) {
      const registry = new Registry()
      addHistogram(registry, options)({ a: 'x', b: 'y' })(value)
      snapshots.push(JSON.parse(JSON.stringify(await registry.getMetricsAsJSON())))
    }
    const text = await AggregatorRegistry.aggregate(snapshots).metrics()
    expect(text).toContain('h_bucket{le="1",a="x",b="y"} 1')
    expect(text).toContain('h_bucket{le="10",a="x",b="y"} 2')
    expect(text).toContain('h_sum{a="x",b="y"} 5.5')
    expect(text).toContain('h_count{a="x",b="y"} 2')
  })
})

/** The order of labels has no meaning. */
function sortedLabels(labels: string): string {
  return `{${labels.slice(1, -1).split(',').sort().join(',')}}`
}

import { Counter, Gauge, Registry } from 'prom-client'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { addHistogram } from '../../src/observe/histogram.ts'
import { createServiceMetrics, type Snapshot } from '../../src/observe/service-metrics.ts'

/** One process with a counter, a gauge and a histogram. */
function makeProcess() {
  const registers = [new Registry()]
  const counter = new Counter({ name: 'c', help: 'c', registers })
  const gauge = new Gauge({ name: 'g', help: 'g', registers })
  const observe = addHistogram(registers[0] as Registry, {
    name: 'h',
    help: 'h',
    labels: ['l'],
    buckets: [1],
  })({ l: 'x' })
  const ask = async (): Promise<Snapshot> =>
    JSON.parse(JSON.stringify(await registers[0]?.getMetricsAsJSON()))
  return { counter, gauge, observe, ask }
}

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

describe('metrics of a service of several processes', () => {
  it('are the sums over all processes', async () => {
    const metrics = createServiceMetrics(1000)
    const [one, two] = [makeProcess(), makeProcess()]
    metrics.add(one.ask)
    metrics.add(two.ask)
    one.counter.inc(3)
    two.counter.inc(4)
    one.gauge.set(1)
    two.gauge.set(1)
    two.observe(0.5)
    const text = await metrics.text()
    expect(text).toMatch(/^c 7$/m)
    expect(text).toMatch(/^g 2$/m)
    expect(text).toContain('h_count{l="x"} 1')
  })

  it('never decrease when a process exits, except for its gauges', async () => {
    const metrics = createServiceMetrics(1000)
    const [one, two] = [makeProcess(), makeProcess()]
    const endOne = metrics.add(one.ask)
    const endTwo = metrics.add(two.ask)
    for (const { counter, gauge, observe } of [one, two]) {
      counter.inc(5)
      gauge.set(1)
      observe(2)
    }
    expect(await metrics.text()).toMatch(/^c 10$/m)
    endOne()
    expect(await metrics.text()).toMatch(/^c 10$/m)
    const replacement = makeProcess()
    metrics.add(replacement.ask)
    replacement.counter.inc()
    endTwo()
    const text = await metrics.text()
    expect(text).toMatch(/^c 11$/m)
    expect(text).toMatch(/^g 0$/m)
    expect(text).toContain('h_bucket{le="+Inf",l="x"} 2')
  })

  it('use the last snapshot of a process that does not respond in time, or not at all', async () => {
    const metrics = createServiceMetrics(1000)
    const [busy, broken, fine] = [makeProcess(), makeProcess(), makeProcess()]
    let state: 'fine' | 'failing' = 'fine'
    metrics.add(() => (state === 'fine' ? busy.ask() : new Promise(() => {})))
    metrics.add(() => (state === 'fine' ? broken.ask() : Promise.reject(new Error('gone'))))
    metrics.add(fine.ask)
    for (const { counter } of [busy, broken, fine]) counter.inc()
    expect(await metrics.text()).toMatch(/^c 3$/m)
    state = 'failing'
    for (const { counter } of [busy, broken, fine]) counter.inc()
    const text = metrics.text()
    await vi.advanceTimersByTimeAsync(1000)
    expect(await text).toMatch(/^c 4$/m)
  })
})

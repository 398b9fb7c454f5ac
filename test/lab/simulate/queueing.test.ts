import { describe, expect, it, test } from 'vitest'
import { createDraw } from '../../../lab/model/simulate/draw.ts'
import { createFluidStation } from '../../../lab/model/simulate/fluid-station.ts'
import { erlangC, utilisation, waiting } from '../../../lab/model/simulate/queueing.ts'
import { simulateQueue } from './queue-events.ts'

const meanWait = (station: Parameters<typeof waiting>[0]) => {
  const { probability, mean_s } = waiting(station)
  return probability * mean_s
}

describe('waiting', () => {
  it('agrees with Erlang’s formula where it can be calculated by hand', () => {
    // One server: the load itself. Two servers, load 1: 1/3. Three, load 2: 4/9.
    expect(erlangC(1, 0.7)).toBeCloseTo(0.7, 12)
    expect(erlangC(2, 1)).toBeCloseTo(1 / 3, 12)
    expect(erlangC(3, 2)).toBeCloseTo(4 / 9, 12)
    expect(erlangC(5000, 4000)).toBeLessThan(1e-9)
  })

  it.each([
    { servers: 1, rate: 80, service_s: 0.01 },
    { servers: 2, rate: 150, service_s: 0.01 },
    { servers: 8, rate: 720, service_s: 0.01 },
  ])('agrees with M/M/$servers simulated event by event at rate $rate', (station) => {
    const events = simulateQueue({
      ...station,
      service: (draw) => draw.exponential(station.service_s),
      arrivals: 200_000,
      seed: 3,
    })
    const formula = waiting({ ...station, variability: 1 })
    expect(events.waited / formula.probability).toBeCloseTo(1, 1)
    expect(events.mean_wait_s / meanWait({ ...station, variability: 1 })).toBeGreaterThan(0.93)
    expect(events.mean_wait_s / meanWait({ ...station, variability: 1 })).toBeLessThan(1.07)
  })

  it('agrees with M/D/1 simulated event by event, and is half of M/M/1', () => {
    const station = { servers: 1, rate: 80, service_s: 0.01 }
    const constant = meanWait({ ...station, variability: 0 })
    expect(constant).toBeCloseTo((0.8 * 0.01) / (2 * (1 - 0.8)), 12)
    const events = simulateQueue({ ...station, service: () => 0.01, arrivals: 200_000, seed: 5 })
    expect(events.mean_wait_s / constant).toBeGreaterThan(0.95)
    expect(events.mean_wait_s / constant).toBeLessThan(1.05)
    expect(meanWait({ ...station, variability: 1 })).toBeCloseTo(2 * constant, 12)
  })

  it('obeys Little’s law event by event: queue length = rate x waiting time', () => {
    const { rate, mean_wait_s, mean_line } = simulateQueue({
      servers: 4,
      rate: 350,
      service: (draw) => draw.exponential(0.01),
      arrivals: 50_000,
      seed: 7,
    })
    expect(mean_line / (rate * mean_wait_s)).toBeCloseTo(1, 6)
  })

  it('is 0 at an idle station and finite at a saturated one', () => {
    expect(waiting({ servers: 4, rate: 0, service_s: 1, variability: 1 }).probability).toBe(0)
    expect(waiting({ servers: 4, rate: 9, service_s: 1, variability: 1 }).mean_s).toBeLessThan(1000)
  })
})

describe('a fluid station', () => {
  const overloaded = { servers: 2, rate: 300, service_s: 0.01, variability: 1 }

  it('serves everything below its capacity', () => {
    const slot = createFluidStation(5).step({ ...overloaded, rate: 150 }, 1)
    expect(slot).toMatchObject({ served: 150, rejected: 0, backlog: 0, backlog_s: 0 })
  })

  it('serves its capacity when overloaded, queues, then rejects the rest', () => {
    expect(utilisation(overloaded)).toBe(1.5)
    const station = createFluidStation(5)
    const slots = Array.from({ length: 30 }, () => station.step(overloaded, 1))
    expect(slots.every(({ served }) => Math.abs(served - 200) < 1e-9)).toBe(true)
    expect(slots[0]).toMatchObject({ rejected: 0, backlog: 100 })
    // 5 seconds of 200 a second fill after 10 seconds of 100 too many.
    expect(slots[9]).toMatchObject({ rejected: 0, backlog: 1000 })
    expect(slots[10]).toMatchObject({ rejected: 100, backlog: 1000, backlog_s: 5 })
  })

  it('loses no request: each was served, rejected, or is queued', () => {
    const station = createFluidStation(2)
    let [came, left] = [0, 0]
    let last = 0
    for (const rate of [50, 900, 300, 10, 0, 700, 0, 0, 120]) {
      const slot = station.step({ ...overloaded, rate }, 1)
      came += rate
      left += slot.served + slot.rejected
      last = slot.backlog
    }
    expect(left + last).toBeCloseTo(came, 9)
  })

  it('obeys Little’s law while the queue grows and shrinks', () => {
    const station = createFluidStation(60)
    let [area, waits] = [0, 0]
    let before = 0
    for (const rate of [
      ...Array.from({ length: 20 }, () => 300),
      ...Array.from({ length: 30 }, () => 100),
    ]) {
      const slot = station.step({ ...overloaded, rate }, 1)
      area += (before + slot.backlog) / 2
      waits += slot.backlog_s * slot.served
      before = slot.backlog
    }
    expect(area / waits).toBeGreaterThan(0.97)
    expect(area / waits).toBeLessThan(1.03)
  })
})

test('drawn times have the given median and 99th percentile', () => {
  const draw = createDraw(11)
  const times = Array.from({ length: 50_000 }, () => draw.lognormal(2, 10)).sort((a, b) => a - b)
  expect(times[25_000]).toBeGreaterThan(1.95)
  expect(times[25_000]).toBeLessThan(2.05)
  expect(times[49_500]).toBeGreaterThan(9.3)
  expect(times[49_500]).toBeLessThan(10.7)
})

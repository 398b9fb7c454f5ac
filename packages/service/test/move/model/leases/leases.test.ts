import { describe, expect, it } from 'vitest'
import { exploreLeases, LEASES } from './world.ts'

describe('model check of the leases of movers', () => {
  it.each([
    ['two movers, one of which dies', { movers: 2, crashes: 1, freezes: 0 }],
    ['two movers that die', { movers: 2, crashes: 2, freezes: 0 }],
    ['two movers, one of which is frozen at a seal', { movers: 2, crashes: 0, freezes: 1 }],
    ['a mover that is frozen at a seal, and one that dies', { movers: 2, crashes: 1, freezes: 1 }],
  ])('%s', (_, bounds) => {
    const { violation, ends, states } = exploreLeases(LEASES, bounds)
    expect(violation).toBeUndefined()
    expect(ends).toBeGreaterThan(0)
    expect(states).toBeGreaterThan(500)
  })

  it.each([
    ['a way back that does not wait for movers', { waits: false }, 0],
    ['a mover that asks for its lease only when it takes a cart', { asksBeforeSeal: false }, 0],
    ['a mover that acknowledges with a cart in hand', { delays: false }, 0],
    ['a mover that does not look again after a late seal', { confirms: false }, 1],
  ])('finds %s', (_, left, freezes) => {
    const { violation } = exploreLeases({ ...LEASES, ...left }, { movers: 1, crashes: 0, freezes })
    expect(violation).toMatch(/the cart (is|stays) /)
  })
})

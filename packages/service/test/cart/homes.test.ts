import fc from 'fast-check'
import { validate, version } from 'uuid'
import { describe, expect, it } from 'vitest'
import { openHomes, PAUSED } from '../../src/cart/homes.ts'
import { newCartId } from '../../src/cart/ids.ts'
import { markedCartId, markOf } from '../../src/cart/region-mark.ts'

const NOW = Date.UTC(2026, 10, 30)
const US = 'us-east-1'
const EU = 'eu-west-1'
const both = { [US]: US, [EU]: EU }

describe('the mark of a region in a cart id', () => {
  it('is read by every region, whatever the order and the case', () => {
    fc.assert(
      fc.property(fc.constantFrom(US, EU, 'a'), fc.nat(2 ** 40), (region, now) => {
        const others = [US, EU, 'a'].filter((other) => other !== region)
        const id = markedCartId(now, region, others)
        expect(validate(id) && version(id)).toBe(7)
        expect(markOf(id, [US, EU, 'a'])).toBe(region)
        expect(markOf(id.toUpperCase(), ['a', EU, US])).toBe(region)
        // The time, so that ids still sort by it.
        expect(id.slice(0, 13)).toBe(newCartId(now).slice(0, 13))
      }),
    )
  })

  it('is not in other ids', () => {
    const ids = Array.from({ length: 10_000 }, () => newCartId(NOW))
    // Once in 17 million by chance.
    expect(ids.filter((id) => markOf(id, [US]) !== undefined).length).toBeLessThan(2)
    expect(markOf('customer 7', [US])).toBeUndefined()
  })
})

describe('homes', () => {
  it('are those of the marks; carts without a mark are at home in the first region', () => {
    const [us, eu] = [US, EU].map((own) => openHomes(own, { version: 1, homes: both }))
    for (const homes of [us, eu]) {
      expect(homes?.homeOf(us?.newCartId(NOW) ?? '')).toBe(US)
      expect(homes?.homeOf(eu?.newCartId(NOW) ?? '')).toBe(EU)
      expect(homes?.homeOf(newCartId(NOW))).toBe(US)
    }
  })

  it('of other items are spread, and the same in all regions', () => {
    const us = openHomes(US, { version: 1, homes: both })
    const eu = openHomes(EU, { version: 1, homes: { [EU]: EU, [US]: US } })
    const keys = Array.from({ length: 1000 }, (_, i) => `customer ${i}`)
    const atUs = keys.filter((key) => us.homeOf(key) === US)
    expect(atUs.length).toBeGreaterThan(400)
    expect(atUs.length).toBeLessThan(600)
    expect(keys.filter((key) => eu.homeOf(key) === US)).toEqual(atUs)
  })

  it('move to the region that takes over, and nowhere while paused', () => {
    const id = openHomes(US, { version: 1, homes: both }).newCartId(NOW)
    expect(openHomes(EU, { version: 2, homes: { [US]: EU, [EU]: EU } }).homeOf(id)).toBe(EU)
    expect(openHomes(EU, { version: 2, homes: { [US]: PAUSED, [EU]: EU } }).homeOf(id)).toBe(PAUSED)
  })
})

describe('a region that has missed a change of the homes', () => {
  const takenOver = { version: 2, homes: { [US]: EU, [EU]: EU } }

  it('refuses what has another home by now, and nothing else', () => {
    const us = openHomes(US, { version: 1, homes: both })
    const eu = openHomes(EU, takenOver)
    const [mine, theirs] = [us.newCartId(NOW), eu.newCartId(NOW)]
    expect(us.heard(EU, takenOver)).toBe(true)
    expect(us.homeOf(mine)).toBe(PAUSED)
    expect(us.homeOf(theirs)).toBe(EU)
    // The newer one goes on.
    expect(eu.heard(US, us.map)).toBe(false)
    expect(eu.homeOf(mine)).toBe(EU)
  })

  it('serves again when the regions agree', () => {
    const us = openHomes(US, { version: 1, homes: both })
    const id = us.newCartId(NOW)
    us.heard(EU, takenOver)
    expect(us.heard(EU, { version: 3, homes: both })).toBe(false)
    expect(us.homeOf(id)).toBe(US)
  })

  it('and one with the same version refuse each other’s differences', () => {
    const us = openHomes(US, { version: 2, homes: both })
    const eu = openHomes(EU, takenOver)
    const id = us.newCartId(NOW)
    us.heard(EU, eu.map)
    eu.heard(US, us.map)
    expect([us.homeOf(id), eu.homeOf(id)]).toEqual([PAUSED, PAUSED])
  })
})

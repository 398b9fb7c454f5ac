import { describe, expect, it } from 'vitest'
import { minorUnits, readPrice, separatorOf } from '../../src/catalog/price.ts'

describe('a price', () => {
  it.each([
    ['12.50', { amount: '12.50' }],
    [' 12,50 ', { amount: '12,50' }],
    [12.5, { amount: '12.5' }],
    [0.1, { amount: '0.1' }],
    [1e-7, { amount: '0.0000001' }],
    ['10.00 GBP', { amount: '10.00', currency: 'GBP' }],
    ['EUR 1.299,00', { amount: '1.299,00', currency: 'EUR' }],
    ['$5', { amount: '5', currency: 'USD' }],
    ['5 €', { amount: '5', currency: 'EUR' }],
    [
      { units: 19, nanos: 990_000_000, currencyCode: 'USD' },
      { amount: '19.990000000', currency: 'USD' },
    ],
    [{ units: '19' }, { amount: '19.000000000' }],
    [{ units: -1 }, undefined],
    [{ value: 5 }, undefined],
    ['', undefined],
    ['-5', undefined],
    ['free', undefined],
    ['$5 USD', undefined],
    [true, undefined],
    [Number.NaN, { amount: 'NaN' }],
  ])('%j is read as %j', (value, expected) => {
    expect(readPrice(value, 'USD')).toEqual(expected)
  })

  it('in dollars is in the dollars of the service', () => {
    expect(readPrice('$5', 'CAD')).toEqual({ amount: '5', currency: 'CAD' })
    expect(readPrice('$5', 'EUR')).toEqual({ amount: '5', currency: 'USD' })
  })

  it.each([
    ['1299', '.', 129_900],
    ['1,299.00', '.', 129_900],
    ['1 299.5', '.', 129_950],
    ["1'299.50", '.', 129_950],
    ['1.299,00', ',', 129_900],
    ['12,5', ',', 1250],
    ['1431.5000', '.', 143_150],
    ['1.005', '.', undefined],
    ['12,50', '.', undefined],
    ['1,29', '.', undefined],
    ['1.299.00', ',', undefined],
    ['NaN', '.', undefined],
  ] as const)('%s with decimal %s is %s cents', (amount, separator, cents) => {
    expect(minorUnits(amount, separator, 2)).toBe(cents)
  })

  it.each([
    [['12,50', '24'], 2, ','],
    [['12.50', '24'], 2, '.'],
    [['1,299'], 2, '.'],
    [['24'], 2, '.'],
    [['1.005'], 2, '.'],
    // One odd value does not change what the others are.
    [['12,50', '13,00', 'x'], 2, ','],
    // 1,299 is 1.299 dinars or 1299 dinars.
    [['1,299'], 3, undefined],
  ] as const)('the separator of %j with %d decimals is %s', (amounts, digits, separator) => {
    expect(separatorOf(amounts, digits)).toBe(separator)
  })
})

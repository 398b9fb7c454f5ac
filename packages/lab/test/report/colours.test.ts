import { expect, test } from 'vitest'
import { STYLE } from '../../src/page/style.ts'
import { accentStyle } from '../../src/report/accents.ts'

type Triple = readonly [number, number, number]
type Matrix = readonly [Triple, Triple, Triple]

/** Simulation of colour blindness on linear RGB (Machado, Oliveira and Fernandes 2009, full severity). */
const EYES: Readonly<Record<string, Matrix>> = {
  usual: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protan: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deutan: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritan: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
}
const XYZ: Matrix = [
  [0.4124564, 0.3575761, 0.1804375],
  [0.2126729, 0.7151522, 0.072175],
  [0.0193339, 0.119192, 0.9503041],
]
const WHITE: Triple = [0.95047, 1, 1.08883]

function times(matrix: Matrix, [x, y, z]: Triple): Triple {
  const row = ([a, b, c]: Triple) => a * x + b * y + c * z
  return [row(matrix[0]), row(matrix[1]), row(matrix[2])]
}

/** Linear RGB of `#rrggbb`. */
function linear(hex: string): Triple {
  const part = (at: number) => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
  }
  return [part(1), part(3), part(5)]
}

/** CIE L*a*b* of linear RGB. */
function lab(rgb: Triple): Triple {
  const xyz = times(XYZ, rgb.map((part) => Math.min(1, Math.max(0, part))) as unknown as Triple)
  const [x, y, z] = xyz.map((part, place) => {
    const share = part / (WHITE[place] ?? 1)
    return share > 0.008856 ? Math.cbrt(share) : 7.787 * share + 16 / 116
  }) as unknown as Triple
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)]
}

function distance(one: string, other: string, eyes: Matrix): number {
  const [a, b] = [one, other].map((hex) => lab(times(eyes, linear(hex))))
  return Math.hypot(...[0, 1, 2].map((place) => (a?.[place] ?? 0) - (b?.[place] ?? 0)))
}

const HUES = ['blue', 'orange', 'plum', 'moss']

/** The accents of each scheme: light, dark and print. */
const SCHEMES = [...STYLE.matchAll(/:root \{(.*?)\}/gs)].map(([, rules = '']) =>
  HUES.map((hue) => new RegExp(`--${hue}: (#[0-9a-f]{6})`).exec(rules)?.[1] ?? ''),
)

test('accents differ with every kind of colour blindness, in every scheme', () => {
  expect(SCHEMES).toHaveLength(3)
  for (const colours of SCHEMES)
    for (const [name, eyes] of Object.entries(EYES))
      for (const [place, one] of colours.entries())
        for (const other of colours.slice(place + 1)) {
          expect(one).toMatch(/^#/)
          // CIE 76: a difference of about 2 is just noticeable, 20 is obvious.
          expect(distance(one, other, eyes), `${one} and ${other}, ${name}`).toBeGreaterThan(20)
        }
})

test('a store has the same colour in every position, and no two targets share one', () => {
  const sides = (...stores: ('postgres' | 'dynamodb' | null)[]) =>
    [...accentStyle(stores.map((store) => ({ store }))).matchAll(/var\(--(\w+)\)/g)].map(
      ([, hue]) => hue,
    )
  expect(sides('postgres', 'dynamodb', 'dynamodb')).toEqual(['blue', 'orange', 'plum'])
  expect(sides('dynamodb', 'postgres')).toEqual(['orange', 'blue'])
  expect(sides('postgres', 'postgres')).toEqual(['blue', 'moss'])
  expect(sides('postgres', 'postgres', 'dynamodb', 'dynamodb')).toEqual([
    'blue',
    'moss',
    'orange',
    'plum',
  ])
  expect(sides(null, 'dynamodb')).toEqual(['blue', 'orange'])
  expect(sides(null, 'postgres')).toEqual(['orange', 'blue'])
})

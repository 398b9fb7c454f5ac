import type { Product } from './product.ts'

const CATEGORIES: Readonly<Record<string, readonly string[]>> = {
  Electronics: [
    'Headphones',
    'Keyboard',
    'Speaker',
    'Monitor',
    'Webcam',
    'Charger',
    'Camera',
    'Router',
  ],
  Books: ['Novel', 'Cookbook', 'Atlas', 'Biography', 'Anthology', 'Handbook', 'Diary', 'Primer'],
  Kitchen: [
    'Kettle',
    'Skillet',
    'Teapot',
    'Grinder',
    'Toaster',
    'Carafe',
    'Cutting Board',
    'Whisk',
  ],
  Garden: ['Trowel', 'Planter', 'Lantern', 'Hose', 'Bench', 'Trellis', 'Rake', 'Watering Can'],
  Clothing: ['Jacket', 'Scarf', 'Sweater', 'Raincoat', 'Shirt', 'Gloves', 'Trousers', 'Hat'],
  Toys: [
    'Puzzle',
    'Kite',
    'Marble Run',
    'Yo-yo',
    'Train Set',
    'Board Game',
    'Spinning Top',
    'Doll House',
  ],
  Sports: [
    'Racket',
    'Yoga Mat',
    'Dumbbell',
    'Helmet',
    'Jump Rope',
    'Football',
    'Climbing Rope',
    'Paddle',
  ],
  Office: [
    'Notebook',
    'Desk Lamp',
    'Stapler',
    'Fountain Pen',
    'Organiser',
    'Chair',
    'Whiteboard',
    'Folder',
  ],
}
const ADJECTIVES = [
  'Classic',
  'Compact',
  'Sturdy',
  'Quiet',
  'Bright',
  'Light',
  'Everyday',
  'Fine',
  'Folding',
  'Soft',
]
const BRANDS = [
  'Alder',
  'Birch & Co',
  'Cobalt',
  'Dovetail',
  'Ember',
  'Fjord',
  'Granite',
  'Harbour',
  'Iris',
  'Juniper',
]

/**
 * The generated catalog: products 1 to `count`, each a pure function of its id, so that every instance and every run
 * sells the same products.
 *
 * @param digits decimals of the currency; prices range from 1.00 to 500.99
 */
export function generateProducts(count: number, digits: number): Product[] {
  const kinds = Object.entries(CATEGORIES)
  return Array.from({ length: count }, (_, i) => {
    const productId = i + 1
    const h = mix(productId)
    const [category, nouns] = kinds[h % kinds.length] ?? ['', []]
    const noun = nouns[(h >>> 3) % nouns.length] ?? ''
    const adjective = ADJECTIVES[(h >>> 6) % ADJECTIVES.length] ?? ''
    const brand = BRANDS[(h >>> 10) % BRANDS.length] ?? ''
    const units = 1 + ((h >>> 14) % 500)
    return {
      productId,
      name: `${brand} ${adjective} ${noun} ${productId}`,
      category,
      description: `${adjective} ${noun.toLowerCase()} by ${brand}.`,
      brand,
      price: units * 10 ** digits + (digits === 0 ? 0 : 10 ** digits - 1 - (h % 10)),
    }
  })
}

/** A 32-bit integer hash that spreads consecutive inputs (the finaliser of MurmurHash3, Austin Appleby). */
function mix(n: number): number {
  let h = Math.imul(n ^ (n >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}

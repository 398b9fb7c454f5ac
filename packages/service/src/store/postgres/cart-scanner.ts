import { type Cart, type CartStatus, compareLines, type Line } from '../../cart/cart.ts'
import { type EntityId, idFromKey } from '../../cart/ids.ts'
import { type LineIdentity, lineFromKey } from '../../cart/line-key.ts'
import { BETWEEN_CARTS, BETWEEN_FIELDS, BETWEEN_LINES, BETWEEN_NUMBERS } from './cart-separators.ts'

const CARTS = BETWEEN_CARTS.charCodeAt(0)
const FIELDS = BETWEEN_FIELDS.charCodeAt(0)
const LINES = BETWEEN_LINES.charCodeAt(0)
const NUMBERS = BETWEEN_NUMBERS.charCodeAt(0)
const ZERO = 48
const NINE = 57
/** Digits of a number that certainly fit into 31 bits. */
const HALF = 9
const POWERS = Array.from({ length: HALF + 1 }, (_, i) => 10 ** i)

/**
 * Reads the text of `joined-carts.ts`, cart by cart, and looks at every character of a number once. One scanner at a time, because all
 * have their codes in the same memory. For a text with as many separators of
 * carts as it has carts, less one: `cartsOfText` counts them.
 *
 * Then the text of a cart ends at the next separator of carts. Only names may contain separators of fields or lines:
 *
 * - With a separator of fields, the last name ends too early, and what follows is not the numbers alone.
 * - With a separator of lines, a name ends too early, so that the last one contains a separator of lines, and is refused.
 */
export class CartScanner {
  readonly #text: string
  /** The text as numbers, with a zero at its end: a look at a character of a string takes ten times as many instructions. */
  readonly #codes: Uint16Array
  /** Where the next character is. */
  #at = 0
  /** Where the text of the cart ends. */
  #end = 0
  #failed = false

  constructor(text: string) {
    this.#text = text
    this.#codes = codesOf(text)
  }

  /** The next cart; `undefined` if the text from here is not that of a cart. */
  nextCart(): Cart | undefined {
    if (this.#at > 0) this.#require(CARTS)
    const next = this.#text.indexOf(BETWEEN_CARTS, this.#at)
    this.#end = next === -1 ? this.#text.length : next
    const cartId = this.#field()
    const customerId = this.#integerKey() ?? idFromKey(this.#keyText())
    this.#require(FIELDS)
    const status = this.#field() as CartStatus
    const version = this.#numberField()
    const createdAt = this.#numberField()
    const updatedAt = this.#numberField()
    const expiresAt = this.#optionalField()
    const orderedAt = this.#optionalField()
    const code = this.#field()
    const digits = this.#numberField()
    const lines = this.#lines()
    if (this.#failed || this.#at !== this.#end) return undefined
    return {
      cartId,
      customerId,
      currency: { code, digits },
      status,
      version,
      lines,
      createdAt,
      updatedAt,
      expiresAt,
      orderedAt,
    }
  }

  #lines(): Line[] {
    const identities = this.#identities()
    const last = identities.length - 1
    const names = identities.map(({ productId }, i) => this.#name(productId, i === last))
    if (last === -1) this.#require(FIELDS)
    const lines = identities.map(({ productId, attributes }, i): Line => {
      if (i > 0) this.#require(NUMBERS)
      const unitPrice = this.#number()
      this.#require(NUMBERS)
      const quantity = this.#number()
      this.#require(NUMBERS)
      const createdAt = this.#number()
      this.#require(NUMBERS)
      const updatedAt = this.#number()
      const productName = names[i] as string
      const line = { productId, productName, unitPrice, quantity, createdAt, updatedAt }
      return attributes === undefined ? line : { ...line, attributes }
    })
    // Most are in order: lines are stored as they arrive.
    return lines.every((line, i) => i === 0 || compareLines(lines[i - 1] as Line, line) <= 0)
      ? lines
      : lines.sort(compareLines)
  }

  /** What the keys identify, to the end of their field. */
  #identities(): LineIdentity[] {
    const identities: LineIdentity[] = []
    if (this.#skip(FIELDS)) return identities
    for (;;) {
      const productId = this.#integerKey()
      identities.push(productId === undefined ? lineFromKey(this.#keyText()) : { productId })
      if (this.#skip(FIELDS)) return identities
      this.#require(LINES)
      if (this.#failed) return identities
    }
  }

  /** The name of a product, with the separator after it. */
  #name(productId: EntityId, isLast: boolean): string {
    const separator = isLast ? FIELDS : LINES
    const known = names.get(productId)
    if (known !== undefined && this.#text.startsWith(known, this.#at)) {
      const end = this.#at + known.length
      if (this.#codes[end] === separator) {
        this.#at = end + 1
        return known
      }
    }
    const name = this.#textTo(isLast ? BETWEEN_FIELDS : BETWEEN_LINES)
    if (name.includes(BETWEEN_LINES)) this.#failed = true
    return this.#failed ? name : keepName(productId, name)
  }

  /** A field of a cart, with the separator after it. */
  #field(): string {
    return this.#textTo(BETWEEN_FIELDS)
  }

  #numberField(): number {
    const number = this.#number()
    this.#require(FIELDS)
    return number
  }

  #optionalField(): number | null {
    return this.#skip(FIELDS) ? null : this.#numberField()
  }

  #textTo(separator: string): string {
    const end = this.#text.indexOf(separator, this.#at)
    if (end === -1 || end >= this.#end) {
      this.#failed = true
      return ''
    }
    const text = this.#text.slice(this.#at, end)
    this.#at = end + 1
    return text
  }

  /**
   * A whole number of at least 0. In two halves of small integers, which take half as long as one number of 13 digits; both together are
   * longer than any safe integer.
   */
  #number(): number {
    const codes = this.#codes
    const start = this.#at
    const end = this.#end
    let at = start
    let high = 0
    const half = Math.min(end, start + HALF)
    for (; at < half; at += 1) {
      const digit = (codes[at] as number) - ZERO
      if (digit < 0 || digit > 9) break
      high = (high * 10 + digit) | 0
    }
    let number = high
    if (at === start + HALF) {
      let low = 0
      for (; at < end; at += 1) {
        const digit = (codes[at] as number) - ZERO
        if (digit < 0 || digit > 9) break
        low = (low * 10 + digit) | 0
      }
      const digits = at - start - HALF
      if (digits > HALF) this.#failed = true
      else number = high * (POWERS[digits] as number) + low
    }
    if (at === start) this.#failed = true
    this.#at = at
    return number
  }

  /** A key that is an integer, up to the separator after it; `undefined` for another. */
  #integerKey(): number | undefined {
    const codes = this.#codes
    const start = this.#at
    // Those of texts begin with a zero, if they have digits only.
    if (!isDigit(codes[start]) || codes[start] === ZERO) return undefined
    const failed = this.#failed
    const number = this.#number()
    const next = codes[this.#at]
    if (next === FIELDS || next === LINES) return number
    // A text that begins with digits, of which it may have more than any number.
    this.#at = start
    this.#failed = failed
    return undefined
  }

  /** Any key, up to the separator after it. */
  #keyText(): string {
    const start = this.#at
    for (; this.#at < this.#end; this.#at += 1) {
      const code = this.#codes[this.#at]
      if (code === FIELDS || code === LINES) return this.#text.slice(start, this.#at)
    }
    this.#failed = true
    return ''
  }

  #skip(separator: number): boolean {
    if (this.#codes[this.#at] !== separator) return false
    this.#at += 1
    return true
  }

  #require(separator: number): void {
    if (!this.#skip(separator)) this.#failed = true
  }
}

/** Memory for the codes of texts, which are read one after another. */
let shared = new Uint16Array(2 ** 15)
/** Of a few of the largest carts; more is not kept. */
const MAX_SHARED = 2 ** 20

function codesOf(text: string): Uint16Array {
  const needed = text.length + 1
  const codes =
    needed <= shared.length ? shared : new Uint16Array(2 ** Math.ceil(Math.log2(needed)))
  if (codes.length <= MAX_SHARED) shared = codes
  Buffer.from(codes.buffer).write(text, 'utf16le')
  codes[text.length] = 0
  return codes
}

function isDigit(code: number | undefined): boolean {
  return code !== undefined && code >= ZERO && code <= NINE
}

/** Maximum of kept names. */
const MAX_NAMES = 10_000
const names = new Map<EntityId, string>()

/**
 * Keeps the name that a product had last: most lines of a product have the same, and then no string is made of it. The result is a copy,
 * because a part of a text keeps the whole text of a batch in memory, and `cart-text.ts` keeps names too.
 */
function keepName(productId: EntityId, name: string): string {
  if (names.size >= MAX_NAMES) names.clear()
  const copy = Buffer.from(name).toString()
  names.set(productId, copy)
  return copy
}

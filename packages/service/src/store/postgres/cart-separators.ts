/** What separates the values in the text of `joined-carts.ts`: control characters, but for the numbers. */
export const BETWEEN_CARTS = '\u001e'
export const BETWEEN_FIELDS = '\u001f'
export const BETWEEN_LINES = '\u001d'
export const BETWEEN_NUMBERS = ','

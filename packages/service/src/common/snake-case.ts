/** A copy of plain data whose field names are `like_this` instead of `likeThis`, for JSON that others read. */
export function inSnakeCase(data: unknown): unknown {
  if (Array.isArray(data)) return data.map(inSnakeCase)
  if (typeof data !== 'object' || data === null) return data
  return Object.fromEntries(
    Object.entries(data).map(([name, value]) => [
      name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      inSnakeCase(value),
    ]),
  )
}

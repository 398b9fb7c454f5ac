/** Variables that Kubernetes and Docker add for a service or a container that is called `cart` or `database`. */
const INJECTED = /_(SERVICE_(HOST|PORT(_\w+)?)|PORT(_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)?)$/

/**
 * The problem with a variable that has the prefix of a setting (its first word, as `AUTH_`) and is none, which is probably a
 * typing error; `undefined` for every other variable.
 *
 * @param settings the names of all settings
 */
export function unknownSetting(name: string, settings: readonly string[]): string | undefined {
  const prefix = name.slice(0, name.indexOf('_') + 1)
  const alike = prefix === '' ? [] : settings.filter((setting) => setting.startsWith(prefix))
  if (alike.length === 0 || alike.includes(name) || INJECTED.test(name)) return undefined
  const far = (setting: string) => editDistance(name, setting) - commonStart(name, setting)
  const [nearest] = alike.toSorted((a, b) => far(a) - far(b))
  return `${name} is not a setting; the nearest one is ${nearest}`
}

/** Length of the common start. Without it, `CART_TTL` would be as near to `CART_STORE_TYPE` as to `CART_TTL_SECONDS`. */
function commonStart(a: string, b: string): number {
  let length = 0
  while (length < a.length && a[length] === b[length]) length += 1
  return length
}

/** Number of characters to insert, remove or replace (Levenshtein). */
function editDistance(a: string, b: string): number {
  let above = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (const [i, letter] of [...a].entries()) {
    const row = [i + 1]
    for (const [j, other] of [...b].entries()) {
      const replaced = (above[j] ?? 0) + (letter === other ? 0 : 1)
      row.push(Math.min(replaced, (above[j + 1] ?? 0) + 1, (row[j] ?? 0) + 1))
    }
    above = row
  }
  return above[b.length] ?? 0
}

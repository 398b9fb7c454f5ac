/** The items of all pages. `fetchPage` gives a page's items and the cursor of the next page, `null` on the last. */
export async function* eachItem<T>(
  fetchPage: (
    cursor: string | undefined,
  ) => Promise<readonly [items: readonly T[], next: string | null]>,
): AsyncGenerator<T, void, undefined> {
  let cursor: string | null | undefined
  do {
    const [items, next] = await fetchPage(cursor ?? undefined)
    yield* items
    cursor = next
  } while (cursor !== null)
}

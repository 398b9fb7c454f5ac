import { cartOfDocument, type DocumentHead } from './document.ts'
import { openDocumentChanges } from './document-changes.ts'
import { LINE_SEPARATOR, NUMBER_SEPARATOR } from './joined-carts.ts'
import type { Layout } from './layout.ts'
import { ADD_TO_DOCUMENTS } from './single-adds.ts'
import { ADD_DOCUMENTS, cartReads, joinedReads } from './statements.ts'

/** All lines of a cart in its row. Adds are one statement; other changes are read, decided by the rules, and written. */
export const DOCUMENT_LAYOUT: Layout = {
  name: 'document',
  reads: cartReads(
    (carts) =>
      `select cart_id, customer_id, status, version, created_at, updated_at, expires_at, ordered_at, currency, minor_digits,
              line_keys::text, line_names::text, line_numbers::text
         from (${carts}) as cart`,
  ),
  getJoined: joinedReads({
    keys: `coalesce(array_to_string(line_keys, ${LINE_SEPARATOR}), '')`,
    names: `coalesce(array_to_string(line_names, ${LINE_SEPARATOR}), '')`,
    numbers: `coalesce(array_to_string(line_numbers, ${NUMBER_SEPARATOR}), '')`,
  }),
  cartsOf: (rows) =>
    new Map((rows as readonly DocumentHead[]).map((row) => [row[0], cartOfDocument(row)])),
  joinSingleAdds: ADD_TO_DOCUMENTS,
  joinAdds: ADD_DOCUMENTS,
  openChanges: openDocumentChanges,
  // Of two changes that are read and written at the same time, one would have to be repeated.
  perCart: 1,
}

import { link, type Prose } from '../page/document.ts'

const SHOWN = 3

/** A sentence with links to the records that support it: `... (records 1, 2, 3 and 4 more).` */
export function recorded(sentence: string, records: readonly string[]): Prose {
  if (records.length === 0) return [sentence]
  const [, words = sentence, stop = ''] = /^(.*?)([.]?)$/s.exec(sentence) ?? []
  return [words, ...recordLinks(records), stop]
}

/** Links to records: ` (record)`, ` (records 1, 2, 3 and 4 more)`; empty without records. */
export function recordLinks(records: readonly string[]): Prose {
  if (records.length === 0) return []
  const shown = records
    .slice(0, SHOWN)
    .flatMap(
      (href, place): Prose => [
        ...(place === 0 ? [] : [', ']),
        link(records.length === 1 ? 'record' : String(place + 1), href),
      ],
    )
  const more = records.length - SHOWN
  return [
    records.length === 1 ? ' (' : ' (records ',
    ...shown,
    more > 0 ? ` and ${more} more)` : ')',
  ]
}

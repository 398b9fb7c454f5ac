import { readFileSync, writeFileSync } from 'node:fs'
import { STATUS_CODES } from 'node:http'
import { ERRORS } from '../packages/service/src/cart/errors.ts'

/** Writes docs/errors.md from the catalogue of errors: `npm run docs`. A test compares the two. */

const FILE = new URL('../docs/errors.md', import.meta.url)

const INTRO = `# Errors

\`npm run docs\` generates this page from \`packages/service/src/cart/errors.ts\`; do not edit it by hand.

Every error is an [RFC 9457](https://www.rfc-editor.org/rfc/rfc9457) problem document with the content type
\`application/problem+json\`:

\`\`\`json
{
  "type": "urn:pushcart:error:cart-not-found",
  "title": "There is no such cart",
  "status": 404,
  "detail": "There is no such cart",
  "instance": "urn:pushcart:request:0b1c9f4e-5a0e-4c1b-9f0a-6a4f9d0c7e21",
  "error": "CART_NOT_FOUND",
  "message": "There is no such cart"
}
\`\`\`

\`error\` is the stable code to program against. \`detail\` and \`message\` are the same sentence for people, and
\`instance\` identifies the request in the service's log. \`PRECONDITION_FAILED\` also has \`current_version\`.
Responses with 429 and 503 have \`Retry-After\` in seconds.
`

/** The page that the catalogue gives. */
export function errorsPage(): string {
  const statuses = Map.groupBy(Object.entries(ERRORS), ([, { status }]) => status)
  const sections = [...statuses]
    .sort(([a], [b]) => a - b)
    .map(([status, errors]) => {
      const rows = errors.map(
        ([code, { title, advice }]) => `| \`${code}\` | ${title} | ${advice} |`,
      )
      return `## ${status} ${STATUS_CODES[status]}\n\n| code | title | what to do |\n|---|---|---|\n${rows.join('\n')}\n`
    })
  return `${INTRO}\n${sections.join('\n')}`
}

/** The page in docs/. */
export function writtenErrorsPage(): string {
  return readFileSync(FILE, 'utf8')
}

if (import.meta.main) writeFileSync(FILE, errorsPage())

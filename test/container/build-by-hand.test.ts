import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { buildByHand, bytesOf } from '../../scripts/container/build-by-hand.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pushcart-build-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const DOCKERFILE = `FROM node:26.0.0-alpine3.22 AS base
WORKDIR /app
FROM base AS made
RUN mkdir out && printf %s "$GREETING" > out/one && printf 12345 > out/two
FROM base
ENV MODE=quiet
COPY LICENSE cli.ts texts/
COPY lab/model/cost ./
COPY --from=made /app/out /etc/made
USER 1000:2000
ENTRYPOINT ["node", "cli.ts"]
CMD ["serve"]
`
const IGNORED = '*\n!LICENSE\n!cli.ts\n!lab/model/cost\n'

it('builds stages as folders: COPY into a folder, of a folder and from a stage, RUN, and what is to be run', () => {
  const image = buildByHand({ dockerfile: DOCKERFILE, ignored: IGNORED }, folder)
  expect(image).toMatchObject({
    workdir: '/app',
    env: { MODE: 'quiet' },
    command: ['node', 'cli.ts', 'serve'],
    uid: 1000,
    gid: 2000,
  })
  expect(readdirSync(join(image.root, 'app/texts')).sort()).toEqual(['LICENSE', 'cli.ts'])
  expect(readdirSync(join(image.root, 'app'))).toContain('prices.json')
  expect(readFileSync(join(image.root, 'etc/made/two'), 'utf8')).toBe('12345')
  expect(bytesOf(join(image.root, 'etc'))).toBe(5)
})

it.each([
  ['COPY LICENSE', 'COPY README.md', '.dockerignore holds it back'],
  ['/app/out ', '/app/nothing ', 'not there'],
  ['mkdir out', 'mkdir no/such/folder', 'no/such/folder'],
  ['--from=made', '--from=other', 'no such stage'],
])('stops at a step that fails: %s -> %s', (from, to, reason) => {
  const dockerfile = DOCKERFILE.replace(from, to)
  expect(() => buildByHand({ dockerfile, ignored: IGNORED }, folder)).toThrow(reason)
})

#!/usr/bin/env node
import { existsSync } from 'node:fs'

// A checkout runs its TypeScript, however stale its dist/ may be; the packed package has only dist/.
const source = new URL('../cli.ts', import.meta.url)
const compiled = new URL('../dist/cli.js', import.meta.url)

const OLDEST_NODE = 24
if (Number.parseInt(process.versions.node, 10) < OLDEST_NODE) {
  process.stderr.write(
    `pushcart: Node ${OLDEST_NODE} or later is needed, this is ${process.version} (pushcart/client also runs on Node 20)\n`,
  )
  process.exitCode = 3
} else {
  await import((existsSync(source) ? source : compiled).href)
}

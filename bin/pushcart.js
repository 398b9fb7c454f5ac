#!/usr/bin/env node
import { existsSync } from 'node:fs'

// A checkout runs its TypeScript, because its dist/ may be stale; the packed package has only dist/.
const source = new URL('../cli.ts', import.meta.url)
const compiled = new URL('../dist/cli.js', import.meta.url)

const OLDEST_NODE = 24
if (Number.parseInt(process.versions.node, 10) < OLDEST_NODE) {
  process.stderr.write(
    `pushcart: requires Node ${OLDEST_NODE} or later, this is ${process.version} (pushcart/client also runs on Node 20)\n`,
  )
  process.exitCode = 3
} else {
  await import((existsSync(source) ? source : compiled).href)
}

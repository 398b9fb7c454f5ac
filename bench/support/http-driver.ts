import { readFile } from 'node:fs/promises'
import { closedLoop } from './closed-loop.ts'
import { openKeepAlive, requestBytes } from './keep-alive.ts'
import type { Load, LoadResult } from './load.ts'
import { parseRequests } from './requests.ts'

/** A load generator in Node: `node http-driver.ts '{"url": ..., "requests": ..., ...}'`, a `Load`, prints a `LoadResult`. */
export async function driveHttp(load: Load): Promise<LoadResult> {
  const { host } = new URL(load.url)
  const requests = parseRequests(await readFile(load.requests, 'utf8')).map(
    ({ method, path, body }) => requestBytes(host, method, path, body),
  )
  const connections = await Promise.all(
    Array.from({ length: load.connections }, () => openKeepAlive(load.url)),
  )
  let place = 0
  const workers = connections.map((connection) => async () => {
    const request = requests[place++ % requests.length] as Buffer
    return (await connection.send(request)) < 400
  })
  try {
    return await closedLoop(workers, load.seconds)
  } finally {
    for (const connection of connections) connection.close()
  }
}

if (import.meta.main) {
  const load = JSON.parse(process.argv[2] ?? '{}') as Load
  process.stdout.write(`${JSON.stringify(await driveHttp(load))}\n`)
}

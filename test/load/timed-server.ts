import { createServer } from 'node:http'

/**
 * A cart service of which the times are known: `timed-server.ts SERVICE_MS STALL_MS EVERY_MS` answers each request
 * after SERVICE_MS, however many there are, and nothing in the first STALL_MS of every EVERY_MS.
 */
const [serviceMs = 20, stallMs = 0, everyMs = 10_000] = process.argv.slice(2).map(Number)

function answerAt(now: number): number {
  const within = now % everyMs
  return now + serviceMs + (within < stallMs ? stallMs - within : 0)
}

/** Timers count whole milliseconds: the rest is waited for in the event loop's turns. */
function callAt(at: number, fn: () => void): void {
  const left = at - performance.now()
  if (left <= 0) fn()
  else if (left > 2) setTimeout(() => callAt(at, fn), left - 1.5)
  else setImmediate(() => callAt(at, fn))
}

const server = createServer((request, response) => {
  const at = answerAt(performance.now())
  request.resume().on('end', () => {
    const creates = request.url === '/shopping-carts'
    const reads = request.method === 'GET'
    callAt(at, () => {
      if (reads) response.writeHead(200).end('{"items":[]}')
      else if (creates) response.writeHead(201).end('{"shopping_cart_id":"one"}')
      else response.writeHead(204).end()
    })
  })
})
server.keepAliveTimeout = 60_000
server.listen(0, '127.0.0.1', () => process.send?.(server.address()))
process.on('disconnect', () => process.exit())

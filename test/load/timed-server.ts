import { createServer } from 'node:http'
import { callAt } from './call-at.ts'

/**
 * A cart service of which the times are known: `timed-server.ts SERVICE_MS STALL_MS EVERY_MS` answers each request
 * after SERVICE_MS, however many there are, and nothing in the first STALL_MS of every EVERY_MS. At the message `times`
 * it sends what its answers to GETs really took since the last one, in milliseconds: its own lateness is no client's.
 */
const [serviceMs = 20, stallMs = 0, everyMs = 10_000] = process.argv.slice(2).map(Number)
let times: number[] = []

function answerAt(now: number): number {
  const within = now % everyMs
  return now + serviceMs + (within < stallMs ? stallMs - within : 0)
}

const server = createServer((request, response) => {
  const begun = performance.now()
  const reads = request.method === 'GET'
  const creates = request.url === '/shopping-carts'
  request.resume().on('end', () => {
    callAt(answerAt(begun), () => {
      if (reads) response.end('{"items":[]}')
      else if (creates) response.writeHead(201).end('{"shopping_cart_id":"one"}')
      else response.writeHead(204).end()
      if (reads) times.push(performance.now() - begun)
    })
  })
})
server.keepAliveTimeout = 60_000
server.listen(0, '127.0.0.1', () => process.send?.(server.address()))
process.on('disconnect', () => process.exit())
process.on('message', () => {
  process.send?.(times)
  times = []
})

import { createServer } from 'node:http'
import { callAt } from './call-at.ts'

/**
 * A cart service with known times: `timed-server.ts SERVICE_MS STALL_MS EVERY_MS` responds to each request after
 * SERVICE_MS, however many there are, and not at all in the first STALL_MS of every EVERY_MS. On the message `times` it
 * sends the actual times of its responses to GETs since the previous message, in milliseconds, with its own lateness.
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

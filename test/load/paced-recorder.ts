import { connect, type Socket } from 'node:net'
import { callAt } from './call-at.ts'

/*
 * A recorder like wrk2 (https://github.com/giltene/wrk2), to compare the generator with: `paced-recorder.ts PORT RATE
 * SECONDS CONNECTIONS`. Every connection sends GETs at fixed intervals, or as soon as the previous one ends; times count
 * from the intended send. It uses none of the generator's code and spins on a core to be punctual. It sends the recorded
 * times, in milliseconds, to its parent.
 */
const [port = 0, rate = 0, seconds = 0, connections = 0] = process.argv.slice(2).map(Number)
const REQUEST = 'GET /shopping-carts/one HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n'
const ANSWER_END = '{"items":[]}'
const gap = (1000 * connections) / rate
const times: number[] = []

function record(socket: Socket, first: number, until: number): Promise<void> {
  return new Promise((resolve, reject) => {
    let beat = first
    let waits = ''
    const send = () => void socket.write(REQUEST)
    socket.on('error', reject).on('data', (bytes) => {
      waits += bytes.toString('latin1')
      if (!waits.endsWith(ANSWER_END)) return
      waits = ''
      times.push(performance.now() - beat)
      beat += gap
      if (beat < until) callAt(beat, send)
      else resolve()
    })
    callAt(beat, send)
  })
}

const opened = Array.from({ length: connections }, () =>
  connect({ port, host: '127.0.0.1', noDelay: true }),
)
await Promise.all(opened.map((socket) => new Promise((resolve) => socket.once('connect', resolve))))
const start = performance.now() + 50
const all = opened.map((socket, place) =>
  record(socket, start + (place * gap) / connections, start + 1000 * seconds),
)
await Promise.all(all)
process.send?.(times, () => process.exit())

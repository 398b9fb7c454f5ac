import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

/**
 * `node clients-process.ts HOST PORT COUNT`: connections in every state in which a client can vanish, so many of each. Prints a
 * line when they are there, and keeps them until it is killed.
 */
const [host = '', port = '', count = ''] = process.argv.slice(2)

async function open(): Promise<Socket> {
  const socket = connect(Number(port), host)
  socket.on('error', () => {})
  await once(socket, 'connect')
  return socket
}

async function responded(socket: Socket): Promise<void> {
  await once(socket, 'data')
}

const GET = `GET /products/1 HTTP/1.1\r\nhost: ${host}\r\n\r\n`
const CREATE = post('{"customer_id":"campaign-vanished"}')
const LIST = `GET /shopping-carts?customer_id=campaign-lists&limit=100 HTTP/1.1\r\nhost: ${host}\r\n\r\n`

function post(body: string): string {
  return `POST /shopping-carts HTTP/1.1\r\nhost: ${host}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`
}

const STATES: readonly ((socket: Socket) => Promise<void>)[] = [
  // After a response.
  async (socket) => {
    socket.write(GET)
    await responded(socket)
  },
  // In the middle of the headers, and of the body.
  async (socket) => void socket.write(GET.slice(0, -4)),
  async (socket) => void socket.write(CREATE.slice(0, -4)),
  // With the beginning of a long response.
  async (socket) => {
    socket.write(LIST)
    await responded(socket)
    socket.pause()
  },
  // Before a response.
  async (socket) => void socket.write(CREATE),
]

await Promise.all(
  Array.from({ length: Number(count) }, () =>
    Promise.all(STATES.map(async (enter) => enter(await open()))),
  ),
)
process.stdout.write('ready\n')
setInterval(() => {}, 1000)

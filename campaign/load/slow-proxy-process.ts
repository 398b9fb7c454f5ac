import { type AddressInfo, connect, createServer } from 'node:net'

/** `node slow-proxy-process.ts PORT DELAY_MS`: reports its port over IPC, and ends with the channel. */
const [target = 0, delayMs = 0] = process.argv.slice(2).map(Number)

const server = createServer((client) => {
  const upstream = connect(target, '127.0.0.1')
  for (const socket of [client, upstream]) socket.setNoDelay(true).on('error', () => {})
  client.on('data', (chunk) => {
    setTimeout(() => upstream.writable && upstream.write(chunk), delayMs)
  })
  upstream.on('data', (chunk) => client.writable && client.write(chunk))
  client.once('close', () => upstream.destroy())
  upstream.once('close', () => client.destroy())
})
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port))
process.once('disconnect', () => process.exit())

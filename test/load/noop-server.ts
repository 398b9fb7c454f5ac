import { createServer } from 'node:net'

/**
 * A server that does next to nothing: it responds to each request with fixed bytes and parses only its first bytes, to
 * measure the client.
 */
const answer = (status: string, body: string) =>
  Buffer.from(
    `HTTP/1.1 ${status}\r\ncontent-type: application/json\r\n${body === '' ? '' : `content-length: ${body.length}\r\n`}\r\n${body}`,
  )
const READ = answer('200 OK', '{"items":[]}')
const CREATED = answer('201 Created', '{"shopping_cart_id":"01a20478-bb8c-7722-9e92-ae6ef3e903d7"}')
const ADDED = answer('204 No Content', '')

const CREATE = 'POST /shopping-carts HTTP'

const server = createServer({ noDelay: true }, (socket) => {
  socket.on('error', () => socket.destroy())
  socket.on('data', (bytes: Buffer) => {
    if (bytes[0] === 0x47) socket.write(READ)
    else socket.write(bytes.toString('latin1', 0, CREATE.length) === CREATE ? CREATED : ADDED)
  })
})
server.listen(0, '127.0.0.1', () => process.send?.(server.address()))
process.on('disconnect', () => process.exit())

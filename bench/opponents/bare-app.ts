import { fastify } from 'fastify'

/** A route that responds with the same text to every request, the least that a service on this framework does. */
const text = process.env.TEXT ?? ''
const app = fastify()
app.get('/shopping-carts/:id', (_request, reply) => {
  reply.type('application/json; charset=utf-8').send(text)
})
const url = await app.listen({ host: '127.0.0.1', port: 0 })
process.once('disconnect', () => app.close())
process.send?.({ type: 'listening', url })

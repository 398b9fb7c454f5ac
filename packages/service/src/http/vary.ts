import type { FastifyReply } from 'fastify'

/** Adds a request header to those that the response depends on, for caches. */
export function addVary(reply: FastifyReply, name: string): void {
  const before = reply.getHeader('vary')
  reply.header('vary', before === undefined ? name : `${before}, ${name}`)
}

import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import {
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb'
import { NodeHttpHandler } from '@smithy/node-http-handler'
import { fastify } from 'fastify'
import { CART, type CartItem, cartJson, newCart, type Product } from './document-cart.ts'

/**
 * The three core endpoints on the SDK's DocumentClient: the same items, requests, responses, web framework and log line
 * per request; no metrics, entity tags or problem documents. It has as many connections as the service, because the
 * SDK's default of 50 is less than the number of clients.
 */
const agent = { keepAlive: true, maxSockets: 100 }
const client = DynamoDBDocumentClient.from(
  new DynamoDBClient({ requestHandler: new NodeHttpHandler({ httpAgent: agent }) }),
)
const TableName = process.env.DYNAMODB_TABLE_NAME ?? ''
const rows = JSON.parse(await readFile(process.env.CATALOG_FILE ?? '', 'utf8')) as Product[]
const products = new Map(rows.map((product) => [product.product_id, product]))

const app = fastify({ logger: true, disableRequestLogging: true })
app.addHook('onResponse', async ({ log, method, url }, { statusCode, elapsedTime }) => {
  log.info({ method, url, status: statusCode, ms: elapsedTime }, 'request')
})

app.post<{ Body: { customer_id: number } }>(
  '/shopping-carts',
  {
    schema: {
      body: { type: 'object', properties: { customer_id: { type: 'integer' } } },
      response: { 201: { type: 'object', properties: { shopping_cart_id: { type: 'string' } } } },
    },
  },
  async ({ body }, reply) => {
    const Item = newCart(randomUUID(), String(body.customer_id), Date.now())
    await client.send(
      new PutCommand({ TableName, Item, ConditionExpression: 'attribute_not_exists(cart_id)' }),
    )
    reply.code(201)
    return { shopping_cart_id: Item.cart_id }
  },
)

app.get<{ Params: { id: string } }>(
  '/shopping-carts/:id',
  { schema: { response: { 200: CART } } },
  async ({ params }, reply) => {
    const { Item } = await client.send(
      new GetCommand({ TableName, Key: { cart_id: params.id }, ConsistentRead: false }),
    )
    if (Item === undefined) return reply.code(404).send({ error: 'CART_NOT_FOUND' })
    return cartJson(Item as CartItem)
  },
)

app.post<{ Params: { id: string }; Body: { product_id: number; quantity: number } }>(
  '/shopping-carts/:id/items',
  {
    schema: {
      body: {
        type: 'object',
        required: ['product_id', 'quantity'],
        properties: {
          product_id: { type: 'integer' },
          quantity: { type: 'integer', minimum: 1, maximum: 1000 },
        },
      },
    },
  },
  async ({ params, body }, reply) => {
    const product = products.get(body.product_id)
    if (product === undefined) return reply.code(404).send({ error: 'PRODUCT_NOT_FOUND' })
    const now = Date.now()
    await client.send(
      new UpdateCommand({
        TableName,
        Key: { cart_id: params.id },
        UpdateExpression:
          'SET qty.#p = if_not_exists(qty.#p, :zero) + :q, line.#p = if_not_exists(line.#p, :l), changed.#p = :now, updated_at = :now, expires_at = :expires, units = units + :units, version = version + :one',
        ConditionExpression:
          '#status = :active AND expires_at > :now_s AND (attribute_not_exists(qty.#p) OR qty.#p <= :most_quantity) AND (size(qty) <= :lines_before OR size(qty) <= :most_lines AND attribute_exists(qty.#p)) AND units <= :units_before',
        ExpressionAttributeNames: { '#status': 'status', '#p': `p${body.product_id}` },
        ExpressionAttributeValues: {
          ':active': 'active',
          ':now': now,
          ':now_s': Math.floor(now / 1000),
          ':expires': Math.ceil(now / 1000) + 604_800,
          ':zero': 0,
          ':one': 1,
          ':q': body.quantity,
          ':units': body.quantity,
          ':l': { n: product.name, p: Math.round(product.price * 100), t: now },
          ':most_quantity': 1000 - body.quantity,
          ':lines_before': 99,
          ':most_lines': 100,
          ':units_before': 10_000 - body.quantity,
        },
        ReturnValues: 'UPDATED_NEW',
      }),
    )
    return reply.code(204).send()
  },
)

const url = await app.listen({ host: '127.0.0.1', port: 0 })
process.once('disconnect', () => app.close())
process.send?.({ type: 'listening', url })

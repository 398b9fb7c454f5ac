import { UsageError } from '../errors/usage-error.ts'

/** What has to be known of an API to describe it. */
export interface ApiAnswers {
  /** Requests: method and path. */
  readonly create: string
  readonly add: string
  readonly get: string
  /** Names of the product and of the quantity in the body of an add. */
  readonly body: string
  readonly id: string
  readonly lines: string
}

const USUAL_STATUS: Readonly<Record<string, number>> = { create: 201, add: 204, get: 200 }

/**
 * A commented API file.
 *
 * @param statuses of success, by the names of the operations
 * @throws UsageError for an answer that is no request, no two fields or no pointer
 */
export function apiFileText(
  answers: ApiAnswers,
  statuses: Readonly<Record<string, number>>,
): string {
  const [product, quantity] = fieldsOf(answers.body)
  const status = (name: string) => statuses[name] ?? USUAL_STATUS[name]
  const request = (name: 'create' | 'add' | 'get') => {
    const [, method, path] = /^(GET|POST|PUT|PATCH) (\/\S*)$/.exec(answers[name]) ?? []
    if (path === undefined)
      throw new UsageError(
        `${name}: must be a method and a path, such as POST /carts (got ${answers[name]})`,
      )
    return `    method: ${method}\n    path: ${quoted(path)}`
  }
  for (const name of ['id', 'lines'] as const)
    if (answers[name] !== '' && !/^(\/|\{customer\}$)/.test(answers[name]))
      throw new UsageError(
        `${name}: must be a JSON pointer, such as /cart/${name} (got ${answers[name]})`,
      )
  return `# Describes a cart API for pushcart's lab. docs/api-files.md explains every field.
# Texts in braces are filled in: {customer} {cart} {product} {quantity}. Put quotes around them.
name: my-cart

# Requests before everything else, such as a login or a list of products. {session.token} is then known everywhere.
# setup:
#   - { method: POST, path: /login, body: { password: "{env.SHOP_PASSWORD}" }, accepts: [200], capture: { token: /token } }
#   - { method: GET, path: /products, accepts: [200], products: /products/*/id }

# cookies: cart # Keep the cookies of each cart, where the cart is found by a cookie.

operations:
  create:
${request('create')}
    body: { customer_id: "{customer}" }
    accepts: [${status('create')}]
    # capture: { token: /token } # A value of this cart, for {cart.token}; "header NAME" takes it from a header.
  add:
${request('add')}
    body: { ${product}: "{product}", ${quantity}: "{quantity}" }
    accepts: [${status('add')}]
    # quantity: absolute # An add sets the quantity instead of adding to it.
    # headers: { authorization: "Bearer {session.token}" }
  get:
${request('get')}
    accepts: [${status('get')}]
  # These are optional; tests of what is missing are left out.
  # set: { method: PUT, path: "/carts/{cart}/items/{product}", body: { quantity: "{quantity}" }, accepts: [204] }
  # remove: { method: DELETE, path: "/carts/{cart}/items/{product}", accepts: [204] }
  # checkout: { method: POST, path: "/carts/{cart}/checkout", accepts: [200] }

# Where a response shows a cart: JSON pointers. * stands for every element.
cart:
  id: ${quoted(answers.id)} # "{customer}" where the cart is the customer.
  lines: ${quoted(answers.lines)}
  product: /${product} # In a line.
  quantity: /${quantity}
  # missing_lines: empty # An empty cart has no lines or null.
  # version: /version
  # line: /id # The id of a line, for {line}.

errors:
  code: /error # A stable code of a failure, for messages.
  # refused: /errors/0 # For APIs that answer failures with 200, such as GraphQL.
`
}

function fieldsOf(body: string): [product: string, quantity: string] {
  const [product, quantity, ...more] = body.split(',').map((name) => name.trim())
  const isName = (name: string | undefined): name is string => /^\w+$/.test(name ?? '')
  if (!isName(product) || !isName(quantity) || more.length > 0)
    throw new UsageError(`body: must be two names, such as product_id,quantity (got ${body})`)
  return [product, quantity]
}

function quoted(text: string): string {
  return JSON.stringify(text)
}

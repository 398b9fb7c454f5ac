import Type, { type Static } from 'typebox'

/**
 * A cart API as data: how each operation is requested and where a response has what is to be read. Nothing else in the
 * lab knows a path, a body, a status or a field of an API.
 *
 * Where the data goes:
 *
 *     API file or module --readApi--> Api --openAccess--> Access (headers, TLS, ids)
 *     Access --setUp: one sequence of requests for each target--> Access with {session.*} and the products of the service
 *     Access --compileAccess--> CartApi: functions; {session.*} and {env.*} are constants in them
 *     CartApi --createCartClient--> probes, quick tests, recordings      (exchange.ts)
 *             --createTransport--> the load, in the generator's process  (load/http)
 *
 * An `Access` is plain data, so that it can be sent to the generator's process. What a response says of one cart (cookies,
 * {cart.*}) is kept in `Access.carts` by cart id, which all clients of a target share.
 *
 * A module (`--api FILE.ts`) exports the same `Api`; there, a template may be a function of the values, and a pointer a
 * function of the body. The schema below is published as `api.schema.json` and describes files.
 */

const object = <P extends Type.TProperties>(fields: P, description: string) =>
  Type.Object(fields, { additionalProperties: false, description })
const optional = Type.Optional

export type Json =
  | string
  | number
  | boolean
  | null
  | readonly Json[]
  | { readonly [key: string]: Json }

/** An id as JSON has it; one beyond 2^53 is a text. */
export type Id = string | number

/** What the templates of a request are filled with. */
export interface Values {
  readonly customer?: Id | undefined
  readonly cart?: string | undefined
  readonly product?: Id | undefined
  readonly quantity?: number | undefined
  readonly lines?: readonly { readonly product: Id; readonly quantity: number }[] | undefined
  /** The id of the product's line in the cart, where `cart.line` says how to read it. */
  readonly line?: string | undefined
  /** The cart that a merge takes from, and how it joins lines of one product. */
  readonly from?: string | undefined
  readonly strategy?: string | undefined
  /** The consistency that a read asks for. */
  readonly consistency?: string | undefined
  readonly minVersion?: Id | undefined
  /** Where the next page of a list begins. */
  readonly cursor?: string | undefined
  readonly idempotencyKey?: string | undefined
  /** Entity tags of the versions that a change is conditional on; see `tagsOf`. */
  readonly ifMatch?: string | undefined
  /** `cart.NAME`: what was captured of this cart. In functions of a module also `session.NAME`. */
  readonly [captured: `${'cart' | 'session'}.${string}`]: string | undefined
}

/** A text with `{name}` for values; in a module also a function of them. */
export type Template = string | ((values: Values) => string)
export type BodyTemplate = Json | ((values: Values) => Json)
/** Where a value is in a JSON body; in a module also a function of the body. */
export type Pointer = string | ((body: unknown) => unknown)

const template = (description: string) => Type.Unsafe<Template>({ type: 'string', description })
const pointer = (description: string) => Type.Unsafe<Pointer>({ type: 'string', description })
const pointers = (description: string) =>
  Type.Unsafe<Pointer | readonly Pointer[]>({
    anyOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' } }],
    description,
  })
const body = (description: string) => Type.Unsafe<BodyTemplate>({ description })
const templates = (description: string) =>
  Type.Unsafe<Readonly<Record<string, Template>>>({
    type: 'object',
    additionalProperties: { type: 'string' },
    description,
  })
const ids = (description: string) =>
  Type.Unsafe<readonly Id[]>({
    type: 'array',
    items: { anyOf: [{ type: 'string' }, { type: 'integer' }] },
    minItems: 1,
    description,
  })
const texts = (description: string) => Type.Array(Type.String(), { description })

const request = {
  method: Type.Enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']),
  path: template(
    'Below the URL of the service. Values are percent-encoded; {line:path} is the path of a link.',
  ),
  query: optional(templates('Parameters; one whose value is missing is left out.')),
  headers: optional(templates('Headers; one whose value is missing is left out.')),
  body: optional(
    body(
      'Sent as JSON. A text that is one placeholder becomes the value itself: "{quantity}" a number, {product} a number where the id is one. {product:number} and {product:string} force the kind.',
    ),
  ),
  accepts: Type.Array(Type.Integer({ minimum: 100, maximum: 599 }), {
    minItems: 1,
    description: 'Statuses of success.',
  }),
  capture: optional(
    Type.Record(Type.String({ pattern: '^[a-z]\\w*$' }), pointer(''), {
      description:
        'Values to keep by name, each a pointer into the body or "header NAME": {cart.name}, of a set-up step {session.name}.',
    }),
  ),
}

const operation = object(
  {
    ...request,
    line: optional(body('One element of the array that {lines} in the body becomes.')),
    quantity: optional(
      Type.Enum(['added', 'absolute'], {
        description:
          'What the quantity of a change means: units to add atomically (default of add), or the new quantity of the line (default of set).',
      }),
    ),
  },
  'How an operation is requested.',
)

const setUpStep = object(
  {
    ...request,
    each: optional(
      Type.Enum(['product'], {
        description: 'Send it once for each product, as {product}, such as to create them.',
      }),
    ),
    products: optional(
      pointer('The ids of the products to add, such as /products/*/variants/*/id.'),
    ),
  },
  'A request before the measurement, such as a login.',
)

const page = object(
  {
    entries: pointer('The array of carts or orders.'),
    next: pointer('The cursor of the next page; null or missing on the last page.'),
  },
  'A page of a list.',
)

export const ApiSchema = object(
  {
    $schema: optional(Type.String()),
    name: Type.String({ description: 'Used in messages.' }),
    extends: optional(
      Type.String({ description: 'A shipped API or a file that this file changes.' }),
    ),
    setup: optional(
      Type.Array(setUpStep, { description: 'Sent once to each service, in this order.' }),
    ),
    cookies: optional(
      Type.Enum(['cart', 'session'], {
        description:
          'Keep cookies for each cart, or those of the set-up for all requests. Without it, cookies are ignored.',
      }),
    ),
    products: optional(ids('Ids of products; --product-ids and those of the set-up go first.')),
    customers: optional(ids('Ids of customers; --customers goes first.')),
    operations: object(
      {
        create: operation,
        add: operation,
        get: operation,
        add_many: optional(operation),
        set: optional(operation),
        remove: optional(operation),
        empty: optional(operation),
        delete: optional(operation),
        merge: optional(operation),
        checkout: optional(operation),
        list: optional(operation),
        orders: optional(operation),
        health: optional(operation),
      },
      'Every service has create, add and get. Tests of the others are left out where an API lacks them. add_many adds several lines at once; list lists the carts of a customer, orders the orders; health describes the service as pushcart does.',
    ),
    cart: object(
      {
        id: pointer(
          'In the response of a create. {customer}: the cart is the customer, and the lab makes a new customer for each cart.',
        ),
        lines: pointer(
          'In the response of a get: an array, or elements selected with *, such as /groups/*/items/* or /items/*[type=product].',
        ),
        missing_lines: optional(
          Type.Enum(['empty'], { description: 'A cart without lines or with null is empty.' }),
        ),
        product: pointer('In a line; @key is its name where lines are fields of an object.'),
        quantity: pointer('In a line.'),
        line: optional(pointer('In a line: its id, for {line}.')),
        version: optional(pointer('The version of the cart, where its ETag does not say it.')),
        status: optional(pointer('active, checked_out or deleted.')),
      },
      'Where a response shows a cart.',
    ),
    carts: optional(page),
    orders: optional(page),
    errors: optional(
      object(
        {
          code: optional(pointers('The stable code of a failure.')),
          refused: optional(
            pointers('A value there means that a change was refused, whatever the status.'),
          ),
          failed: optional(
            pointers('A value there means a failure after which the outcome is open.'),
          ),
          refusals: optional(
            Type.Record(Type.String(), Type.String(), {
              description:
                'Codes that say something about the cart: not_found, line_not_found, not_active or cart_empty.',
            }),
          ),
          nothing_changed: optional(
            texts('Codes of server errors (5xx) that guarantee that nothing was changed.'),
          ),
        },
        'How a failure is reported.',
      ),
    ),
  },
  'A cart API. docs/api-files.md explains it.',
)

export type Api = Static<typeof ApiSchema>
export type ApiOperation = keyof Api['operations']
/** How an operation is requested. */
export type RequestForm = Static<typeof operation>
export type SetUpStep = Static<typeof setUpStep>
export type PageShape = Static<typeof page>
export type ErrorShape = NonNullable<Api['errors']>

import { burst, carts, click, clickOn, newCart, otherCart } from './cart.ts'
import { hello, setFault, setLoad, sides } from './state.ts'

/** A step of the tour: a sentence, a button, and what to watch. */
export interface TourStep {
  readonly title: string
  readonly text: string
  readonly button: string
  readonly watch: string
  /** The section to look at. */
  readonly look: 'shop' | 'load' | 'checks'
  run(): Promise<void>
}

const product = (at: number) => hello.value?.products[at]?.id ?? at + 1
const mix = () => hello.value?.mixes[0] ?? ''
const own = () => sides().filter((side) => side.own)
const of = (store: string) => own().find((side) => side.store === store)

const STORES = ['postgres', 'dynamodb']

async function turn(fault: string, store: string, on: boolean): Promise<void> {
  const side = of(store)
  if (side !== undefined) await setFault(fault, side.key, on)
}

export const TOUR: readonly TourStep[] = [
  {
    title: 'Read your writes',
    text: 'A shopper adds a teapot and looks at the cart. A strong read must show it on both databases.',
    button: 'Add and read',
    watch:
      'Both sides show version 2 and one teapot. PostgreSQL runs SQL over several rows, DynamoDB updates one item.',
    look: 'shop',
    async run() {
      await newCart()
      await click({ action: 'add', product: product(0), quantity: 1 }, 'Add 1')
      await click({ action: 'get', consistency: 'strong' }, 'Read, strong')
    },
  },
  {
    title: 'Eventual against strong',
    text: 'An eventual read may show an earlier state. It is served by a standby of PostgreSQL, and costs half as many read units on DynamoDB. The lab delays the copies to make that visible.',
    button: 'Lag the replicas, add, read eventually',
    watch:
      'Both may show an older version for up to 800 ms; the request to DynamoDB costs 0.5 read units in place of 1. A strong read is never old.',
    look: 'shop',
    async run() {
      for (const store of STORES) await turn('replica_lag', store, true)
      await click({ action: 'add', product: product(1), quantity: 1 }, 'Add 1')
      await click({ action: 'get', consistency: 'eventual' }, 'Read, eventual')
    },
  },
  {
    title: 'If-Match',
    text: 'Two tabs show version 2. The first one changes the cart. The change of the second one must be refused, because it has not seen the first.',
    button: 'Change twice from one version',
    watch: 'Both services refuse with 412, and the cart keeps the change of the first tab.',
    look: 'shop',
    async run() {
      for (const store of STORES) await turn('replica_lag', store, false)
      await newCart()
      await click({ action: 'add', product: product(2), quantity: 1 }, 'Add 1')
      await click(
        { action: 'set', product: product(2), quantity: 5, if_version: 2 },
        'Set to 5 if at version 2',
      )
      await click(
        { action: 'set', product: product(2), quantity: 9, if_version: 2 },
        'Set to 9 if at version 2',
      )
    },
  },
  {
    title: 'A retried add',
    text: 'A response is lost, so the client sends its add again. Without an idempotency key the service cannot know that it is the same add.',
    button: 'Send one add twice, without and with a key',
    watch:
      'The chair is there twice, the headphones once: the second request with the same key changed nothing.',
    look: 'shop',
    async run() {
      await newCart()
      for (let time = 0; time < 2; time++)
        await click(
          { action: 'add', product: product(2), quantity: 1 },
          'Add a chair, without a key',
        )
      const key = `tour-${Date.now()}`
      for (let time = 0; time < 2; time++)
        await click(
          { action: 'add', product: product(3), quantity: 1, key },
          'Add headphones, with a key',
        )
    },
  },
  {
    title: 'Merge',
    text: 'A guest fills a cart, signs in, and has a cart already. Both become one; the guest’s cart cannot be changed afterwards.',
    button: 'Merge a guest’s cart',
    watch:
      'PostgreSQL merges in one transaction. DynamoDB changes two items in steps that can be repeated.',
    look: 'shop',
    async run() {
      await newCart()
      await click({ action: 'add', product: product(4), quantity: 1 }, 'Add a backpack')
      const guest = await otherCart()
      await clickOn(guest, { action: 'add', product: product(5), quantity: 2 })
      await click({ action: 'merge', from: guest }, 'Merge the guest’s cart')
    },
  },
  {
    title: 'A hot cart',
    text: 'Twenty requests add to one cart at once, as a family does, or a script.',
    button: 'Send 20 adds at once',
    watch:
      'Both carts hold 20 units more, and the version has risen by 20. A faulty cart would show fewer.',
    look: 'shop',
    async run() {
      if (Object.keys(carts.value).length === 0) await newCart()
      const add = { action: 'add', product: product(6), quantity: 1 } as const
      await burst(
        Array.from({ length: 20 }, () => add),
        '20 adds at once, then a read',
      )
    },
  },
  {
    title: 'Throttling',
    text: 'DynamoDB refuses requests beyond the capacity of a table. The service repeats them, and shoppers wait.',
    button: 'Let 90 shoppers in and throttle',
    watch:
      'The latency of DynamoDB rises. Some requests may be refused; the checker finds nothing lost.',
    look: 'load',
    async run() {
      await setLoad(90, mix())
      await turn('throttled', 'dynamodb', true)
    },
  },
  {
    title: 'Failover',
    text: 'The database process is killed in the middle of the load, and starts again on its data.',
    button: 'Kill both databases',
    watch:
      'Requests fail for a moment, with an unknown outcome. After the restart, everything that was acknowledged is there.',
    look: 'checks',
    async run() {
      await turn('throttled', 'dynamodb', false)
      await setLoad(90, mix())
      for (const { key } of own()) void setFault('kill_database', key, true)
    },
  },
  {
    title: 'Cost crossover',
    text: 'DynamoDB bills every request, PostgreSQL an instance. Few shoppers favour DynamoDB, many favour PostgreSQL.',
    button: 'Go from 30 to 300 shoppers',
    watch:
      'The monthly cost of DynamoDB grows with the rate; that of PostgreSQL stays until its instance is too small.',
    look: 'load',
    async run() {
      await setLoad(30, mix())
      await new Promise((done) => setTimeout(done, 6000))
      await setLoad(300, mix())
    },
  },
  {
    title: 'What to choose',
    text: 'Both databases keep the same promises. Traffic, operations and price decide: `npm run compare` computes it for your shop. See last what a faulty cart loses.',
    button: 'Replace one service by a faulty one',
    watch:
      'The checker finds lost adds on that side within seconds, with a timeline of how each was lost.',
    look: 'checks',
    async run() {
      await setLoad(90, 'filling')
      const [side] = own()
      if (side !== undefined) await setFault('lost_updates', side.key, true)
    },
  },
]

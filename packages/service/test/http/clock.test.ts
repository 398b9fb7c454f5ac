import { describe, expect, it } from 'vitest'
import { makeApp } from '../../../../test/support/app.ts'
import { countOnly } from '../../src/observe/observe.ts'

describe('an instance whose clock is off', () => {
  it('says so in /health/ready, what it does, and stays ready', async () => {
    const { get } = makeApp({ clockOffset: () => 691_200_400 })
    const answer = await get('/health/ready')
    expect(answer.statusCode).toBe(200)
    expect(answer.json()).toEqual({
      status: 'ok',
      warnings: [
        {
          code: 'CLOCK_OFFSET',
          message:
            "The clock of this instance is 691200 s ahead of that of the database. Carts use the database's time. Token checks and log lines use this instance's clock: correct it.",
          offset_seconds: 691_200,
        },
      ],
    })
  })

  it.each([undefined, 0, 4000, -4000])('says nothing of %j ms', async (offset) => {
    const { get } = makeApp({ clockOffset: () => offset })
    expect((await get('/health/ready')).json()).toEqual({ status: 'ok' })
  })

  it('shows the offset in a metric, if there is one', async () => {
    const observe = countOnly()
    let offset: number | undefined
    observe.metrics.clockOpened(() => offset)
    const { get } = makeApp({ observe })
    offset = -8500
    expect((await get('/metrics')).body).toMatch(/^pushcart_clock_offset_seconds -8\.5$/m)
  })
})

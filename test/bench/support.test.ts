import { describe, expect, it } from 'vitest'
import { cartId } from '../../bench/carts.ts'
import { InvalidRun } from '../../bench/invalid-run.ts'
import { numbered, pgbenchConstants, pgbenchScript } from '../../bench/opponents/statement.ts'
import { addStatements, createStatement, getStatements } from '../../bench/opponents/statements.ts'
import { mismatch } from '../../bench/support/acknowledged.ts'
import { parseLoadResult } from '../../bench/support/load.ts'
import { parsePgbench } from '../../bench/support/pgbench.ts'
import { drawRequests } from '../../bench/support/requests.ts'
import { missingTools } from '../../bench/support/tools.ts'
import { parseCartId } from '../../src/cart/ids.ts'

const PGBENCH = `pgbench (15.18 (Debian 15.18-0+deb12u1), server 18.4)
transaction type: get.sql
scaling factor: 1
query mode: prepared
number of clients: 16
number of threads: 2
maximum number of tries: 1
duration: 2 s
number of transactions actually processed: 58626
number of failed transactions: 0 (0.000%)
latency average = 0.546 ms
initial connection time = 61.250 ms
tps = 29313.699219 (without initial connection time)
`

describe('the output of pgbench', () => {
  it('is parsed', () => {
    expect(parsePgbench(PGBENCH)).toEqual({
      transactions: 58_626,
      per_second: 29_313.699219,
      average_ms: 0.546,
    })
  })

  it('is invalid with failed transactions', () => {
    const failed = PGBENCH.replace('failed transactions: 0', 'failed transactions: 3')
    expect(() => parsePgbench(failed)).toThrow(InvalidRun)
  })

  it('is invalid without a rate', () => {
    expect(() => parsePgbench(PGBENCH.replace(/^tps.*/m, ''))).toThrow(InvalidRun)
  })

  it('is a rate of 0 if connecting took all the time', () => {
    const none = 'number of transactions actually processed: 0\n'
    expect(parsePgbench(none).per_second).toBe(0)
  })
})

describe('the output of a load generator', () => {
  it('is its last line', () => {
    const output = `Running 5s test\n  1 threads\n{"answers":10,"seconds":2,"failures":0,"p50_ms":1.5,"p99_ms":3}\n`
    expect(parseLoadResult(output)).toEqual({
      answers: 10,
      seconds: 2,
      failures: 0,
      p50_ms: 1.5,
      p99_ms: 3,
    })
  })

  it('is invalid if it is not a result', () => {
    expect(() => parseLoadResult('unable to connect to 127.0.0.1:1\n')).toThrow(InvalidRun)
  })
})

describe('the statements of the opponents', () => {
  it('draw each parameter on one line, followed by the statement on one line', () => {
    const lines = pgbenchScript(addStatements([1, 7])[0]).split('\n')
    expect(lines[0]).toBe('\\set cart random(8000000000000001, 8000000000000007)')
    expect(lines[1]).toBe('\\set product random(1, 5)')
    expect(lines[2]).toMatch(/^with line as .* returning version;$/)
    expect(lines).toHaveLength(4)
  })

  it.each([...getStatements(), ...addStatements(), createStatement()])(
    'name every parameter, drawn or fixed: $name',
    (statement) => {
      const known = [...Object.keys(statement.drawn), ...Object.keys(statement.fixed)]
      expect(numbered(statement.sql).names.toSorted()).toEqual(known.toSorted())
      expect(pgbenchConstants(statement)).toHaveLength(2 * Object.keys(statement.fixed).length)
    },
  )

  it('number a parameter once and leave casts alone', () => {
    expect(numbered(`select :a::int, :b, (:a || '')::uuid`)).toEqual({
      text: `select $1::int, $2, ($1 || '')::uuid`,
      names: ['a', 'b'],
    })
  })
})

describe('the requests', () => {
  it('are the same in every run, for carts within the bounds', () => {
    const drawn = drawRequests('get', [3, 4], 100)
    expect(drawn).toEqual(drawRequests('get', [3, 4], 100))
    expect(new Set(drawn.map(({ path }) => path))).toEqual(
      new Set([3, 4].map((number) => `/shopping-carts/${cartId(number)}`)),
    )
  })

  it('use cart ids that the service accepts', () => {
    for (const number of [1, 20_000, 1_000_000]) {
      expect(parseCartId(cartId(number))).toBe(cartId(number))
    }
  })

  it('of a mix have gets, adds and creates in the ratio 6 : 3 : 1', () => {
    const drawn = drawRequests('mix', [1, 10], 5000)
    const share = (pattern: RegExp) =>
      drawn.filter(({ method, path }) => pattern.test(`${method} ${path}`)).length / drawn.length
    expect(share(/^GET/)).toBeCloseTo(0.6, 1)
    expect(share(/^POST .*\/items$/)).toBeCloseTo(0.3, 1)
    expect(share(/^POST \/shopping-carts$/)).toBeCloseTo(0.1, 1)
  })
})

describe('acknowledged changes', () => {
  it('may be exceeded by the requests in flight', () => {
    expect(mismatch([100, 100, 100], { count: 100, inFlight: 0 })).toBeUndefined()
    expect(mismatch([164, 164, 164], { count: 100, inFlight: 64 })).toBeUndefined()
  })

  it('must all be in the database', () => {
    expect(mismatch([99, 99, 99], { count: 100, inFlight: 64 })).toContain('holds only 99')
  })

  it('must be the only changes in the database', () => {
    expect(mismatch([165], { count: 100, inFlight: 64 })).toContain('holds 165')
  })

  it('must agree with versions, units and lines', () => {
    expect(mismatch([101, 101, 100], { count: 100, inFlight: 64 })).toContain('contradicts itself')
  })
})

it('names the package of each missing program', () => {
  expect(missingTools({ wrk: 'wrk 4', pgbench: 'pgbench 15' })).toEqual([])
  const lines = missingTools({ wrk: undefined, pgbench: undefined })
  expect(lines[0]).toContain('apt-get install wrk')
  expect(lines[1]).toContain('apt-get install postgresql-contrib')
})

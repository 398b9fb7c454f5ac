import { checkHistory, type Operation } from '@pushcart/histories'
import { describe, expect, it } from 'vitest'
import { simulate } from '../../../../histories/test/support/wrong-stores/simulate.ts'
import { WRONG_STORES } from '../../../../histories/test/support/wrong-stores/wrong-stores.ts'
import { consistencyHtml, consistencyMarkdown } from '../../../src/report/guarantees/render.ts'
import { consistencyLines } from '../../../src/report/guarantees/terminal.ts'
import { operationLines } from '../../../src/report/guarantees/words.ts'

function explained(name: string, versions: boolean) {
  const store = WRONG_STORES[name]
  const history = simulate({ seed: 1, versions, ...(store && { store }) })
  return { report: checkHistory(history, { shrinkMs: 0 }), header: history.header }
}

const OPENING =
  /^320 of 1,311 acknowledged units are missing at the end and 154 units are doubled, in \d+ of \d+ carts: at least \d+ of every 1,000 acknowledged changes\.$/

describe('a report on a cart that loses adds', () => {
  const lost = explained('read-modify-write without a condition', false)

  it('opens with what is missing, in every format', () => {
    const lines = consistencyLines(lost)
    expect(lines[0]).toMatch(OPENING)
    expect(lines[2]).toMatch(/^Diagnosis: Lost updates \(\d+ carts\)$/)
    const bold = consistencyMarkdown([lost])
      .split('\n')
      .filter((line) => line.startsWith('**'))
    expect(bold[0]?.replaceAll('**', '')).toMatch(OPENING)
    expect(bold[1]).toContain('Violated: ')
    const html = consistencyHtml([lost])
    expect(html.indexOf(lines[0] ?? '-')).toBeGreaterThan(0)
    expect(html.indexOf(lines[0] ?? '-')).toBeLessThan(html.indexOf('id="diagnosis"'))
    expect(html.indexOf('id="diagnosis"')).toBeLessThan(html.indexOf('id="guarantees"'))
  })

  it('names no cause that the run rules out', () => {
    // Eventual reads are stale by right; the report says so, in a section of its own.
    const [promised = ''] = consistencyMarkdown([lost]).split('## Anomalies that no guarantee')
    for (const text of [consistencyLines(lost).join('\n'), promised]) {
      expect(text).not.toMatch(/replica|cache/i)
      expect(text).toContain('No later read of any client showed these units again')
    }
  })

  it('lists every violation of a promise below a diagnosis', () => {
    const text = consistencyLines(lost).join('\n')
    for (const { guarantee, promised, verdict } of lost.report.findings)
      if (promised && verdict === 'violated')
        expect(text).toContain(`    ${guarantee.replaceAll('_', ' ')}, `)
  })
})

it('a report on stale reads says that nothing is lost', () => {
  const lines = consistencyLines(explained('stale cache on reads', false))
  expect(lines[0]).toMatch(/^No unit is lost or doubled: the carts hold all [\d,]+ acknowledged/)
  expect(lines[2]).toMatch(/^Diagnosis: Stale reads/)
})

describe('the operations of an explanation', () => {
  const read = (id: number, quantities: readonly number[]): Operation => ({
    id,
    session: `s${id}`,
    process: 'i0',
    kind: 'get',
    cart: 'c',
    read: 'strong',
    intended: id,
    call: id,
    return: id,
    status: 'ok',
    lines: quantities.map((quantity, at) => [`p${at}`, quantity]),
  })
  const shown = (operations: readonly Operation[]) =>
    operationLines(operations).map((line) => line.replace(/^.*?: /, ''))

  it('never print two different reads alike', () => {
    const lines = shown([read(1, [1, 1, 1, 1, 1, 1, 2]), read(2, [1, 1, 1, 1, 1, 1, 3])])
    expect(lines).toEqual(['read (strong): 2 × p6', 'read (strong): 3 × p6'])
  })

  it('show lines in which reads differ beside those that were changed', () => {
    const add: Operation = { ...read(0, []), kind: 'add', lines: [['p0', 4]] }
    const [, a, b] = shown([add, read(1, [4, 1, 1, 1, 1, 7]), read(2, [4, 1, 1, 1, 1, 8])])
    expect(a).toContain('7 × p5')
    expect(b).toContain('8 × p5')
  })
})

it('eventual reads name the lagging copy that the lab itself added', () => {
  const source = 'a hot standby that the lab added, delayed by 400 ms'
  const one = explained('stale cache on reads', false)
  const delayed = { ...one, header: { ...one.header, eventual_from: source } }
  const wanted = new RegExp(`^eventual reads: .* stale in .*; from ${source}$`)
  expect(consistencyLines(delayed)).toContainEqual(expect.stringMatching(wanted))
  expect(consistencyLines(one).join('\n')).not.toContain('standby')
  expect(consistencyMarkdown([delayed])).toContain(`; from ${source}.`)
})

import { expect, test } from 'vitest'
import { logAxis } from '../../../lab/page/plot/axes.ts'
import { stripPlot } from '../../../lab/report/plots/strip-plot.ts'

test('attributes are shortened, labels are not changed', () => {
  const label = '192.168.1.100 font-family: x; class="y" v1.23456'
  const samples = [[1.23456, 2, 3]]
  const operation = { operation: 'get_cart', title: 'Get a cart', samples }
  const svg = stripPlot(
    [{ key: 'a', label, store: null, warning: null }],
    operation,
    logAxis(samples.flat()),
  )
  const texts = [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, text]) => text)
  expect(texts).toContain(label.replaceAll('"', '&quot;'))
  const attributes = [...svg.matchAll(/ ([\w-]+)="([^"]*)"/g)].map(([, , value]) => value ?? '')
  expect(attributes.join(' ')).not.toMatch(/font-family|\d\.\d{3}/)
})

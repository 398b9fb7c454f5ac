import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

// A state does not show `lifecycle`, so this looks at the source.
it('destroys a target group only after the listener has been moved to another', () => {
  const alb = new URL('../../terraform/modules/alb/main.tf', import.meta.url)
  const [group] = /^resource "aws_lb_target_group".*?^\}/ms.exec(readFileSync(alb, 'utf8')) ?? []
  expect(group).toMatch(/^ {2}lifecycle \{.*create_before_destroy += true/ms)
})

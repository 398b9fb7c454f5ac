import { expect, it } from 'vitest'
import { blocksOf, parseFolders, readFiles } from '../../scripts/terraform/fallback/parse.ts'
import { at } from '../../scripts/terraform/resources.ts'

it('removes a target group only after the listener has turned away from it', async () => {
  const files = [...readFiles()].filter(([path]) => path.startsWith('modules/alb/'))
  const [folder] = await parseFolders(new Map(files))
  if (folder === undefined) throw new Error('There is no modules/alb')
  const group = blocksOf(folder, 'resource').get('aws_lb_target_group.store')
  expect(at(group, 'lifecycle.0.create_before_destroy')).toBe(true)
})

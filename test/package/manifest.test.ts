import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { PACKAGES, publishedManifest } from '../../scripts/pack.ts'

/** What npm compares with the provenance of a package. */
it.each(PACKAGES)('the published manifest of %s names the repository that packed it', (folder) => {
  const file = new URL(`../../${folder}/package.json`, import.meta.url)
  const manifest = JSON.parse(readFileSync(file, 'utf8'))
  expect(publishedManifest(manifest, folder, 'https://github.com/shop/carts')).toMatchObject({
    repository: { type: 'git', url: 'git+https://github.com/shop/carts.git' },
  })
  expect(publishedManifest(manifest, folder)).not.toHaveProperty('repository')
})

import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const PAGES = globSync('**/*.md', {
  cwd: ROOT,
  exclude: (name) => ['node_modules', 'build', 'results'].includes(name),
})

/** The anchors of a page's headings, as GitHub derives them. */
function anchors(page: string): string[] {
  const text = readFileSync(join(ROOT, page), 'utf8').replaceAll(/```.*?```/gs, '')
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  )
}

/** The links of a page that lead nowhere in the repository. */
function brokenLinks(page: string): string[] {
  const text = readFileSync(join(ROOT, page), 'utf8')
  const links = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link)
  return links.filter((link) => {
    if (/^\w+:/.test(link)) return false
    const [path = '', anchor] = link.split('#')
    const target = path === '' ? page : relative(ROOT, join(ROOT, dirname(page), path))
    if (!existsSync(join(ROOT, target))) return true
    return anchor !== undefined && target.endsWith('.md') && !anchors(target).includes(anchor)
  })
}

it('finds the pages', () => {
  expect(PAGES).toEqual(expect.arrayContaining(['README.md', join('docs', 'tutorial.md')]))
})

it.each(PAGES)('every link of %s leads to a file and a heading', (page) => {
  expect(brokenLinks(page)).toEqual([])
})

/** Folders that a page names files of. The old ones make a path that was not adapted to a move fail. */
const FOLDERS = 'bench|docker|docs|lab|packages|scripts|src|terraform|test|tools'

/** The files that a page names in code, and that exist neither in its folder nor in the repository's. */
function missingFiles(page: string): string[] {
  const text = readFileSync(join(ROOT, page), 'utf8')
  const code = [...text.matchAll(/`[^`]+`|^```sh\n.*?^```/gms)].map(([found]) => found).join('\n')
  const paths = [...code.matchAll(new RegExp(`(?<=^|[\\s\`])(?:${FOLDERS})/[\\w./-]+`, 'gm'))]
  // The reader of the implementation guide writes the store on MongoDB; capitals stand for any name.
  const named = paths.map(([path]) => path).filter((path) => !/mongo|[A-Z]{4}/.test(path))
  return named.filter(
    (path) => ![ROOT, join(ROOT, dirname(page))].some((folder) => existsSync(join(folder, path))),
  )
}

it.each(PAGES)('every file that %s names exists', (page) => {
  expect(missingFiles(page)).toEqual([])
})

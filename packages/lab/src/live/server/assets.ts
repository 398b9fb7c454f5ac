import { readdirSync, readFileSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import { extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { STYLE } from '../../page/style.ts'
import { CONSISTENCY_STYLE } from '../../report/guarantees/style.ts'

/** A file of the page, ready to be sent. */
export interface Asset {
  readonly type: string
  /** Compressed with gzip. */
  readonly body: Buffer
}

/** Libraries of the page: what modules import, and the file of the package that it means. */
const LIBRARIES = {
  'lit-html': 'lit-html/lit-html.js',
  '@preact/signals-core': '@preact/signals-core/dist/signals-core.module.js',
  uplot: 'uplot/dist/uPlot.esm.js',
} as const

/** Modules outside the page's folder that it shares with the server. */
const SHARED = ['../buckets', '../protocol']

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
}

/**
 * All files of the page by their path. In a checkout the modules are TypeScript, whose types are stripped here; a published
 * package has JavaScript.
 */
export function readAssets(): ReadonlyMap<string, Asset> {
  const folder = fileURLToPath(new URL('../browser', import.meta.url))
  const extension = extname(fileURLToPath(import.meta.url))
  const modules = [
    ...readdirSync(folder).filter((name) => name.endsWith(extension) && !name.endsWith('.d.ts')),
    ...SHARED.map((name) => `${name}${extension}`),
  ]
  const assets = new Map<string, Asset>()
  const add = (path: string, type: string, text: string) =>
    assets.set(path, { type: TYPES[type] ?? '', body: gzipSync(text) })
  for (const name of modules) {
    const source = readFileSync(join(folder, name), 'utf8')
    add(join('/live/browser', name), '.js', script(source, extension))
  }
  for (const file of Object.values(LIBRARIES))
    add(`/lib/${file}`, '.js', readFileSync(packageFile(file), 'utf8'))
  const html = readFileSync(join(folder, 'index.html'), 'utf8')
  add('/', '.html', html.replace('{main}', `/live/browser/main${extension}`))
  const own = readFileSync(join(folder, 'live.css'), 'utf8')
  const plots = readFileSync(packageFile('uplot/dist/uPlot.min.css'), 'utf8')
  add('/live.css', '.css', [STYLE, CONSISTENCY_STYLE, plots, own].join('\n'))
  return assets
}

/** JavaScript that a browser can load: without types, and with paths in place of names of packages. */
function script(source: string, extension: string): string {
  const plain = extension === '.ts' ? withoutTypes(source) : source
  return plain.replace(/(from\s*|import\()'([^'.][^']*)'/g, (whole, from: string, name: string) =>
    name in LIBRARIES ? `${from}'/lib/${LIBRARIES[name as keyof typeof LIBRARIES]}'` : whole,
  )
}

/** Node calls this function experimental although it runs TypeScript by it; the warning would say nothing to the reader. */
function withoutTypes(source: string): string {
  const { emitWarning } = process
  process.emitWarning = () => {}
  try {
    return stripTypeScriptTypes(source)
  } finally {
    process.emitWarning = emitWarning
  }
}

function packageFile(file: string): string {
  const name = file.startsWith('@')
    ? file.split('/').slice(0, 2).join('/')
    : (file.split('/')[0] ?? '')
  const entry = fileURLToPath(import.meta.resolve(name))
  const root = entry.slice(
    0,
    entry.lastIndexOf(`node_modules/${name}/`) + `node_modules/${name}/`.length,
  )
  return join(root, file.slice(name.length + 1))
}

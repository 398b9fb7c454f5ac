import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { inflate } from '@sparticuz/chromium'
import type { AxeResults } from 'axe-core'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll } from 'vitest'

/** The Chromium that npm brings is built for x64 alone; elsewhere the tests that need it are skipped. */
export const HAS_BROWSER = process.arch === 'x64'

/** A headless Chromium of one test file. Disposing ends it and removes its files. */
export interface TestBrowser extends AsyncDisposable {
  readonly browser: Browser
}

/** A page of the browser of this file, closed after `look`. It allows scripts, because axe is one. */
export type Look = <T>(
  options: { readonly width: number; readonly colorScheme: 'light' | 'dark' },
  look: (page: Page) => Promise<T>,
) => Promise<T>

/** Starts a browser before the tests of this file and ends it after them. */
export function useBrowser(): Look {
  let opened: TestBrowser | undefined
  beforeAll(async () => {
    opened = await openBrowser()
  })
  afterAll(() => opened?.[Symbol.asyncDispose]())
  return async ({ width, colorScheme }, look) => {
    if (opened === undefined) throw new Error('the browser did not start')
    const viewport = { width, height: 900 }
    const page = await opened.browser.newPage({
      viewport,
      colorScheme,
      bypassCSP: true,
      // Chromium derives an invalid language from LANG=POSIX, on which Intl throws.
      locale: 'en-US',
    })
    try {
      return await look(page)
    } finally {
      await page.close()
    }
  }
}

/** What axe finds in a page. */
export async function runAxe(page: Page): Promise<AxeResults> {
  const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js')
  await page.evaluate(await readFile(axe, 'utf8'))
  return (await page.evaluate('axe.run()')) as AxeResults
}

/**
 * Unpacks the Chromium that npm brought and starts it, in a folder of its own: the package's shared place
 * in the temporary folder belongs to whoever was first, and half a file there would stay for ever. Unpacking
 * takes about 2.5 s.
 */
export async function openBrowser(): Promise<TestBrowser> {
  const folder = await mkdtemp(join(tmpdir(), 'pushcart-browser-'))
  const remove = () => rm(folder, { recursive: true, force: true, maxRetries: 3 })
  try {
    const env = { ...process.env, ...(await unpack(folder)) }
    const browser = await launch(join(folder, 'chromium'), env).catch((error) => {
      // A bare machine lacks the few libraries that the package carries for one.
      if (!/shared libraries/.test(String(error))) throw error
      return launch(join(folder, 'chromium'), {
        ...env,
        LD_LIBRARY_PATH: join(folder, 'al2023', 'lib'),
      })
    })
    return {
      browser,
      async [Symbol.asyncDispose]() {
        await browser.close()
        await remove()
      },
    }
  } catch (error) {
    await remove()
    throw error
  }
}

function launch(executablePath: string, env: Record<string, string | undefined>): Promise<Browser> {
  return chromium.launch({
    executablePath,
    env,
    // Chromium refuses its sandbox to root. The pages are our own files.
    args: ['--no-sandbox', '--disable-gpu', '--font-render-hinting=none'],
  })
}

/** Unpacks program, libraries and fonts; returns the environment that makes it use those fonts only. */
async function unpack(folder: string): Promise<Record<string, string>> {
  const entry = createRequire(import.meta.url).resolve('@sparticuz/chromium')
  const archives = join(dirname(dirname(entry)), 'bin')
  const before = process.env.TMPDIR
  // The package asks for the temporary folder whenever it unpacks.
  process.env.TMPDIR = folder
  try {
    const names = ['chromium.br', 'fonts.tar.br', 'al2023.tar.br']
    await Promise.all(names.map((name) => inflate(join(archives, name))))
  } finally {
    if (before === undefined) delete process.env.TMPDIR
    else process.env.TMPDIR = before
  }
  const config = join(folder, 'fonts.conf')
  await writeFile(
    config,
    `<?xml version="1.0"?><fontconfig><dir>${folder}/fonts</dir><cachedir>${folder}/font-cache</cachedir></fontconfig>`,
  )
  return { FONTCONFIG_FILE: config }
}

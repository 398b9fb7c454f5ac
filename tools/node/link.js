import { existsSync, symlinkSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/**
 * Makes `node_modules/.bin/node` the Node that npm brought for this platform, where npm has not done so itself: below
 * 11.6 it drops the link, because the packages for the other platforms, which it leaves out, name the same
 * command. Runs after `npm ci` (the `prepare` script), on whatever Node the machine has.
 */
const modules = new URL('../../node_modules/', import.meta.url)
const binary = `node-${process.platform}-${process.arch}/bin/node`
const link = fileURLToPath(new URL('.bin/node', modules))

if (process.platform !== 'win32' && existsSync(new URL(binary, modules)) && !existsSync(link)) {
  symlinkSync(`../${binary}`, link)
}

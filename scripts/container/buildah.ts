import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The folder of the Dockerfile, which is also the build context. */
export const CONTEXT = fileURLToPath(new URL('../..', import.meta.url))

/** Keeps the stand-in base between runs; ignored by git. */
export const CACHE = join(CONTEXT, '.cache/container')

/** Why no image can be built on this machine; undefined if one can. */
export function reasonNotToBuild(): string | undefined {
  if (process.platform !== 'linux') return 'it needs Linux'
  if (process.getuid?.() !== 0) return 'it needs root'
  const missing = ['buildah', 'debootstrap'].filter(
    (name) => spawnSync(name, ['--version'], { stdio: 'ignore' }).status !== 0,
  )
  if (missing.length === 0) return undefined
  return `${missing.join(' and ')} not installed (on Debian: apt-get install buildah debootstrap)`
}

/**
 * Runs buildah with its storage in `CACHE` and returns what it printed. The vfs driver and chroot isolation work inside a
 * container, where overlay mounts and user namespaces often do not.
 *
 * @throws Error with the standard error of a command that failed
 */
export function buildah(...args: readonly string[]): string {
  mkdirSync(CACHE, { recursive: true })
  const storage = ['--root', join(CACHE, 'storage'), '--runroot', join(CACHE, 'run')]
  return execFileSync('buildah', [...storage, ...args], {
    cwd: CONTEXT,
    encoding: 'utf8',
    env: { ...process.env, STORAGE_DRIVER: 'vfs', BUILDAH_ISOLATION: 'chroot' },
    maxBuffer: 2 ** 26,
    stdio: ['ignore', 'pipe', 'pipe'],
  }).trim()
}

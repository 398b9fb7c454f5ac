import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { buildah } from './buildah.ts'

/** A built image whose root file system is a folder of this machine. */
export interface Image extends Disposable {
  readonly root: string
  readonly workdir: string
  readonly env: Readonly<Record<string, string>>
  readonly labels: Readonly<Record<string, string>>
  /** ENTRYPOINT and CMD. */
  readonly command: readonly string[]
  /** The command of HEALTHCHECK. */
  readonly healthcheck: readonly string[]
  readonly stopSignal: NodeJS.Signals
  readonly uid: number
  readonly gid: number
}

/** The part of an image's configuration in Docker's format that is used here. */
interface Config {
  readonly User: string
  readonly Env: readonly string[]
  readonly Labels: Readonly<Record<string, string>>
  readonly Entrypoint: readonly string[]
  readonly Cmd: readonly string[]
  readonly WorkingDir: string
  readonly StopSignal: NodeJS.Signals
  readonly Healthcheck: { readonly Test: readonly string[] }
}

const NAME = 'pushcart:check'

/**
 * Builds the Dockerfile and mounts the image. Disposal removes it.
 *
 * @throws Error with the step that failed and what it printed
 */
export function buildImage(revision: string): Image {
  const options = ['--network', 'host', '--pull-never', '--format', 'docker']
  // Working containers of a build that failed stay.
  buildah('rm', '--all')
  buildah('bud', ...options, '--build-arg', `REVISION=${revision}`, '--tag', NAME, '.')
  const container = buildah('from', '--pull-never', NAME)
  const config = readConfig()
  const [uid = 0, gid = uid] = config.User.split(':').map(Number)
  const [kind, ...healthcheck] = config.Healthcheck.Test
  if (kind !== 'CMD') throw new Error(`The health check needs a shell: ${kind}`)
  return {
    root: buildah('mount', container),
    workdir: config.WorkingDir,
    env: Object.fromEntries(config.Env.map((pair) => pair.split(/=(.*)/s).slice(0, 2))),
    labels: config.Labels,
    command: [...config.Entrypoint, ...config.Cmd],
    healthcheck,
    stopSignal: config.StopSignal,
    uid,
    gid,
    [Symbol.dispose]() {
      buildah('rm', container)
      buildah('rmi', NAME)
    },
  }
}

function readConfig(): Config {
  const { Docker } = JSON.parse(buildah('inspect', '--type', 'image', NAME)) as {
    readonly Docker: { readonly config: Config }
  }
  return Docker.config
}

/** Bytes of all files below a folder. */
export function bytesOf(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0)
}

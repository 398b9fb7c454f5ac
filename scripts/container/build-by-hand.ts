import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readdirSync, statSync } from 'node:fs'
import { basename, dirname, join, posix } from 'node:path'
import { allowedPaths, CONTEXT, covers } from './context.ts'
import { execForm, type Instruction, last, parseDockerfile, type Stage } from './dockerfile.ts'
import type { ImageFiles } from './dockerfile-rules.ts'

/** A stage that was built: a folder in place of its root file system. */
export interface Built {
  readonly root: string
  readonly workdir: string
  readonly env: Readonly<Record<string, string>>
}

/** What is to be run of the last stage. */
export interface Image extends Built {
  readonly command: readonly string[]
  readonly healthcheck: readonly string[]
  /** Of USER, numbers. */
  readonly uid: number
  readonly gid: number
}

/**
 * Runs a Dockerfile's steps without Docker: each stage is a folder, COPY copies between them and from the context, RUN
 * runs in the stage's WORKDIR, with this process's Node first on the PATH. What the base images hold is not there, so a
 * RUN with absolute paths would reach for this machine's.
 *
 * @param folder an empty folder
 * @throws Error with the step that failed and what it printed
 */
export function buildByHand({ dockerfile, ignored }: ImageFiles, folder: string): Image {
  const stages = parseDockerfile(dockerfile)
  const allowed = allowedPaths(ignored)
  const built = new Map<string, Built>()
  let all: Instruction[] = []
  for (const stage of stages) {
    const done = buildStage(stage, join(folder, stage.name), built, allowed)
    built.set(stage.name, done)
    all = stage.instructions.slice()
  }
  const final = built.get(stages.at(-1)?.name ?? '')
  if (final === undefined) throw new Error('a Dockerfile without stages')
  const words = (keyword: string) =>
    execForm(last(all, keyword)?.text.replace(/^CMD\s+/, '') ?? '[]') ?? []
  const [uid = 0, gid = uid] = (last(all, 'USER')?.text ?? '0').split(':').map(Number)
  const command = [...words('ENTRYPOINT'), ...words('CMD')]
  return { ...final, command, healthcheck: words('HEALTHCHECK'), uid, gid }
}

function buildStage(
  stage: Stage,
  root: string,
  built: ReadonlyMap<string, Built>,
  allowed: readonly string[],
): Built {
  const base = built.get(stage.base)
  mkdirSync(root, { recursive: true })
  if (base !== undefined) cpSync(base.root, root, { recursive: true })
  let state: Built = { root, workdir: base?.workdir ?? '/', env: base?.env ?? {} }
  for (const step of stage.instructions) {
    if (step.keyword === 'WORKDIR') {
      mkdirSync(join(root, step.text), { recursive: true })
      state = { ...state, workdir: step.text }
    } else if (step.keyword === 'ENV') state = { ...state, env: { ...state.env, ...step.pairs } }
    else if (step.keyword === 'COPY') copy(step, state, built, allowed)
    else if (step.keyword === 'RUN') run(step, state)
  }
  return state
}

function copy(
  { flags, words }: Instruction,
  { root, workdir }: Built,
  built: ReadonlyMap<string, Built>,
  allowed: readonly string[],
): void {
  const to = words.at(-1) ?? ''
  const target = join(root, posix.resolve(workdir, to))
  const sources = words.slice(0, -1)
  for (const source of sources) {
    const from = sourceOf(source, flags.from, built, allowed)
    const folder = statSync(from).isDirectory()
    const place = !folder && to.endsWith('/') ? join(target, basename(source)) : target
    mkdirSync(dirname(place), { recursive: true })
    cpSync(from, place, { recursive: true, verbatimSymlinks: true })
  }
}

function sourceOf(
  source: string,
  stage: string | undefined,
  built: ReadonlyMap<string, Built>,
  allowed: readonly string[],
): string {
  const root = stage === undefined ? CONTEXT : built.get(stage)?.root
  if (root === undefined) throw new Error(`COPY --from=${stage}: there is no such stage`)
  if (stage === undefined && !covers(allowed, source))
    throw new Error(`COPY ${source}: .dockerignore holds it back`)
  const path = join(root, source)
  if (!existsSync(path)) throw new Error(`COPY ${source}: not there`)
  return path
}

function run({ text }: Instruction, { root, workdir, env }: Built): void {
  const { status, stdout, stderr } = spawnSync('sh', ['-c', text], {
    cwd: join(root, workdir),
    env: { ...ownEnv(), ...env },
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(`RUN ${text}\n${stdout}${stderr}`)
}

/** What a program needs to find others; none of the service's, npm's or the SDK's variables. */
export function ownEnv(): NodeJS.ProcessEnv {
  const { PATH, HOME, TMPDIR } = process.env
  const proxy = Object.entries(process.env).filter(([name]) =>
    /^(https?_proxy|no_proxy|npm_config_(registry|cache|userconfig)|NODE_EXTRA_CA_CERTS)$/i.test(
      name,
    ),
  )
  return {
    ...Object.fromEntries(proxy),
    PATH: `${dirname(process.execPath)}:${PATH}`,
    ...(HOME === undefined ? {} : { HOME }),
    ...(TMPDIR === undefined ? {} : { TMPDIR }),
  }
}

/** Bytes of all files below a folder, as an image's layers count them. */
export function bytesOf(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0)
}

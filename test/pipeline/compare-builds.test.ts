import { execFile } from 'node:child_process'
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { parse } from 'yaml'

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url))
const SCRIPT = path('../../scripts/pipeline/compare-builds.sh')
const SERVICE = path('build.js')
const PUSHCART = `${process.execPath} ${path('../../bin/pushcart.js')}`

/** Two builds, in folders, of which the second responds later; and a stand-in for pushcart that prints what it gets. */
async function builds(delays: readonly [number, number]) {
  const folder = await mkdtemp(join(tmpdir(), 'pushcart-builds-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  for (const [index, name] of ['a', 'b'].entries()) {
    await mkdir(join(folder, name))
    await writeFile(
      join(folder, name, 'start.sh'),
      `DELAY_MS=${delays[index]} exec "${process.execPath}" "${SERVICE}"\n`,
    )
  }
  const fake = join(folder, 'pushcart.sh')
  await writeFile(
    fake,
    'printf "%s\\n" "$@"\nfor word in "$@"; do case "$word" in http*) curl --silent --fail --output /dev/null "$word/health/ready" && echo "ready $word" >&2;; esac; done\nexit "$CODE"\n',
  )
  await chmod(fake, 0o755)
  return { folder, fake }
}

async function run(folder: string, env: Record<string, string>) {
  const settings = {
    PATH: process.env.PATH ?? '',
    START: 'exec bash start.sh',
    A_FOLDER: join(folder, 'a'),
    B_FOLDER: join(folder, 'b'),
    OUTPUT: join(folder, 'output'),
    CODE: '0',
    ...env,
  }
  const done = promisify(execFile)('bash', [SCRIPT], { cwd: folder, env: settings })
  onTestFinished(() => void done.child.kill())
  return done.then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    (error: { code: number; stdout: string; stderr: string }) => error,
  )
}

describe('the script of the action', () => {
  let made: Awaited<ReturnType<typeof builds>>
  beforeEach(async () => {
    made = await builds([0, 0])
  })

  test('starts both builds, passes what to compare, and ends them', async () => {
    const { code, stdout, stderr } = await run(made.folder, {
      PUSHCART: `bash ${made.fake}`,
      FAIL_IF: 'b.overall.p50 > 1.1 * a.overall.p50\n\nb.error_rate > 0.001\n',
      OPTIONS: '--closed --blocks 6',
      JUNIT: 'junit.xml',
    })
    expect(code).toBe(0)
    const [command, ...words] = stdout.trim().split('\n')
    expect(command).toBe('compare')
    expect(words.filter((_, at) => words[at - 1] === '--fail-if')).toEqual([
      'b.overall.p50 > 1.1 * a.overall.p50',
      'b.error_rate > 0.001',
    ])
    expect(words.slice(-5)).toEqual(['--junit', 'junit.xml', '--closed', '--blocks', '6'])
    const ready = stderr.match(/^ready (.*)$/gm) ?? []
    expect(ready).toHaveLength(2)
    for (const line of ready)
      await expect(fetch(`${line.slice('ready '.length)}/health/ready`)).rejects.toThrow()
  }, 60_000)

  test('ends with the exit code of the comparison', async () => {
    const { code } = await run(made.folder, { PUSHCART: `bash ${made.fake}`, CODE: '1' })
    expect(code).toBe(1)
  }, 60_000)

  test('repeats an inconclusive comparison, and no other', async () => {
    // Inconclusive until the third attempt, which meets a condition.
    const third = `echo attempt; [ "$(ls ${made.folder}/attempts | wc -l)" -ge 2 ] && exit 1; mktemp ${made.folder}/attempts/XXXX >&2; exit 2`
    await mkdir(join(made.folder, 'attempts'))
    await writeFile(join(made.folder, 'third.sh'), third)
    const settings = { PUSHCART: `bash ${made.folder}/third.sh` }
    const { code, stdout, stderr } = await run(made.folder, { ...settings, ATTEMPTS: '5' })
    expect([code, stdout.match(/attempt/g)?.length]).toEqual([1, 3])
    expect(stderr).toContain('compare-builds: inconclusive, attempt 3 of 5')
    const twice = await run(made.folder, {
      PUSHCART: `bash ${made.fake}`,
      CODE: '2',
      ATTEMPTS: '2',
    })
    expect([twice.code, twice.stdout.match(/^compare$/gm)?.length]).toEqual([2, 2])
    const wrong = await run(made.folder, { ATTEMPTS: 'three' })
    expect([wrong.code, wrong.stderr.trim()]).toEqual([
      3,
      'compare-builds: ATTEMPTS must be between 1 and 99 (got three)',
    ])
  }, 120_000)

  test('reports a build that does not start, in its words', async () => {
    const { code, stderr } = await run(made.folder, {
      START: 'echo no such module; exit 4',
      PUSHCART: `bash ${made.fake}`,
    })
    expect(code).toBe(2)
    expect(stderr).toContain('no such module')
    expect(stderr).toContain('compare-builds: service a ended before it was ready')
    const missing = await run(made.folder, { START: '' })
    expect([missing.code, missing.stderr.trim()]).toEqual([
      3,
      'compare-builds: START: the command that starts the service is required',
    ])
  }, 60_000)
})

describe('the action', () => {
  test('passes every input as a variable, and none inside of a script', async () => {
    const action = parse(await readFile(path('../../action.yml'), 'utf8'))
    const steps: { run: string; env: Record<string, string>; shell: string }[] = action.runs.steps
    expect(action.runs.using).toBe('composite')
    for (const step of steps) {
      expect(step.shell).toBe('bash')
      expect(step.run).not.toContain('${{')
    }
    const passed = steps.flatMap(({ env }) => Object.values(env)).join(' ')
    for (const input of Object.keys(action.inputs)) expect(passed).toContain(`inputs.${input} `)
  })
})

describe('our own workflow', () => {
  test('compares a pull request with main on three stores, and main with itself', async () => {
    const { jobs } = parse(await readFile(path('../../.github/workflows/ci.yml'), 'utf8'))
    const { strategy, steps } = jobs.compare
    const stores = strategy.matrix.include.map(({ store }: { store: string }) => store)
    expect(stores).toEqual(['memory', 'postgres', 'dynamodb'])
    const uses: Record<string, string>[] = steps.flatMap(
      (step: { uses?: string; with?: object }) => (step.uses === './' ? [step.with] : []),
    )
    const action = parse(await readFile(path('../../action.yml'), 'utf8'))
    for (const given of uses)
      for (const name of Object.keys(given)) expect(Object.keys(action.inputs)).toContain(name)
    const [change, itself] = uses
    expect(uses).toHaveLength(2)
    expect(change?.head).toBeUndefined()
    expect(itself?.head).toBe(itself?.base)
    // A difference in either direction fails.
    expect(itself?.['fail-if']?.trim().split('\n')).toEqual([
      'b.overall.p50 > 1.25 * a.overall.p50',
      'a.overall.p50 > 1.25 * b.overall.p50',
    ])
  })
})

describe('manifests for parts on many machines', () => {
  test('run every part once', async () => {
    const job = parse(await readFile(path('../../scripts/pipeline/kubernetes-job.yaml'), 'utf8'))
    const { completionMode, completions, parallelism, template } = job.spec
    expect([job.apiVersion, job.kind, completionMode]).toEqual(['batch/v1', 'Job', 'Indexed'])
    expect(parallelism).toBe(completions)
    const [container] = template.spec.containers
    expect(container.args[0]).toContain(`$((JOB_COMPLETION_INDEX + 1))/${completions}`)
    const task = JSON.parse(await readFile(path('../../scripts/pipeline/ecs-task.json'), 'utf8'))
    const [load] = task.containerDefinitions
    const names = load.environment.map(({ name }: { name: string }) => name)
    for (const name of names) expect(load.command[0]).toContain(`"$${name}"`)
    expect(names).toContain('PART')
  })
})

/**
 * Takes five minutes: `npm run check:pipeline`. Eight blocks, since fewer than seven can show no difference. Six seconds,
 * since a block is then valid although the generator lost its core in one of them; the first second of a process, which
 * is slow, is the warm-up. On a machine that is too busy all the same, the comparison is repeated.
 */
describe.runIf(process.env.CHECK_PIPELINE === '1')('two real builds', () => {
  const real = (folder: string) =>
    run(folder, {
      PUSHCART,
      ATTEMPTS: '3',
      FAIL_IF: 'b.overall.p50 > 1.1 * a.overall.p50\na.overall.p50 > 1.1 * b.overall.p50',
      OPTIONS:
        '--closed --connections 4 --mix read-heavy --carts 4 --duration 6 --warmup 1 --blocks 8 --iterations 1 --clients 2',
    })
  /** What the table of the comparison says of the median. */
  const verdict = (stdout: string) =>
    /^All operations, P50 .*$/m.exec(stdout)?.[0].split(/ {2,}/).at(-1)
  const minutes = 60_000

  test(
    'of which one is 20 % slower are told apart',
    async () => {
      const { folder } = await builds([20, 24])
      const { code, stdout, stderr } = await real(folder)
      expect(stderr).toContain('condition met: b.overall.p50 > 1.1 * a.overall.p50')
      expect(verdict(stdout)).toBe('base faster')
      expect(code).toBe(1)
    },
    20 * minutes,
  )

  test(
    'of which neither is slower are not',
    async () => {
      const { folder } = await builds([20, 20])
      const { code, stdout, stderr } = await real(folder)
      expect(stderr).toContain('condition not met: b.overall.p50 > 1.1 * a.overall.p50')
      expect(stderr).toContain('condition not met: a.overall.p50 > 1.1 * b.overall.p50')
      expect(verdict(stdout)).not.toContain('faster')
      expect(code).toBe(0)
    },
    20 * minutes,
  )
})

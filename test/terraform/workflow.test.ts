// biome-ignore-all lint/suspicious/noTemplateCurlyInString: GitHub has the same braces.

import { spawnSync } from 'node:child_process'
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const read = (path: string) => readFileSync(`${ROOT}/${path}`, 'utf8')
const packageJson = JSON.parse(read('package.json')) as {
  readonly version: string
  readonly scripts: Readonly<Record<string, string>>
}

interface WorkflowStep {
  readonly id?: string
  readonly uses?: string
  readonly run?: string
  readonly with?: Readonly<Record<string, unknown>>
}

interface Job {
  readonly needs?: string
  readonly environment?: string
  readonly if?: string
  readonly outputs?: Readonly<Record<string, string>>
  readonly permissions?: Readonly<Record<string, string>>
  readonly steps: readonly WorkflowStep[]
}

interface Workflow {
  readonly on: Readonly<Record<string, { readonly tags?: readonly string[] } | null>>
  readonly permissions: Readonly<Record<string, string>>
  readonly jobs: Readonly<Record<string, Job>>
}

const FILES = globSync('.github/workflows/*.yml', { cwd: ROOT })
const workflow = (name: string) => parse(read(`.github/workflows/${name}.yml`)) as Workflow
const stepsOf = ({ jobs }: Workflow) => Object.values(jobs).flatMap(({ steps }) => steps)
const needsOf = ({ jobs }: Workflow) =>
  Object.entries(jobs).map(([name, { needs }]) => [name, needs])
const runsOf = (job: Job | undefined) => job?.steps.flatMap(({ run = [] }) => run) ?? []

describe.each(FILES.map((file) => [basename(file, '.yml'), file]))('%s.yml', (name, file) => {
  it('may only read by default, and uses no secret', () => {
    expect(workflow(name).permissions).toEqual({ contents: 'read' })
    expect(read(file)).not.toMatch(/\{\{ *secrets|access-key|ACCESS_KEY|AKIA/i)
  })

  it('pins every action by digest, with its full version in a comment', () => {
    const uses = read(file)
      .split('\n')
      // An action of this repository has no digest: it is what was checked out.
      .filter((line) => /\buses: (?!\.\/)/.test(line))
    expect(uses.length).toBeGreaterThan(0)
    for (const line of uses) expect(line).toMatch(/uses: [\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/)
  })

  it('runs only scripts that exist', () => {
    for (const { run = '' } of stepsOf(workflow(name))) {
      for (const [, script = ''] of run.matchAll(/\bnpm run ([\w:]+)/g))
        expect(packageJson.scripts).toHaveProperty([script])
      for (const [, path = ''] of run.matchAll(/(?:^|\s)(?:node )?(scripts\/\S+|\.ci\/\S+)/g))
        expect([path, existsSync(`${ROOT}/${path}`)]).toEqual([path, true])
    }
  })
})

describe('deploy.yml', () => {
  const deploy = workflow('deploy')
  const imageBuild = deploy.jobs.image?.steps.find(({ uses = '' }) =>
    uses.startsWith('docker/build-push-action@'),
  )

  it('requests an identity only in jobs that are bound to an environment', () => {
    const identified = Object.entries(deploy.jobs).filter(
      ([, job]) => job.permissions?.['id-token'],
    )
    expect(identified.map(([name]) => name)).toEqual(['image', 'plan'])
    for (const [, job] of identified) expect(job.environment).toBe('prod')
  })

  it('tests, then builds, then plans, and applies nothing', () => {
    expect(needsOf(deploy)).toEqual([
      ['test', undefined],
      ['image', 'test'],
      ['plan', 'image'],
    ])
    for (const { run = '' } of stepsOf(deploy)) expect(run).not.toMatch(/terraform (apply|destroy)/)
  })

  it('builds for the architecture of the tasks', () => {
    expect(read('.github/workflows/deploy.yml')).toMatch(/runs-on: ubuntu-[\d.]+-arm\n/)
    expect(imageBuild?.with).toMatchObject({ platforms: 'linux/arm64' })
    expect(read('terraform/modules/ecs/main.tf')).toMatch(/cpu_architecture += "ARM64"/)
  })

  it('builds always, scans, and plans with the digest of what it built', () => {
    expect(imageBuild).toMatchObject({ id: 'build' })
    expect(imageBuild?.with).toMatchObject({ push: true, sbom: true, provenance: 'mode=max' })
    // A tag of its own for each run: one that exists is no image of this run.
    expect(imageBuild?.with?.tags).toContain('${{ github.run_id }}-${{ github.run_attempt }}')
    const digest = '${{ steps.build.outputs.digest }}'
    expect(deploy.jobs.image?.outputs).toEqual({ digest })
    const scan = deploy.jobs.image?.steps.find(({ uses = '' }) => uses.includes('trivy-action@'))
    expect(scan?.with).toMatchObject({ 'exit-code': '1' })
    expect(String(scan?.with?.['image-ref'])).toContain(`@${digest}`)
    expect(read('.github/workflows/deploy.yml')).toContain(
      'TF_VAR_image_digest: ${{ needs.image.outputs.digest }}',
    )
  })

  it('runs on a protected branch only', () => {
    expect(deploy.jobs.test?.if).toBe('github.ref_protected')
  })

  it('plans with a value for every input of the example', () => {
    const inputs = read('terraform/examples/prod/variables.tf').matchAll(/^variable "(\w+)"/gm)
    const names = [...inputs].map(([, name]) => name)
    const given = [...read('.github/workflows/deploy.yml').matchAll(/TF_VAR_(\w+):/g)]
    expect(names.length).toBeGreaterThan(0)
    expect(given.map(([, name]) => name).sort()).toEqual(names.sort())
  })
})

describe('the base of the image', () => {
  const DIGEST = `sha256:${'0123456789abcdef'.repeat(4)}`

  it.each(['deploy', 'release'])('is pinned by %s.yml before it is built on', (name) => {
    const { image } = workflow(name).jobs
    const steps = image?.steps ?? []
    const pin = steps.findIndex(({ run = '' }) =>
      /^scripts\/pin-base\.sh > base\.env\ncat base\.env >> "\$GITHUB_ENV"\n/.test(run),
    )
    const build = steps.findIndex(({ uses = '' }) => uses.startsWith('docker/build-push-action@'))
    expect(pin).toBeGreaterThan(0)
    expect(build).toBeGreaterThan(pin)
    expect(steps[build]?.with?.['build-args']).toContain('\nBASE=${{ env.BASE }}\n')
  })

  /** Runs the script with a docker that prints `digest`. */
  function pinBase(digest: string) {
    const folder = mkdtempSync(join(tmpdir(), 'pushcart-pin-'))
    try {
      const docker = `#!/bin/sh\n[ "$1 $2 $3" = "buildx imagetools inspect" ] && echo '${digest}'\n`
      writeFileSync(join(folder, 'docker'), docker, { mode: 0o755 })
      const env = { ...process.env, PATH: `${folder}:${process.env.PATH}` }
      return spawnSync(`${ROOT}/scripts/pin-base.sh`, { encoding: 'utf8', env })
    } finally {
      rmSync(folder, { recursive: true })
    }
  }

  it('is the tag of the Dockerfile with its digest', () => {
    const base = /^ARG BASE=(\S+)$/m.exec(read('Dockerfile'))?.[1]
    expect(pinBase(DIGEST).stdout).toBe(`BASE=${base}@${DIGEST}\n`)
  })

  it('is nothing without a digest', () => {
    for (const digest of ['', 'sha256:12', 'unauthorized']) {
      const { status, stdout, stderr } = pinBase(digest)
      expect([status, stdout]).toEqual([1, ''])
      expect(stderr).toMatch(/^pin-base\.sh: no digest for the base of the Dockerfile/)
    }
  })
})

describe('terraform', () => {
  it('has the same provider in every lock file, with the hashes of all platforms', () => {
    const files = ['.', 'examples/dev', 'examples/prod'].map((folder) =>
      read(`terraform/${folder}/.terraform.lock.hcl`),
    )
    expect(new Set(files).size).toBe(1)
    // The registry signs one checksum per platform.
    expect(files[0]?.match(/"zh:[0-9a-f]{64}"/g)).toHaveLength(15)
  })
})

describe('release.yml', () => {
  const release = workflow('release')
  const { test, pack, publish, image } = release.jobs

  it('starts for a version tag, tests, packs, then publishes packages and image', () => {
    expect(release.on).toEqual({ push: { tags: ['v*'] } })
    expect(needsOf(release)).toEqual([
      ['test', undefined],
      ['pack', 'test'],
      ['publish', 'pack'],
      ['image', 'pack'],
    ])
    expect(runsOf(test)).toEqual(['node scripts/check-tag.ts "$GITHUB_REF_NAME"', '.ci/run'])
    expect(runsOf(pack)).toEqual(['npm ci', 'node scripts/pack.ts'])
  })

  it('publishes each package with provenance, after the packages that it depends on', () => {
    expect(publish).toMatchObject({
      environment: 'npm',
      permissions: { contents: 'read', 'id-token': 'write' },
    })
    const published = runsOf(publish).map(
      (run) =>
        /^npm publish build\/tarballs\/(pushcart[a-z-]*?)-"\$\{GITHUB_REF_NAME#v\}"\.tgz --access public --provenance$/.exec(
          run,
        )?.[1],
    )
    expect(published).toEqual([
      'pushcart-client',
      'pushcart-histories',
      'pushcart-service',
      'pushcart-lab',
      'pushcart',
    ])
  })

  it('pushes the image with SBOM and provenance', () => {
    expect(image?.permissions).toEqual({ contents: 'read', packages: 'write' })
    const build = image?.steps.find(({ uses = '' }) => uses.startsWith('docker/build-push-action@'))
    expect(build?.with).toMatchObject({ push: true, sbom: true, provenance: 'mode=max' })
    const given = [...String(build?.with?.['build-args']).matchAll(/^(\w+)=/gm)]
    const declared = [...read('Dockerfile').matchAll(/^ARG (\w+)/gm)].map(([, arg]) => arg)
    const needed = new Set(declared)
    needed.delete('KEEP_SHELL')
    expect(given.map(([, arg]) => arg).sort()).toEqual([...needed].sort())
  })

  it.each([
    [`v${packageJson.version}`, 0],
    ['v99.0.0', 1],
  ])('accepts only the tag of the version: %s', (tag, code) => {
    const script = `${ROOT}/scripts/check-tag.ts`
    const { status, stderr } = spawnSync(process.execPath, [script, tag], { encoding: 'utf8' })
    expect(status).toBe(code)
    if (code === 1) expect(stderr).toContain(`package.json has version ${packageJson.version}`)
  })
})

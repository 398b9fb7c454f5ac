import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

// What a build on a stand-in for the base image does not show; `npm run check:container` shows the rest.

const read = (name: string) => readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8')
const DOCKERFILE = read('Dockerfile').replace(/\\\n/g, ' ')

const instructions = (keyword: string) =>
  [...DOCKERFILE.matchAll(new RegExp(`^${keyword} (.*)$`, 'gm'))].map(([, text = '']) => text)

describe('Dockerfile', () => {
  it('starts from an official Node image of a full version: the Node of the tests or a newer minor', () => {
    expect(instructions('FROM')[0]).toBe('$BASE AS base')
    const [base = ''] = instructions('ARG')
    const [, major, minor] = /^BASE=node:(\d+)\.(\d+)\.\d+-alpine\d+\.\d+$/.exec(base) ?? []
    const [ownMajor, ownMinor] = process.versions.node.split('.').map(Number)
    expect(Number(major)).toBe(ownMajor)
    expect(Number(minor)).toBeGreaterThanOrEqual(ownMinor ?? 0)
  })

  it('installs from lock files only, and runs no scripts of packages', () => {
    const runs = instructions('RUN')
    expect(runs.length).toBeGreaterThan(0)
    for (const run of runs)
      expect(run).toMatch(/^(npm ci .*--ignore-scripts|rm -rf [\w/* .-]+ && if)/)
    for (const run of runs.filter((each) => !each.startsWith('rm ')))
      expect(run).not.toMatch(/\b(curl|wget|apk|npx)\b|npm (i|install|add)\b/)
    expect(instructions('ADD')).toEqual([])
  })

  it('leaves no package manager and no shell in the image', () => {
    const last = DOCKERFILE.split(/^FROM /m).at(-1) ?? ''
    const removed = /^RUN rm -rf (.*)$/m.exec(last)?.[1]?.split(/[\s;]+/)
    expect(removed).toEqual(
      expect.arrayContaining([
        '/usr/local/lib/node_modules',
        '/usr/local/bin/npm',
        '/usr/local/bin/npx',
        '/sbin/apk',
        '/bin/sh',
        '/bin/busybox',
      ]),
    )
    expect(last.indexOf('RUN rm')).toBeLessThan(last.indexOf('USER'))
  })

  it('checks liveness, not the database', () => {
    expect(instructions('HEALTHCHECK').join()).toContain('/health/live')
  })

  it('uses only options of HEALTHCHECK that buildah and podman of Debian 12 know', () => {
    const options = [
      ...instructions('HEALTHCHECK')
        .join()
        .matchAll(/--([\w-]+)=/g),
    ]
    const known = ['interval', 'timeout', 'start-period', 'retries']
    expect(known).toEqual(expect.arrayContaining(options.map(([, name]) => name)))
  })

  it('has the user and the RDS certificates where Terraform expects them', () => {
    const [, user] = /user += "([^"]+)"/.exec(read('terraform/modules/ecs/main.tf')) ?? []
    expect(instructions('USER')).toEqual([user])
    const [, path = ''] = /rds_ca_file += "([^"]+)"/.exec(read('terraform/main.tf')) ?? []
    expect(path).not.toBe('')
    expect(instructions('COPY').filter((copy) => copy.endsWith(` ${path}`))).toHaveLength(1)
  })
})

describe('.dockerignore', () => {
  it('excludes everything but the paths that the Dockerfile copies', () => {
    const [first, ...allowed] = read('.dockerignore')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))
    expect(first).toBe('*')
    const copied = instructions('COPY')
      .filter((copy) => !copy.startsWith('--from'))
      .flatMap((copy) => copy.split(' ').slice(0, -1))
    expect(allowed.sort()).toEqual([...new Set(copied)].map((path) => `!${path}`).sort())
  })
})

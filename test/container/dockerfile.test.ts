import { describe, expect, it } from 'vitest'
import { allowedPaths, neededByService } from '../../scripts/container/context.ts'
import {
  DOCKERFILE_RULES,
  dockerfileProblems,
  type ImageFiles,
  imageFiles,
} from '../../scripts/container/dockerfile-rules.ts'

const FILES = imageFiles()

/** A mistake by the rule that must notice it: what is replaced in the Dockerfile, and by what. */
const MISTAKES: Readonly<Record<string, readonly [string | RegExp, string]>> = {
  'dockerfile-utils finds nothing': ['EXPOSE 8080', 'EXPOSE http'],
  'bases are official Node images with a full version': [/node:\S+/, 'node:latest'],
  'the Node of the tests, by major version, and not an older one': [/node:\d+/, 'node:24'],
  'the final stage is not root, by number': ['USER 1000:1000', 'USER node'],
  'nothing is downloaded without a checksum': [
    'COPY src ./src',
    'COPY src ./src\nADD https://example.com/global-bundle.pem /etc/pushcart/',
  ],
  'packages come from lock files, without their scripts': ['npm ci --ignore-scripts', 'npm ci'],
  'the modules of the service are those of production': [' --omit=dev', ''],
  'the final stage runs nothing, so that nothing of a build stays in it': [
    'COPY src ./src',
    'COPY src ./src\nRUN chmod -R a+r .',
  ],
  'node is started without a shell or npm between it and signals': [
    'ENTRYPOINT ["node", "cli.ts"]',
    'ENTRYPOINT node cli.ts',
  ],
  'stopped by SIGTERM': ['STOPSIGNAL SIGTERM', 'STOPSIGNAL SIGKILL'],
  'a health check that needs node alone and leaves the database alone': [
    '/health/live',
    '/health/ready',
  ],
  'listens on all addresses, on the port that is exposed, above 1023': ['EXPOSE 8080', 'EXPOSE 80'],
  'for production': ['NODE_ENV=production', 'NODE_ENV=development'],
  'labels of the Open Container Initiative, true to package.json': [
    /(image\.version)="[^"]+"/,
    '$1="9.9.9"',
  ],
  'no secrets in ARG or ENV': ['ARG REVISION', 'ARG NPM_TOKEN\nARG REVISION'],
  'the certificates of RDS are where Terraform looks for them': [
    ' /etc/pushcart/rds-global-bundle.pem',
    ' /etc/ssl/rds.pem',
  ],
  'all that the service imports is copied, to the same place': [
    'COPY lab/http/usage-error.ts lab/http/',
    '',
  ],
  'nothing is copied that the service does not need': [
    'COPY lab/http/usage-error.ts lab/http/',
    'COPY lab/http/usage-error.ts lab/http/exchange.ts lab/http/',
  ],
  '.dockerignore lets through what is copied, and nothing else': [
    'LICENSE ./',
    'LICENSE README.md ./',
  ],
}

function changed([from, to]: readonly [string | RegExp, string]): ImageFiles {
  const dockerfile = FILES.dockerfile.replace(from, to)
  expect(dockerfile).not.toBe(FILES.dockerfile)
  return { ...FILES, dockerfile }
}

describe('the Dockerfile', () => {
  it('keeps every rule', () => {
    expect(dockerfileProblems(FILES)).toEqual([])
  })

  it.each(DOCKERFILE_RULES.map(({ name }) => name))('a mistake is noticed: %s', (name) => {
    const mistake = MISTAKES[name]
    if (mistake === undefined) throw new Error('no mistake for this rule')
    expect(dockerfileProblems(changed(mistake)).join('\n')).toContain(`${name}: `)
  })

  it('is noticed to copy a folder to another place', () => {
    const files = changed(['COPY src ./src', 'COPY src ./source'])
    expect(dockerfileProblems(files).join('\n')).toContain('src/serve.ts')
  })

  it('is noticed to leave out what only a store or the tracing loads', () => {
    const files = neededByService().files
    for (const file of [
      'src/store/dynamodb/dynamo-store.ts',
      'src/store/postgres/migrations/0001_carts.sql',
      'src/observe/otlp-tracing.ts',
    ])
      expect(files).toContain(file)
    expect(files).not.toContain('lab/commands/compare.ts')
  })
})

describe('.dockerignore', () => {
  it('holds back everything that it does not name', () => {
    expect(allowedPaths('# about\n*\n!src\n!docker/certificates\n')).toEqual([
      'src',
      'docker/certificates',
    ])
    expect(() => allowedPaths('node_modules\n.env\n')).toThrow('does not begin with *')
    expect(() => allowedPaths('*\n!**/*.ts\n')).toThrow('!**/*.ts is not !path')
  })

  it('is noticed to let through more', () => {
    const ignored = `${FILES.ignored}!results\n`
    expect(dockerfileProblems({ ...FILES, ignored })).toEqual([
      '.dockerignore lets through what is copied, and nothing else: results is not copied',
    ])
  })
})

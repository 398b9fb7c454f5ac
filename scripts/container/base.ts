import { execFileSync } from 'node:child_process'
import {
  appendFileSync,
  copyFileSync,
  cpSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
} from 'node:fs'
import { join } from 'node:path'
import { buildah, CACHE, CONTEXT } from './buildah.ts'

/** The image that the Dockerfile starts from. */
export function baseName(): string {
  const text = readFileSync(join(CONTEXT, 'Dockerfile'), 'utf8')
  const name = /^ARG BASE=(\S+)/m.exec(text)?.[1]
  if (name === undefined) throw new Error('The Dockerfile has no ARG BASE')
  return name
}

/**
 * Commits a stand-in under the name of the base image, unless the cache holds one: a minimal Debian with this process's
 * Node and this machine's npm. So no registry of images is needed. The first run takes about a minute.
 *
 * @returns whether the stand-in was there already, in words
 */
export function ensureBase(name: string): string {
  const names = buildah('images', '--format', '{{.Name}}:{{.Tag}}').split('\n')
  if (names.includes(`docker.io/library/${name}`)) return 'cached'
  const root = join(CACHE, 'base')
  rmSync(root, { recursive: true, force: true })
  const { mirror, codename } = debian()
  try {
    // The Node that npm ships is linked with libatomic.
    const options = ['--variant=minbase', '--include=libatomic1']
    execFileSync('debootstrap', [...options, codename, root, mirror], { stdio: 'pipe' })
    addNode(root)
    const certificates = addCertificates(root)
    const container = buildah('from', 'scratch')
    buildah('copy', '--quiet', container, root, '/')
    if (certificates !== undefined)
      buildah('config', '--env', `NODE_EXTRA_CA_CERTS=${certificates}`, container)
    buildah('commit', '--quiet', '--rm', container, name)
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
  return `made from Debian ${codename}`
}

/** The mirror and release of this machine's own package sources. */
function debian(): { mirror: string; codename: string } {
  const codename = /^VERSION_CODENAME=(\w+)/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1]
  const format = '$(CODENAME) $(COMPONENT) $(REPO_URI)'
  const sources = execFileSync('apt-get', ['indextargets', '--format', format], {
    encoding: 'utf8',
  })
  const line = sources.split('\n').find((each) => each.startsWith(`${codename} main `))
  const mirror = line?.split(' ')[2]
  if (codename === undefined || mirror === undefined)
    throw new Error('The package sources of apt have no main component: run apt-get update')
  return { mirror, codename }
}

/** Node, npm, and the user `node`, as in the base image. */
function addNode(root: string): void {
  appendFileSync(join(root, 'etc/passwd'), 'node:x:1000:1000::/home/node:/bin/sh\n')
  // The npm that runs this script. Its `root --global` is that of the checkout's Node, which has no npm.
  const {
    npm_execpath: cli = realpathSync(execFileSync('which', ['npm'], { encoding: 'utf8' }).trim()),
  } = process.env
  const npm = join(cli, '../..')
  copyFileSync(process.execPath, join(root, 'usr/local/bin/node'))
  cpSync(npm, join(root, 'usr/local/lib/node_modules/npm'), { recursive: true })
  symlinkSync('../lib/node_modules/npm/bin/npm-cli.js', join(root, 'usr/local/bin/npm'))
}

/** Lets npm in the build trust what Node on this machine trusts. */
function addCertificates(root: string): string | undefined {
  const { NODE_EXTRA_CA_CERTS: own } = process.env
  if (own === undefined) return undefined
  const path = '/etc/ssl/extra-ca-certificates.pem'
  mkdirSync(join(root, 'etc/ssl'), { recursive: true })
  copyFileSync(own, join(root, path))
  return path
}

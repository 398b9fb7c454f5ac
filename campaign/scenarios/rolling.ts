import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { access, constants, mkdir, writeFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { disturb } from '../disturb.ts'
import { type Found, skipped } from '../found.ts'
import type { Conditions, Scenario } from '../scenario.ts'
import type { Instance } from '../service.ts'
import { openServices } from '../services.ts'
import { freePort } from '../support.ts'

type Proxy = 'nginx' | 'haproxy'
/** Until the proxy tries an instance again that it found closed: nginx at the next request, haproxy after its next check. */
const AGAIN_MS: Readonly<Record<Proxy, number>> = { nginx: 0, haproxy: 400 }
const ABOUT = 'SIGTERM and start of two instances in turns behind a proxy'

/** Rolling restarts: no client sees a failure. */
export const rolling: Scenario = {
  name: 'rolling',
  about: `${ABOUT} (nginx and haproxy, where installed)`,
  stores: ['postgres'],
  async run(conditions) {
    const found: Found[] = []
    for (const proxy of ['nginx', 'haproxy'] as const)
      for (const workers of [undefined, 2])
        found.push(
          (await isInstalled(proxy))
            ? await behind(proxy, workers, conditions)
            : skipped(nameOf(proxy, workers), conditions.store, ABOUT, `${proxy} is not installed`),
        )
    return found
  },
}

/** A row of the results. */
const nameOf = (proxy: Proxy, workers: number | undefined) =>
  `rolling, ${proxy}${workers === undefined ? '' : `, ${workers} workers`}`

/** @param workers of each instance; none: it is one process */
async function behind(
  proxy: Proxy,
  workers: number | undefined,
  conditions: Conditions,
): Promise<Found> {
  const folder = join(conditions.folder, nameOf(proxy, workers).replaceAll(/\W+/g, '-'))
  await mkdir(folder)
  const args = workers === undefined ? [] : ['--workers', `${workers}`]
  await using services = await openServices({ ...conditions, folder, count: 2, args })
  const { instances } = services
  const port = await freePort()
  await using _proxy = await startProxy(proxy, folder, port, instances)
  const url = `http://127.0.0.1:${port}`
  while (
    !(await fetch(`${url}/health/live`).then(
      ({ ok }) => ok,
      () => false,
    ))
  )
    await sleep(50)
  const processes = async () =>
    (await Promise.all(instances.map((instance) => instance.processes()))).flat()
  let turn = 0
  async function strike(): Promise<void> {
    const instance = instances[turn++ % 2] as Instance
    await instance.stop()
    await instance.start()
    await sleep(AGAIN_MS[proxy])
  }
  const found = await disturb({
    ...conditions,
    name: nameOf(proxy, workers),
    fault: ABOUT,
    targets: [{ url, processes, strike }],
    recoverWithinMs: 20_000,
  })
  const failed = Object.values(found.failures).reduce((sum, count) => sum + count, 0)
  const check = {
    criterion: 'no client sees a failure',
    measured: `failures: ${failed}`,
    // Ctrl-C abandons requests.
    passed: conditions.signal?.aborted === true ? null : failed === 0,
  }
  return { ...found, checks: [...found.checks, check] }
}

async function startProxy(
  proxy: Proxy,
  folder: string,
  port: number,
  instances: readonly Instance[],
): Promise<AsyncDisposable> {
  const file = join(folder, `${proxy}.conf`)
  await writeFile(
    file,
    proxy === 'nginx' ? nginxConf(folder, port, instances) : haproxyConf(port, instances),
  )
  const args = proxy === 'nginx' ? ['-p', folder, '-e', 'stderr', '-c', file] : ['-f', file]
  const child: ChildProcess = spawn(proxy, args, { stdio: 'ignore' })
  return {
    async [Symbol.asyncDispose]() {
      if (child.exitCode !== null || child.signalCode !== null) return
      const exited = once(child, 'exit')
      child.kill('SIGTERM')
      await exited
    },
  }
}

/**
 * As its documentation recommends for keep-alive connections to the service. With `max_fails=0` it tries the other instance at
 * every refused connection. By default it leaves an instance out for up to a second longer than `fail_timeout`, and responds with
 * 502 if the other one stops in that time.
 */
function nginxConf(folder: string, port: number, instances: readonly Instance[]): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((name) => `  ${name}_temp_path ${join(folder, name)};`)
    .join('\n')
  return `daemon off;
master_process off;
pid ${join(folder, 'nginx.pid')};
events { worker_connections 1024; }
http {
  access_log off;
${temporary}
  upstream carts {
${instances.map((instance) => `    server 127.0.0.1:${instance.port} max_fails=0;`).join('\n')}
    keepalive 32;
  }
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_pass http://carts;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Host $host;
    }
  }
}
`
}

function haproxyConf(port: number, instances: readonly Instance[]): string {
  return `global
  maxconn 1000
defaults
  mode http
  timeout connect 2s
  timeout client 30s
  timeout server 30s
  timeout check 2s
  retries 3
  option redispatch 1
  option httpchk GET /health/ready
frontend in
  bind 127.0.0.1:${port}
  default_backend carts
backend carts
${instances.map((instance, index) => `  server i${index} 127.0.0.1:${instance.port} check inter 100ms rise 1 fall 2`).join('\n')}
`
}

async function isInstalled(program: string): Promise<boolean> {
  const folders = (process.env.PATH ?? '').split(delimiter)
  const found = folders.map((folder) => access(join(folder, program), constants.X_OK))
  return (await Promise.allSettled(found)).some(({ status }) => status === 'fulfilled')
}

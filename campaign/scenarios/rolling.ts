import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { access, constants, mkdir, writeFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { openDatabase } from '../database.ts'
import { disturb } from '../disturb.ts'
import { type Found, skipped } from '../found.ts'
import { openProbe } from '../probe.ts'
import type { Conditions, Scenario } from '../scenario.ts'
import { type Instance, openInstance } from '../service.ts'
import { freePort } from '../support.ts'

type Proxy = 'nginx' | 'haproxy'
const ABOUT = 'SIGTERM and start of two instances in turns behind a proxy'

/** Rolling restarts: no client sees a failure. */
export const rolling: Scenario = {
  name: 'rolling',
  about: `${ABOUT} (nginx and haproxy, where installed)`,
  stores: ['postgres'],
  async run(conditions) {
    const found: Found[] = []
    for (const proxy of ['nginx', 'haproxy'] as const)
      found.push(
        (await isInstalled(proxy))
          ? await behind(proxy, conditions)
          : skipped('rolling', conditions.store, `${ABOUT}: ${proxy}`, `${proxy} is not installed`),
      )
    return found
  },
}

async function behind(proxy: Proxy, conditions: Conditions): Promise<Found> {
  const { store, seconds, times, seed, random, signal } = conditions
  const folder = join(conditions.folder, proxy)
  await mkdir(folder)
  await using database = await openDatabase(store, folder)
  const settings = { ...database.settings, CART_STORE_TYPE: store }
  await using first = await openInstance({ settings, args: ['--migrate'] })
  await using second = await openInstance({ settings })
  const instances = [first, second]
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
  await using probe = await openProbe(url, async () => instances.map((instance) => instance.pid()))
  let turn = 0
  const found = await disturb({
    name: 'rolling',
    store,
    fault: `${ABOUT}: ${proxy}`,
    hosts: [url],
    seconds,
    times,
    seed,
    random,
    probe,
    signal,
    recoverWithinMs: 20_000,
    async strike() {
      const instance = instances[turn++ % 2] as Instance
      await instance.stop()
      await instance.start()
      // Until the proxy tries an instance again that it found closed.
      await sleep(1500)
    },
  })
  const failed = Object.values(found.failures).reduce((sum, count) => sum + count, 0)
  const check = {
    criterion: 'no client sees a failure',
    measured: `${failed} failures`,
    passed: failed === 0,
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

/** As its documentation recommends for keep-alive connections to the service. */
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
${instances.map((instance) => `    server 127.0.0.1:${instance.port} max_fails=1 fail_timeout=1s;`).join('\n')}
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
  retries 3
  option redispatch 1
frontend in
  bind 127.0.0.1:${port}
  default_backend carts
backend carts
${instances.map((instance, index) => `  server i${index} 127.0.0.1:${instance.port} check inter 500ms`).join('\n')}
`
}

async function isInstalled(program: string): Promise<boolean> {
  const folders = (process.env.PATH ?? '').split(delimiter)
  const found = folders.map((folder) => access(join(folder, program), constants.X_OK))
  return (await Promise.allSettled(found)).some(({ status }) => status === 'fulfilled')
}

import { describe, expect, it } from 'vitest'
import { ConfigError } from '../../../src/config/config-error.ts'
import { parseDatabaseUrl } from '../../../src/store/postgres/url.ts'

const parse = (url: string, env = {}) => parseDatabaseUrl(url, env)
const ssl = (query: string, env = {}) =>
  parse(`postgres://h/db${query}`, env).routes.map((r) => r.ssl)
const UNVERIFIED = { rejectUnauthorized: false }

describe('DATABASE_URL', () => {
  it('has user, password, server and database, percent-decoded', () => {
    expect(parse('postgres://u%40x:p%23%3F%2F%25@db.example:6543/carts%20x')).toMatchObject({
      user: 'u@x',
      password: 'p#?/%',
      database: 'carts x',
      routes: [{ host: 'db.example', port: 6543, ssl: false }],
    })
  })

  it.each([
    ['postgresql://h/db', {}, 'h', 5432],
    ['postgres:///db', {}, 'localhost', 5432],
    ['postgres:///db', { PGHOST: 'elsewhere', PGPORT: '7000' }, 'elsewhere', 7000],
    ['postgres://[::1]:7000/db', {}, '::1', 7000],
    ['postgres://u:p@ss@h/db', {}, 'h', 5432],
    ['postgres:///db?host=/run/postgresql', {}, '/run/postgresql', 5432],
    ['postgres://%2Frun%2Fpostgresql/db', {}, '/run/postgresql', 5432],
  ])('%s with %j is %s, port %s', (url, env, host, port) => {
    expect(parse(url, env).routes).toEqual([{ host, port, ssl: false }])
  })

  it.each([
    [
      'postgres://a,b:7000/db',
      [
        ['a', 5432],
        ['b', 7000],
      ],
      true,
    ],
    [
      'postgres://a,b/db?target_session_attrs=any',
      [
        ['a', 5432],
        ['b', 5432],
      ],
      false,
    ],
    [
      'postgres:///db?host=a,b&port=1,2',
      [
        ['a', 1],
        ['b', 2],
      ],
      true,
    ],
    ['postgres://a/db?target_session_attrs=primary', [['a', 5432]], true],
    ['postgres://a/db', [['a', 5432]], false],
  ] as const)(
    '%s names the servers %j and wants one that accepts changes: %s',
    (url, hosts, write) => {
      const { routes, mustWrite } = parse(url)
      expect(routes.map(({ host, port }) => [host, port])).toEqual(hosts)
      expect(mustWrite).toBe(write)
    },
  )

  it.each([
    ['', {}, [false]],
    ['?sslmode=disable', {}, [false]],
    ['?sslmode=allow', {}, [false, UNVERIFIED]],
    ['?sslmode=prefer', {}, [UNVERIFIED, false]],
    ['?sslmode=no-verify', {}, [UNVERIFIED]],
    ['?sslmode=require', {}, [{}]],
    ['?sslmode=require&uselibpqcompat=true', {}, [UNVERIFIED]],
    ['?sslmode=verify-ca', {}, [{}]],
    ['?sslmode=verify-full', {}, [{}]],
    ['?ssl=true', {}, [{}]],
    ['', { PGSSLMODE: 'prefer' }, [UNVERIFIED, false]],
    ['?sslmode=disable', { PGSSLMODE: 'prefer' }, [false]],
  ])('%s with %j encrypts by %j', (query, env, encryptions) => {
    expect(ssl(query, env)).toEqual(encryptions)
  })

  it('tries all encryptions of a host before the next host', () => {
    const { routes } = parse('postgres://a,b/db?sslmode=prefer')
    expect(routes.map((route) => [route.host, route.ssl !== false])).toEqual([
      ['a', true],
      ['a', false],
      ['b', true],
      ['b', false],
    ])
  })

  it.each([
    ['nonsense', 'must be a PostgreSQL URL'],
    ['mysql://u:s3cret@h/db', 'must be a PostgreSQL URL'],
    ['postgres://u:s3cret#x@h/db', '%23 for #'],
    ['postgres://u:s3cret?x@h/db', '%3F for ?'],
    ['postgres://u:s3cret/x@h/db', '%2F for /'],
    ['postgres://u:1234/s3cret@h/db', '%2F for /'],
    ['postgres://u:a@b#s3cret@h/db', '%23 for #'],
    ['postgres://u:a@b?s3cret@h/db', '%3F for ?'],
    ['postgres://u:a@b/s3cret@h/db', '%2F for /'],
    ['postgres://u:s3cret%zz@h/db', 'the password contains a %'],
    ['postgres://u:s3cret@h:port/db', 'a port must be 1 to 65535'],
    ['postgres://u:s3cret@h:70000/db', 'a port must be 1 to 65535'],
    ['postgres:///db?host=a,b,c&port=1,2', 'there are 3 hosts but 2 ports'],
    ['postgres://h/db?sslmode=verify_full', 'sslmode must be one of disable, allow, prefer'],
    ['postgres://h/db?ssl=maybe', 'ssl must be one of'],
    ['postgres://h/db?target_session_attrs=standby', 'must be one of any, read-write, primary'],
    ['postgres://h/db?sslrootcert=/no/such/file', 'sslrootcert: ENOENT'],
  ])('%s is refused in one line without a secret', (url, words) => {
    const error = (() => {
      try {
        return parse(url)
      } catch (refusal) {
        return refusal
      }
    })()
    expect(error).toBeInstanceOf(ConfigError)
    expect(error).toMatchObject({ message: expect.stringContaining(words) })
    expect((error as Error).message).toMatch(/^DATABASE_URL: [^\n]+$/)
    expect((error as Error).message).not.toContain('s3cret')
  })
})

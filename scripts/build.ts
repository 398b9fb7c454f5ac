import { execFileSync } from 'node:child_process'
import { cpSync, globSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/**
 * `npm run build`: what the packed package carries, in dist/. Node strips no types below node_modules, so there the
 * service, the lab and the client have to be JavaScript. The checkout itself needs none of it.
 */
process.chdir(fileURLToPath(new URL('..', import.meta.url)))
rmSync('dist', { recursive: true, force: true })
try {
  execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json'], {
    stdio: 'inherit',
  })
} catch {
  process.exit(1)
}

// tsc leaves other files behind, such as the migrations.
for (const file of globSync('{src,lab}/**/*'))
  if (/\.\w+$/.test(file) && !file.endsWith('.ts')) cpSync(file, `dist/${file}`)

// It rewrites imports in JavaScript, but neither in declarations nor where a module's address is not an import.
rewrite('dist/**/*.js', /(new URL\('\.[^']+)\.ts(?=', import\.meta\.url\))/g)
rewrite('dist/**/*.d.ts', /((?:from |import\()['"]\.[^'"]+)\.ts(?=['"])/g)

function rewrite(files: string, address: RegExp): void {
  for (const file of globSync(files)) {
    const text = readFileSync(file, 'utf8').replace(address, '$1.js')
    if (/['"`]\.{1,2}\/[^'"`]*\.ts['"`]/.test(text))
      throw new Error(`${file} still names a .ts file`)
    writeFileSync(file, text)
  }
}

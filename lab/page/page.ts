import { escapeHtml } from './escape.ts'
import { STYLE } from './style.ts'

export interface Page {
  readonly title: string
  readonly subtitles: readonly string[]
  /** The kind of page, shown above the title. */
  readonly kicker: string
  /** CSS beyond the common style sheet. */
  readonly style: string
  /** HTML of the sections. */
  readonly main: readonly string[]
  readonly footer: string
}

/** A self-contained HTML document: no scripts, no requests, plots inline. */
export function page({ title, subtitles, kicker, style, main, footer }: Page): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escapeHtml(title)} - pushcart</title>
<style>${STYLE}${style}</style>
</head>
<body>
<header>
<p class="kicker">${escapeHtml(kicker)}</p>
<h1>${escapeHtml(title)}</h1>
${subtitles.map((line) => `<p class="subtitle">${escapeHtml(line)}</p>`).join('\n')}
</header>
<main>
${main.join('\n')}
</main>
<footer><p>${escapeHtml(footer)}</p></footer>
</body>
</html>
`
}

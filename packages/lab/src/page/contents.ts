import type { Section } from './document.ts'
import { escapeHtml } from './escape.ts'

/** A table of contents: the sections by chapter. */
export function navigationHtml(sections: readonly Section[]): string {
  const chapters = [...new Set(sections.map(({ chapter }) => chapter))]
  const lists = chapters.map((chapter) => {
    const links = sections
      .filter((section) => section.chapter === chapter)
      .map(
        ({ id, title, short = title }) =>
          `<li><a href="#${escapeHtml(id)}">${escapeHtml(short)}</a></li>`,
      )
    return `<div><p>${chapter ?? ''}</p><ul>${links.join('')}</ul></div>`
  })
  return `<nav class="contents" aria-label="Contents">\n${lists.join('\n')}\n</nav>`
}

import type { Cell, Content, Prose, Row, Section, Table } from '../../src/page/document.ts'
import type { ReportModel } from '../../src/report/model.ts'

/** A piece of text of a report: a sentence, a table row, a heading. */
export interface Said {
  /** Id of the section, or `verdict`. */
  readonly section: string
  /** Its words without figures and links. */
  readonly words: string
  /** Targets of its figures and links. */
  readonly targets: readonly string[]
}

/** All text of a report except that in plots. */
export function walkWords({ title, subtitle, verdict, glance, sections }: ReportModel): Said[] {
  const of = (section: string, prose: Prose) => said(section, prose)
  return [
    of('verdict', [title]),
    of('verdict', [subtitle]),
    of('verdict', verdict.headline),
    ...verdict.points.map((point) => of('verdict', point)),
    of('verdict', [verdict.warning ?? '']),
    ...verdict.contents.flatMap((content) => contentWords({ id: 'verdict' }, content)),
    ...glance.flatMap(({ figures }) =>
      figures.map(({ name, figure }) => of('verdict', [name, figure])),
    ),
    ...sections.flatMap((section) => [
      of(section.id, [section.title]),
      ...section.contents.flatMap((content) => contentWords(section, content)),
    ]),
  ]
}

function contentWords(section: Pick<Section, 'id'>, content: Content): Said[] {
  switch (content.kind) {
    case 'plots':
      return [content.about ?? '', ...content.plots.map(({ title }) => title)].map((words) =>
        said(section.id, [words]),
      )
    case 'prose':
      return [said(section.id, content.prose)]
    case 'heading':
    case 'note':
      return [said(section.id, [content.text])]
    case 'command':
      return [said(section.id, [content.command])]
    case 'list':
      return content.items.map((item) => said(section.id, item))
    case 'terms':
      return content.terms.map(({ term, details }) => said(section.id, [term, ...details]))
    case 'table':
      return tableWords(section, content.table)
    case 'details':
      return [
        said(section.id, [content.summary]),
        ...content.contents.flatMap((inner) => contentWords(section, inner)),
      ]
  }
}

function tableWords(
  { id }: Pick<Section, 'id'>,
  { caption, columns, rows, notes = [] }: Table,
): Said[] {
  return [
    said(id, [caption]),
    said(
      id,
      columns.map(({ text }) => text),
    ),
    ...rows.flatMap((row) => rowWords(id, row)),
    ...notes.map((note) => said(id, [note])),
  ]
}

function rowWords(id: string, { group = '', cells }: Row): Said[] {
  return [said(id, [group]), said(id, cells.flatMap(cellProse))]
}

function cellProse(cell: Cell): Prose {
  if (cell.kind === 'figure') return [cell]
  if (cell.kind === 'prose') return cell.prose
  return cell.href === undefined
    ? [cell.text]
    : [{ kind: 'link', text: cell.text, href: cell.href }]
}

function said(section: string, prose: Prose): Said {
  const words = prose.map((part) => (typeof part === 'string' ? part : ' _ ')).join('')
  const targets = prose.flatMap((part) => {
    if (typeof part === 'string') return []
    if (part.kind === 'link') return [part.href]
    return part.source === undefined ? [] : [`#${part.source}`]
  })
  return { section, words, targets }
}

import { proseText } from '../page/document.ts'
import { bullets, contentBlocks, escapeMarkdown, markdownPage } from '../page/markdown.ts'
import { RESULTS_FILE } from '../results/comparison-file.ts'
import type { ReportModel } from './model.ts'
import { relinked } from './sources.ts'

/**
 * The report as Markdown. Plots are only named: report.html shows them.
 *
 * @param results the result file as the page links to it
 */
export function renderMarkdown(
  { title, subtitle, verdict, sections }: ReportModel,
  results: string = RESULTS_FILE,
): string {
  const lead = [
    `# ${escapeMarkdown(title)}`,
    escapeMarkdown(subtitle),
    `## ${escapeMarkdown(verdict.title)}`,
    `**${escapeMarkdown(proseText(verdict.headline))}**`,
    ...(verdict.warning === null ? [] : [`> ${escapeMarkdown(verdict.warning)}`]),
    ...(verdict.points.length === 0 ? [] : [bullets(verdict.points.map(proseText))]),
    ...verdict.contents.flatMap(contentBlocks),
  ]
  return relinked(markdownPage(lead, sections), results)
}

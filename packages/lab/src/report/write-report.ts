import { join, relative, sep } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Prices } from '../model/cost/prices.ts'
import type { Shop } from '../model/decide/shop.ts'
import type { ComparisonParts } from '../results/comparison-file.ts'
import { RESULTS_FILE } from '../results/comparison-file.ts'
import { writeText } from '../results/output-file.ts'
import { REPORT_FILES } from '../results/results-folder.ts'
import { buildReport } from './build-report.ts'
import type { ReportModel } from './model.ts'
import { renderHtml } from './render-html.ts'
import { renderMarkdown } from './render-markdown.ts'

/**
 * Writes the report of a comparison as HTML and Markdown.
 *
 * @param results the result file that figures link to
 * @returns what it says, and the URL of the HTML file
 * @throws OutputError
 */
export async function writeReport(
  folder: string,
  parts: ComparisonParts,
  { prices, shop }: { readonly prices?: Prices; readonly shop?: Shop | undefined } = {},
  results: string = join(folder, RESULTS_FILE),
): Promise<{ readonly model: ReportModel; readonly url: string }> {
  const model = buildReport(parts, prices, shop)
  const link = linkTo(folder, results)
  const html = join(folder, REPORT_FILES.html)
  await writeText(join(folder, REPORT_FILES.markdown), renderMarkdown(model, link))
  await writeText(html, renderHtml(model, link))
  return { model, url: pathToFileURL(html).href }
}

/** The relative URL of a file, as seen from a page in `folder`. */
export function linkTo(folder: string, file: string): string {
  return relative(folder, file).split(sep).map(encodeURIComponent).join('/')
}

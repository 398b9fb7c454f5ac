import type { LayoutName } from '../../config/config.ts'
import { DOCUMENT_LAYOUT } from './document-layout.ts'
import type { Layout } from './layout.ts'
import { ROWS_LAYOUT } from './rows-layout.ts'

const LAYOUTS: Readonly<Record<LayoutName, Layout>> = {
  rows: ROWS_LAYOUT,
  document: DOCUMENT_LAYOUT,
}

export function layoutOf(name: LayoutName): Layout {
  return LAYOUTS[name]
}

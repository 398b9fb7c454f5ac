import { relative, sep } from 'node:path'

/** A file as a page in the folder links to it: its relative path as a URL. */
export function linkTo(folder: string, file: string): string {
  return relative(folder, file).split(sep).map(encodeURIComponent).join('/')
}

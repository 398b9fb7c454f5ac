/** Something that keeps the result of a look, without which V8 would leave the look out. */
const looked = { at: 0 }

/**
 * The same text. V8 keeps a text that was made by appending as its pieces, and walks over them for every response that contains the
 * text, until somebody has looked at a character. For texts that are kept and used often.
 */
export function inOnePiece(text: string): string {
  looked.at = text.charCodeAt(0)
  return text
}

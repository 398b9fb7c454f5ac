import type { Statement } from '../protocol.ts'

/**
 * The requests to a database while somebody wants to see them. Nothing is kept, and nothing decoded, while nobody looks.
 */
export interface StatementLog {
  isOpen(): boolean
  note(statement: Statement): void
  /**
   * Keeps statements from now until the returned function is called, which returns those that mention a text, such as the
   * id of a cart: other shoppers' statements run at the same time.
   */
  open(): (mention: string) => Statement[]
}

/** At most, for one look. */
const KEPT = 5000

export function openStatementLog(): StatementLog {
  const looks = new Set<Statement[]>()
  return {
    isOpen: () => looks.size > 0,
    note(statement) {
      for (const look of looks) if (look.length < KEPT) look.push(statement)
    },
    open() {
      const look: Statement[] = []
      looks.add(look)
      return (mention) => {
        looks.delete(look)
        return mention === ''
          ? []
          : look.filter(({ text, input }) => input.includes(mention) || text.includes(mention))
      }
    },
  }
}

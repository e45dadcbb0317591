/** Counts who holds how many places, of those that one may have. */
export function makePlaces(most: number) {
  const held = new Map<string, number>()
  return {
    /** Takes a place; false when all are taken. */
    take(who: string): boolean {
      const count = held.get(who) ?? 0
      if (count >= most) return false
      held.set(who, count + 1)
      return true
    },
    giveBack(who: string): void {
      const count = (held.get(who) ?? 0) - 1
      if (count > 0) held.set(who, count)
      else held.delete(who)
    },
  }
}

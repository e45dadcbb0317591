import { mkdtemp, statfs } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** What Linux keeps in memory. A container may have 64 MB of it. */
const MEMORY = '/dev/shm'

/** Several times what a whole run needs. */
const ROOM_BYTES = 2 * 2 ** 30

/**
 * A temporary folder for the many small files of test databases, which nobody reads again: in memory where there is
 * room, unless TMPDIR says another place. On a disk a run spends a third of its time in making and deleting them.
 */
export async function scratchFolder(prefix: string): Promise<string> {
  const place = process.env.TMPDIR || !(await hasRoom(MEMORY)) ? tmpdir() : MEMORY
  return mkdtemp(join(place, prefix))
}

async function hasRoom(folder: string): Promise<boolean> {
  const found = await statfs(folder).catch(() => null)
  return found !== null && found.bavail * found.bsize >= ROOM_BYTES
}

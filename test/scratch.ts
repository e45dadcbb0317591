import { mkdtemp, statfs } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Linux keeps these files in memory. A container may have room for only 64 MB. */
const MEMORY = '/dev/shm'

/** Several times what a whole run needs. */
const ROOM_BYTES = 2 * 2 ** 30

/**
 * A temporary folder for the many small files of test databases: in memory where there is room, unless TMPDIR names
 * another place. On a disk a run spends a third of its time creating and deleting them.
 */
export async function scratchFolder(prefix: string): Promise<string> {
  const place = process.env.TMPDIR || !(await hasRoom(MEMORY)) ? tmpdir() : MEMORY
  return mkdtemp(join(place, prefix))
}

async function hasRoom(folder: string): Promise<boolean> {
  const found = await statfs(folder).catch(() => null)
  return found !== null && found.bavail * found.bsize >= ROOM_BYTES
}

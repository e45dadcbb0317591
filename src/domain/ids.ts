import { v7 } from 'uuid'

/** A UUID of version 7: ids sort by time, so "newest first" is an index walk and inserts are local. */
export const newId = (): string => v7()

import { v7 } from 'uuid'

/** A new id. Version 7: ids sort by the time they were made, so "newest first" is an index walk and inserts are local. */
export const newId = (): string => v7()

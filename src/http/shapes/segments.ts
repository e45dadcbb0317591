/** What a text costs on the air, for the counter under what one writes: the same rule that counts when it leaves. */
export { LONGEST_BODY, type Measured, measureText, plainQuotes } from '../../domain/message.ts'

/** What a text costs, for the counter under the composer: the same rule that counts when the text leaves. */
export { LONGEST_BODY, type Measured, measureText, plainQuotes } from '../../domain/message.ts'

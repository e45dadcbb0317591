import { createContext, useContext } from 'react'
import type { Conversation } from '../../types/conversations.ts'

/** The open dialog about a conversation. */
export type Asking = { what: 'assign' | 'snooze'; conversation: Conversation } | null

export const AskContext = createContext<(asking: Asking) => void>(() => {})

/** Opens the dialogs, for buttons; keys open them too. */
export const useAsk = () => useContext(AskContext)

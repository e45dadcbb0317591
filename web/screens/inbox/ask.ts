import { createContext, useContext } from 'react'
import type { Conversation } from '../../types/conversations.ts'

/** What is being asked about a conversation, in a dialog over everything. */
export type Asking = { what: 'assign' | 'snooze'; conversation: Conversation } | null

export const AskContext = createContext<(asking: Asking) => void>(() => {})

/** Opens the dialogs that a key opens too. */
export const useAsk = () => useContext(AskContext)

/** Who may sign up, as the operator says it; `first`: open until there is an account, then by invitation. */
export type SignUpSetting = 'off' | 'invite' | 'open' | 'first'

/** Who may sign up now. */
export type SignUp = 'off' | 'invite' | 'open'

export function whoMaySignUp(setting: SignUpSetting, hasAccounts: boolean): SignUp {
  if (setting === 'first') return hasAccounts ? 'invite' : 'open'
  return setting
}

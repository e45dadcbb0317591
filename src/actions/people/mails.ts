import { nameInMail } from '../../domain/names.ts'

type Mail = { subject: string; text: string }

const NOT_YOU = 'If it was not you, do nothing.'

export const proveAddressMail = (link: string): Mail => ({
  subject: 'Is this your address?',
  text: `Somebody, you we hope, signs up for Textback with this address. Open this link within a day, and type the password that you chose:\n\n${link}\n\n${NOT_YOU} Without that password the link opens nothing.`,
})

export const stillProveAddressMail = (link: string): Mail => ({
  subject: 'Is this your address?',
  text: `You use Textback with this address. Open this link within a day, in the browser in which you are signed in, to show that it is yours:\n\n${link}\n\n${NOT_YOU}`,
})

export const alreadyHereMail = (publicUrl: string): Mail => ({
  subject: 'You have a user at Textback already',
  text: `Somebody, you we hope, tried to sign up for Textback with this address, which has a user already. Sign in:\n\n${publicUrl}/sign-in\n\nIf you forgot the password, choose a new one:\n\n${publicUrl}/forgot-password\n\n${NOT_YOU} Nothing was changed.`,
})

export const newPasswordMail = (link: string): Mail => ({
  subject: 'A new password for Textback',
  text: `Somebody, you we hope, asked for a new password. Choose it within an hour:\n\n${link}\n\n${NOT_YOU}`,
})

export const invitationMail = (inviter: string, business: string, link: string): Mail => ({
  subject: `${nameInMail(inviter)} invites you to ${nameInMail(business)} on Textback`,
  text: `${nameInMail(inviter)} wants you in the inbox of ${nameInMail(business)}:\n\n${link}\n\nIf you do not know them, do nothing.`,
})

export const signInLinkMail = (link: string): Mail => ({
  subject: 'Your way into Textback',
  text: `This link signs you in, once:\n\n${link}`,
})

const CHANGES = {
  password: 'Your password was changed, and you were signed out everywhere else.',
  secondFactorOn: 'Your second factor is on: signing in takes a code from your phone now.',
  secondFactorOff: 'Your second factor was turned off: your password alone signs you in now.',
  recoveryCodes: 'New recovery codes were made for your second factor. The old ones do not work any more.',
}

export type ChangeOfSignIn = keyof typeof CHANGES

/** Whoever did it reads a confirmation; whoever did not reads what to do. */
export const changeMail = (change: ChangeOfSignIn, publicUrl: string): Mail => ({
  subject: 'Your sign-in at Textback was changed',
  text: `${CHANGES[change]}\n\nIf that was not you, choose a new password at once:\n\n${publicUrl}/forgot-password`,
})

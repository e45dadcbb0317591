import { z } from 'zod'

/**
 * Names of people and businesses stand in mail to strangers, as in "Dana invites you to Acme HVAC". Whoever can sign up
 * chooses them, so they must not carry a message of their own.
 */
export const LONGEST_NAME = 80

/** Mail programs make a link of `acme.com` without any https. The second dot is what Chinese keyboards write. */
const LINK = /:\/\/|\S@\S|[\p{L}\p{N}][.。．｡]\p{L}\p{L}/u

/** Control characters, line breaks of any kind, and what turns the reading direction. */
const UNSEEN = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u

export const plainName = (empty: string) =>
  z
    .string()
    .trim()
    .min(1, empty)
    .max(LONGEST_NAME, `has at most ${LONGEST_NAME} characters`)
    .refine((name) => !UNSEEN.test(name), 'must be one line')
    .refine(
      (name) => !LINK.test(name),
      'must not hold a link or an address: mail programs would make it clickable. After a dot, write a space',
    )

export const businessName = plainName('is the name that callers read; it must say something')

export const personName = plainName('is empty')

/** A name for a mail. Names from the provisioning file and of earlier versions were not checked as above. */
export function nameInMail(name: string): string {
  return name
    .slice(0, LONGEST_NAME)
    .replace(new RegExp(UNSEEN, 'gu'), ' ')
    .replaceAll('://', ' ')
    .replaceAll('@', ' at ')
    .replace(/([.。．｡])(?=\p{L}\p{L})/gu, '$1 ')
    .trim()
}

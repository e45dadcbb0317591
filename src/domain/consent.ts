/**
 * What an incoming text says about getting texts from us.
 * `stop`, `start`, `help`: it says so plainly. `ask`: it may mean stop, so a person should look.
 */
export type ConsentWord = 'stop' | 'start' | 'help' | 'ask' | null

/**
 * Keywords: the whole text is the word. The union of both carriers' lists, CTIA's, and 47 CFR 64.1200(a)(10); CANCEL,
 * END, QUIT and YES can be ordinary words, but the carriers block and unblock on them, so we mirror that.
 */
const STOP_WORDS = new Set([
  'stop',
  'stopall',
  'stop all',
  'unsubscribe',
  'unsub',
  'cancel',
  'end',
  'quit',
  'revoke',
  'optout',
  'opt out',
  'opt-out',
  'remove',
  'arret',
  'arrêt',
  'alto',
  'baja',
  'parar',
])
/**
 * Stop, with only polite words and words for texts beside it. "Stop it" and "please stop by" do not match: they may be
 * about the job.
 */
const PLAIN_STOP =
  /^(?:(?:please|no|ok|okay|just|thanks|thank you|now|text|texts|texting|message|messages|messaging|sms|the|these|all|your|me)[ ,.!]+)*(?:stop+|s t o p|unsub(?:s?cribe)?|opt[- ]?out)(?:[ ,.!]+(?:stop+|please|now|thanks|thank you|text|texts|texting|message|messages|messaging|sms|the|these|all|your|me))*$/

const START_WORDS = new Set(['start', 'unstop', 'yes', 'subscribe', 'opt in', 'opt-in', 'optin'])
const HELP_WORDS = new Set(['help', 'info', 'ayuda'])

/** Any reasonable wording counts as a stop when it is about texts; these phrases leave no doubt. */
const STOP_PHRASES = [
  /\bstop (texting|messaging|sms)\b/,
  /\bstop (sending|all)( me)?( the| these| your| any| all| of)* ?(texts|text messages|messages|sms)\b/,
  /\b(don'?t|do not|never) (text|message|sms|contact) (me|us|this number)\b(?! (after|before|until|between|on|during|at))/,
  /^(please )?stop contacting me\b/,
  /\bleave me alone\b/,
  /^(please )?(remove|delete) (me|my number|this number)( please)?$/,
  /\b(remove|take|get) (me|my number|this number) (from|off)( of)?( your| the| this)?( text| texting| sms| message| messaging| contact| mailing| marketing| call| calling)* list\b(?! for)/,
  /\bunsubscribe me\b/,
  /\bopt(ing)? me out\b|\bi('d| would)? (want|like|wish) to opt out\b|\bi opt out\b/,
  /\bno (more|further) (texts|text messages|messages)\b/,
  /^no m[aá]s$/,
  /\bdeja de (escribir|mandar|enviar)/,
]

/** May mean stop, or may be about the job ("please stop by", "cancel my appointment"), so a person looks. */
const DOUBTFUL = [
  /^stop\b.{0,24}$/,
  /\bwrong number\b/,
  /\bstop (it|this|now|please|sending|contacting|calling)\b/,
  /\bplease stop\b(?! by)/,
  /\b(don'?t|do not|never) (text|message|contact)\b/,
  /\b(remove|take|get) me (from|off)\b/,
  /\bnot interested\b/,
  /\blose (my|this) number\b/,
  /\bspam\b/,
  /\bunsubs?cribe\b/,
  /\bopt[- ]?out\b/,
]

/**
 * Strangers write the texts, so each expression here reads a text once. One with a `+` or `.*` in the middle may start
 * at each character anew: then a single long text would stop everybody for seconds. test/growth.test.ts watches it.
 */
export function consentWord(body: string): ConsentWord {
  const text = bare(
    withoutSignature(
      body
        .normalize('NFC')
        .toLowerCase()
        .replace(/[’`´]/g, "'")
        .replace(/[“”„«»]/g, '"')
        .replace(/\p{Extended_Pictographic}|\p{Emoji_Modifier}|\ufe0f|\u200d/gu, ''),
    ).replace(/[\s\u200b]+/g, ' '),
  )
  if (STOP_WORDS.has(text) || PLAIN_STOP.test(text)) return 'stop'
  if (START_WORDS.has(text)) return 'start'
  if (HELP_WORDS.has(text)) return 'help'
  if (STOP_PHRASES.some((phrase) => phrase.test(text)) || saysNoMasMensajes(text)) return 'stop'
  if (DOUBTFUL.some((phrase) => phrase.test(text))) return 'ask'
  return null
}

/** "Sent from my iPhone", as the last line of several. */
function withoutSignature(text: string): string {
  const end = text.lastIndexOf('\n')
  return end >= 0 && text.startsWith('sent from my ', end + 1) ? text.slice(0, end) : text
}

/** Without the punctuation around it. */
function bare(text: string): string {
  let from = 0
  let to = text.length
  while (from < to && `"'.!?¡¿ `.includes(text[from]!)) from++
  while (to > from && `"'.!? `.includes(text[to - 1]!)) to--
  return text.slice(from, to)
}

/** "No más", and texts after it. */
function saysNoMasMensajes(text: string): boolean {
  const found = /\bno m[aá]s\b/.exec(text)
  return found !== null && /\b(mensajes|textos)\b/.test(text.slice(found.index))
}

export const stopConfirmation = (business: string) =>
  `${business}: you won't get any more texts from us. Reply START to get them again.`

export const startConfirmation = (business: string) =>
  `${business}: you will get our texts again. Reply STOP to end them.`

export const helpAnswer = (business: string) =>
  `${business}: we text you about your call. Reply here and a person answers. Reply STOP to end texts.`

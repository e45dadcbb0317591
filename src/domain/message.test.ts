import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import {
  DEFAULT_TEXT_BACK,
  fillPlaceholders,
  firstName,
  LONGEST_BODY,
  mayBecome,
  mayPrecede,
  measureText,
  plainQuotes,
  templateAdvice,
  templateFaults,
} from './message.ts'
import type { MessageStatus } from './words.ts'

describe('what a text costs', () => {
  const cases: [string, string, 'GSM-7' | 'UCS-2', number][] = [
    ['160 plain characters', 'a'.repeat(160), 'GSM-7', 1],
    ['161 plain characters', 'a'.repeat(161), 'GSM-7', 2],
    ['306 plain characters', 'a'.repeat(306), 'GSM-7', 2],
    ['307 plain characters', 'a'.repeat(307), 'GSM-7', 3],
    ['80 euro signs, two each', '€'.repeat(80), 'GSM-7', 1],
    ['81 euro signs', '€'.repeat(81), 'GSM-7', 2],
    ['each other character that counts twice', '^{}[]~|\\'.repeat(10), 'GSM-7', 1],
    ['those and one more', `${'^{}[]~|\\'.repeat(10)}a`, 'GSM-7', 2],
    ['accents of GSM-7', 'éèàùìòñÜ'.repeat(20), 'GSM-7', 1],
    ['70 characters with one that GSM-7 lacks', `${'a'.repeat(69)}ł`, 'UCS-2', 1],
    ['71 characters with one that GSM-7 lacks', `${'a'.repeat(70)}ł`, 'UCS-2', 2],
    ['35 emoji, two each', '🔧'.repeat(35), 'UCS-2', 1],
    ['36 emoji', '🔧'.repeat(36), 'UCS-2', 2],
    ['one curly quote', `It’s ${'a'.repeat(66)}`, 'UCS-2', 2],
  ]
  for (const [what, body, encoding, segments] of cases)
    test(what, () => {
      const measured = measureText(body)
      assert.deepEqual([measured.encoding, measured.segments], [encoding, segments])
    })

  test('it names the characters that GSM-7 lacks', () => {
    assert.deepEqual(measureText('It’s a ’job’ 🔧').notGsm, ['’', '🔧'])
    assert.deepEqual(measureText('It is a job').notGsm, [])
  })

  test('the default text fits one segment with a usual business name', () => {
    const values = { first_name: null, name: null, business: 'Acme HVAC', number: '+12025550100' }
    assert.equal(measureText(fillPlaceholders(DEFAULT_TEXT_BACK, values)).segments, 1)
  })
})

describe('typographic characters', () => {
  test('are replaced when that makes the text GSM-7', () => {
    assert.equal(plainQuotes('“It’s” – well… `ok`\u00a0now'), "\"It's\" - well... 'ok' now")
  })

  test('stay when three dots for one would make the text too long for the carriers', () => {
    assert.equal(plainQuotes('…'.repeat(LONGEST_BODY)), '…'.repeat(LONGEST_BODY))
  })

  test('stay when the text is UCS-2 anyway', () => {
    assert.equal(plainQuotes('It’s łódź'), 'It’s łódź')
  })

  test('never cost more than before, and a plain text is left alone', () => {
    const texts = fc.string({ unit: fc.constantFrom('a', ' ', '’', '“', '…', '—', '€', 'ł', '🔧'), maxLength: 200 })
    fc.assert(
      fc.property(texts, (body) => {
        const plain = plainQuotes(body)
        assert.ok(measureText(plain).segments <= measureText(body).segments)
        assert.equal(plainQuotes(plain), plain)
        if (measureText(body).encoding === 'GSM-7') assert.equal(plain, body)
      }),
    )
  })
})

describe('placeholders', () => {
  const values = { first_name: 'Dana', name: 'Dana Whitfield', business: 'Acme HVAC', number: '+12025550100' }
  const cases: [string, string][] = [
    ['Hi {{first_name}}, this is {{business}}.', 'Hi Dana, this is Acme HVAC.'],
    ['Hi {{first_name | there}}!', 'Hi Dana!'],
    ['{{ name }} / {{number}}', 'Dana Whitfield / +12025550100'],
    ['Hi {{name|there}}', 'Hi Dana Whitfield'],
  ]
  for (const [template, body] of cases) test(template, () => assert.equal(fillPlaceholders(template, values), body))

  test('an unknown value becomes the author’s fallback, or nothing', () => {
    const unknown = { ...values, first_name: null, name: null }
    assert.equal(fillPlaceholders('Hi {{first_name | there}}, hello', unknown), 'Hi there, hello')
    assert.equal(fillPlaceholders('Hi {{first_name}} hello', unknown), 'Hi hello')
  })

  test('a value is never read as a template, nor as a replacement pattern', () => {
    const sly = { ...values, first_name: '{{business}} $& $1' }
    assert.equal(fillPlaceholders('Hi {{first_name}}', sly), 'Hi {{business}} $& $1')
  })

  test('line breaks stay', () => {
    assert.equal(fillPlaceholders('Hi {{first_name}}\n\nBye', values), 'Hi Dana\n\nBye')
  })
})

describe('a template’s faults', () => {
  const cases: [string, RegExp | null][] = [
    [DEFAULT_TEXT_BACK, null],
    ['Hi', null],
    ['', /empty/],
    ['  \n ', /empty/],
    ['a'.repeat(LONGEST_BODY), null],
    ['a'.repeat(LONGEST_BODY + 1), /longer than 1600/],
    ['Hi {{firstname}}', /no placeholder \{\{firstname\}\}. There are: \{\{first_name\}\}/],
    ['Hi {{first_name', /stands alone/],
    ['Hi first_name}}', /stands alone/],
    ['Hi {{First Name}}', /stands alone/],
    ['{{first_name}}', /Nothing is left of the message for a caller whose name is not known/],
    ['{{ name }} {{first_name}}', /Nothing is left/],
    ['{{first_name | there}}', null],
    [`${'a'.repeat(LONGEST_BODY - 20)} {{name}}`, /With long names .* longer than 1600/],
    ['Hi {{constructor}}', /no placeholder \{\{constructor\}\}/],
  ]
  for (const [template, fault] of cases)
    test(`"${template.slice(0, 40)}" (${template.length})`, () => {
      const faults = templateFaults(template)
      if (fault === null) assert.deepEqual(faults, [])
      else assert.match(faults.join(' '), fault)
    })

  test('a template without faults has no braces left when it is filled', () => {
    const parts = fc.constantFrom('{{', '}}', 'name', 'business', ' | ', 'there', ' ', 'Hi', '{', '}', '|')
    fc.assert(
      fc.property(fc.array(parts, { maxLength: 12 }), (some) => {
        const template = some.join('')
        if (templateFaults(template).length > 0) return
        const filled = fillPlaceholders(template, { first_name: 'Jo', name: 'Jo', business: 'Acme', number: '' })
        assert.doesNotMatch(filled, /\{\{|\}\}/)
      }),
      { numRuns: 500 },
    )
  })
})

test('advice about a template', () => {
  assert.deepEqual(templateAdvice('Hi {{first_name | there}}, this is {{business}}.'), [])
  assert.match(templateAdvice('Hi, we missed your call.').join(' '), /\{\{business\}\}/)
  assert.match(templateAdvice(`{{business}} ${'a'.repeat(160)}`).join(' '), /2 segments. Under 160 characters/)
  assert.match(templateAdvice(`{{business}} ${'a'.repeat(80)} 🔧`).join(' '), /2 segments because of 🔧/)
  // Curly quotes are replaced when the text leaves, so they need no advice.
  assert.deepEqual(templateAdvice(`It’s {{business}} ${'a'.repeat(100)}`), [])
})

describe('a message’s status', () => {
  const STATUSES: MessageStatus[] = [
    'queued',
    'sending',
    'accepted',
    'sent',
    'delivered',
    'undelivered',
    'failed',
    'refused',
    'unknown',
    'received',
  ]
  const statuses = fc.constantFrom(...STATUSES)
  const settle = (received: MessageStatus[]) =>
    received.reduce<MessageStatus>((status, next) => (mayBecome(status, next) ? next : status), 'queued')

  test('never goes back', () => {
    fc.assert(
      fc.property(statuses, statuses, statuses, (a, b, c) => {
        assert.equal(mayBecome(a, a), false)
        assert.ok(!(mayBecome(a, b) && mayBecome(b, a)), `${a} and ${b}`)
        if (mayBecome(a, b) && mayBecome(b, c)) assert.ok(mayBecome(a, c), `${a}, ${b}, ${c}`)
      }),
    )
  })

  test('is the same for any order and any number of receipts', () => {
    const receipts: MessageStatus[] = ['sending', 'unknown', 'accepted', 'sent', 'delivered']
    const shuffled = fc.shuffledSubarray<MessageStatus>([...receipts, ...receipts, 'undelivered'], {
      minLength: receipts.length * 2 + 1,
    })
    fc.assert(fc.property(shuffled, (received) => assert.equal(settle(received), 'delivered')))
  })

  test('delivered corrects a failure, and a late “sent” corrects nothing', () => {
    assert.equal(settle(['sent', 'undelivered', 'delivered']), 'delivered')
    assert.equal(settle(['sent', 'delivered', 'sent', 'accepted', 'undelivered', 'failed']), 'delivered')
    assert.equal(settle(['sending', 'unknown', 'undelivered', 'sent']), 'undelivered')
    assert.equal(settle(['refused', 'accepted']), 'refused')
  })

  test('an incoming text never changes its status', () => {
    for (const to of STATUSES) assert.equal(mayBecome('received', to), false)
  })

  test('mayPrecede is the same rule, from the other end', () => {
    fc.assert(fc.property(statuses, statuses, (a, b) => assert.equal(mayPrecede(b).includes(a), mayBecome(a, b))))
  })
})

test('texts use first names', () => {
  assert.equal(firstName('Dana Whitfield'), 'Dana')
  assert.equal(firstName('  Dana '), 'Dana')
  assert.equal(firstName('   '), null)
  assert.equal(firstName(null), null)
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { countSegments } from './segments.ts'
import { parseTwiml, TwimlError } from './twilio/twiml.ts'
import { readRules } from './twilio/webhooks.ts'

test('TwiML is read with entities, CDATA, comments and nested nouns', () => {
  const [say, dial] = parseTwiml(`<?xml version="1.0"?><!-- hi -->
    <Response><Say voice='alice'>Tom &amp; Jerry&#39;s <![CDATA[<b>]]></Say>
    <Dial action="/a?b=1&amp;c=2" timeout="5"><Number>+12025550143</Number><Number/></Dial></Response>`)
  assert.deepEqual([say?.text, say?.attributes.voice], ["Tom & Jerry's <b>", 'alice'])
  assert.equal(dial?.attributes.action, '/a?b=1&c=2')
  assert.deepEqual(
    dial?.children.map((noun) => noun.text),
    ['+12025550143', ''],
  )
})

test('what is not well-formed is refused with Twilio numbers', () => {
  for (const [xml, code] of [
    ['<Response><Say>hi</Response>', 12100],
    ['<Response><Say>Tom & Jerry</Say></Response>', 12100],
    ['<Response><Say a=b>hi</Say></Response>', 12100],
    ['<Response>', 12100],
    ['<Answer/>', 12200],
    ['{"json":true}', 12200],
  ] as const) {
    assert.throws(
      () => parseTwiml(xml),
      (error) => error instanceof TwimlError && error.code === code,
      xml,
    )
  }
})

test('the fragment of a URL sets the retries, within bounds', () => {
  const { target, rules } = readRules('https://app.test/voice?a=1#rc=9&rp=5xx,rt&ct=50&rt=3000')
  assert.equal(target, 'https://app.test/voice?a=1')
  assert.deepEqual([rules.retries, [...rules.policies], rules.connectMs, rules.readMs], [5, ['5xx', 'rt'], 100, 3000])
  assert.deepEqual([...readRules('https://app.test/').rules.policies], ['ct'])
})

test('segments', () => {
  const cases: [string, number][] = [
    ['x'.repeat(160), 1],
    ['x'.repeat(161), 2],
    ['€'.repeat(80), 1],
    ['’'.repeat(70), 1],
    ['’'.repeat(71), 2],
  ]
  for (const [body, segments] of cases) assert.equal(countSegments(body).segments, segments)
})

/** The basic characters of GSM 03.38; those of the extension table count twice. */
const basic = new Set(
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà',
)
const extended = new Set('\f^{}\\[~]|€')

/** How many SMS a text takes, and in which encoding. */
export function countSegments(body: string): { segments: number; encoding: 'GSM-7' | 'UCS-2' } {
  let units = 0
  for (const character of body) {
    if (extended.has(character)) units += 2
    else if (basic.has(character)) units += 1
    else return { segments: split(body.length, 70, 67), encoding: 'UCS-2' }
  }
  return { segments: split(units, 160, 153), encoding: 'GSM-7' }
}

function split(units: number, alone: number, joined: number): number {
  return units <= alone ? 1 : Math.ceil(units / joined)
}

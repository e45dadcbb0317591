import { useEffect } from 'react'

/**
 * Stands in for the package `react-style-singleton` (see vite.config.ts): the same styles while a component is
 * mounted, by a constructed style sheet instead of a <style> element, which `style-src 'self'` would refuse.
 */
export function styleSingleton() {
  let users = 0
  let sheet: CSSStyleSheet | null = null
  return function Styles({ styles }: { styles: string }) {
    // biome-ignore lint/correctness/useExhaustiveDependencies: the first user's styles stay until the last one is gone
    useEffect(() => {
      if (users++ === 0) {
        sheet = new CSSStyleSheet()
        sheet.replaceSync(styles)
        document.adoptedStyleSheets.push(sheet)
      }
      return () => {
        if (--users > 0) return
        document.adoptedStyleSheets = document.adoptedStyleSheets.filter((other) => other !== sheet)
      }
    }, [])
    return null
  }
}

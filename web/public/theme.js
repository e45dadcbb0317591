// Before the first paint, so that a page chosen to be dark never flashes white. See web/theme.ts.
{
  const theme = localStorage.getItem('theme')
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme
}

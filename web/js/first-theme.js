// @ts-check
// Runs before the first paint, so that a dark room isn't lit up by a white flash. Kept in step with lib/theme.js.
(() => {
  try {
    const theme = localStorage.getItem('chinwag.theme');
    if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
  } catch {
    // Storage is forbidden: the system's theme it is.
  }
})();

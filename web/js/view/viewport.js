// @ts-check
// Keeps the app as high as what the soft keyboard leaves of the screen, where the browser doesn't do that by itself.

export function followViewport() {
  const viewport = globalThis.visualViewport;
  if (!viewport) return;
  const fit = () => {
    // A page that is zoomed into shall not shrink.
    const covered = viewport.scale === 1 && innerHeight - viewport.height > 60;
    if (covered) document.documentElement.style.setProperty('--height', `${viewport.height}px`);
    else document.documentElement.style.removeProperty('--height');
  };
  viewport.addEventListener('resize', fit);
}

// @ts-check
// The icons of index.html.

const SVG = 'http://www.w3.org/2000/svg';

/** Makes an icon that says nothing to screen readers. @param {string} name */
export function icon(name) {
  const svg = document.createElementNS(SVG, 'svg');
  svg.classList.add('icon');
  svg.setAttribute('aria-hidden', 'true');
  svg.append(document.createElementNS(SVG, 'use'));
  setIcon(svg, name);
  return svg;
}

/** Shows another icon in a place that has one. @param {Element} root @param {string} name */
export function setIcon(root, name) {
  const svg = root instanceof SVGElement ? root : root.querySelector('svg');
  if (svg && !svg.querySelector('use')) svg.append(document.createElementNS(SVG, 'use'));
  svg?.querySelector('use')?.setAttribute('href', `#i-${name}`);
}

/** @param {import('../net/types.js').Room} room */
export const roomIcon = (room) => ({ private: 'lock', announce: 'megaphone' })[room.kind] ?? 'hash';

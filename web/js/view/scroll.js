// @ts-check
// Keeps what one reads where it is while rows come and go around it, and stays at the end if one was there.

/** This close to the end counts as being there. */
const NEAR_PX = 100;

export class Scroll {
  #scroller;
  #list;
  /** @type {{ row: Element, top: number }[]} */
  #anchors = [];
  /** Whether the end is shown and shall stay so. */
  following = true;

  /** @param {HTMLElement} scroller @param {HTMLElement} list its rows, from top to bottom */
  constructor(scroller, list) {
    this.#scroller = scroller;
    this.#list = list;
    // Pictures that load, a composer that grows, a window that turns: none of them moves what is read.
    const observer = new ResizeObserver(() => this.#settle());
    observer.observe(list);
    observer.observe(scroller);
  }

  get isNearEnd() {
    const { scrollHeight, scrollTop, clientHeight } = this.#scroller;
    return scrollHeight - scrollTop - clientHeight <= NEAR_PX;
  }

  /** More than a screen away from the end. */
  get isFarFromEnd() {
    const { scrollHeight, scrollTop, clientHeight } = this.#scroller;
    return scrollHeight - scrollTop - clientHeight > clientHeight;
  }

  /** The person has scrolled. @param {boolean} isEnd whether the last row shown is the last there is */
  scrolled(isEnd) {
    this.following = isEnd && this.isNearEnd;
    this.#remember();
  }

  /** Changes the rows without moving what is read. @param {() => void} change */
  hold(change) {
    this.#remember();
    change();
    this.#settle();
  }

  toEnd() {
    this.following = true;
    this.#scroller.scrollTop = this.#scroller.scrollHeight;
    this.#remember();
  }

  /** @param {Element} row */
  toRow(row) {
    this.following = false;
    row.scrollIntoView({ block: 'center' });
    this.#remember();
  }

  /** Forgets the place: other rows come. */
  forget() {
    this.#anchors = [];
    this.following = true;
  }

  #settle() {
    if (this.following) return this.toEnd();
    const anchor = this.#anchors.find(({ row }) => row.isConnected);
    if (anchor) {
      const moved = this.#offset(anchor.row) - anchor.top;
      if (Math.abs(moved) >= 0.5) this.#scroller.scrollTop += moved;
    }
    this.#remember();
  }

  /** Several rows, since any one of them may go. */
  #remember() {
    const rows = this.#list.children;
    const first = this.#firstVisible();
    this.#anchors = [];
    for (let index = first; index < Math.min(first + 20, rows.length); index += 1) {
      const row = rows[index];
      // Separators appear and go with what is around them.
      if (row?.classList.contains('row')) this.#anchors.push({ row, top: this.#offset(row) });
    }
  }

  /** @param {Element} row */
  #offset(row) {
    return row.getBoundingClientRect().top - this.#scroller.getBoundingClientRect().top;
  }

  /** The index of the first row that isn't above the view. */
  #firstVisible() {
    const rows = this.#list.children;
    const top = this.#scroller.getBoundingClientRect().top;
    let low = 0;
    let high = rows.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const bottom = rows[middle]?.getBoundingClientRect().bottom ?? 0;
      if (bottom > top) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}

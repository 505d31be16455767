// The script of the page that `drillbook drill observe` serves. It replaces the parts that the server sends, and feeds
// the player's terminal. It has one connection, and asks for nothing else.
// @ts-check

/**
 * @typedef {{ cols: number, rows: number }} Size
 * @typedef {{ dispatch(name: string, data?: unknown): void }} Widget
 * @typedef {{ create(source: unknown, element: Element, options: unknown): unknown }} Asciinema
 */

(() => {
  const connection = document.getElementById('connection');
  const screen = document.getElementById('terminal');
  /** @param {string} text */
  const say = (text) => {
    if (connection && connection.textContent !== text) connection.textContent = text;
  };

  /** What came before the widget was ready. @type {(Size | string)[]} */
  let early = [];
  /** @type {Widget | undefined} */
  let widget;
  let isOpen = false;

  /** @param {Size | string} piece */
  const show = (piece) => {
    if (!widget) early.push(piece);
    else if (typeof piece === 'string') widget.dispatch('output', piece);
    else if (isOpen) widget.dispatch('resize', piece);
    else {
      isOpen = true;
      widget.dispatch('reset', { size: piece });
      widget.dispatch('playing');
    }
  };

  const openTerminal = () => {
    const library = /** @type {{ AsciinemaPlayer?: Asciinema }} */ (/** @type {unknown} */ (window)).AsciinemaPlayer;
    if (!screen || !library) return;
    /** A source of the widget: it gets what this script dispatches. @param {Widget} callbacks */
    const source = (callbacks) => ({
      play: () => {
        widget = callbacks;
        const pieces = early;
        early = [];
        for (const piece of pieces) show(piece);
        return true;
      },
    });
    library.create(source, screen, {
      autoPlay: true,
      controls: false,
      fit: 'width',
      theme: 'asciinema',
      terminalFontFamily: 'ui-monospace, monospace',
    });
  };

  const start = () => {
    const events = new EventSource('events');
    events.addEventListener('open', () => {
      // The server sends everything again: the first size resets the terminal.
      isOpen = false;
      early = [];
      say('live');
    });
    events.addEventListener('error', () => say('the connection is lost; trying again'));
    events.addEventListener('parts', ({ data }) => {
      /** @type {Record<string, string>} */
      const parts = JSON.parse(data);
      for (const [name, html] of Object.entries(parts)) {
        const part = document.getElementById(`part-${name}`);
        // The server has escaped every text in it, and the policy of the page allows no script in it.
        if (part) part.innerHTML = html;
      }
    });
    events.addEventListener('terminal', ({ data }) => {
      /** @type {(Size | string)[]} */
      const pieces = JSON.parse(data);
      for (const piece of pieces) show(piece);
    });
    events.addEventListener('over', () => {
      events.close();
      say('the drill is over; this page stays as it is');
    });
  };

  openTerminal();
  start();
})();

// The script of report.html and debrief.html: one cursor for the charts, the lanes, the tables and the terminal of each panel.
// The page holds all facts without it. It runs in the browser and asks for nothing.
// @ts-check

/**
 * @typedef {readonly [times: readonly number[], values: readonly (number | null)[]]} Series
 * @typedef {{ id: string, from: number, to: number, knots: readonly (readonly [t: number, s: number])[],
 *   charts: readonly (readonly Series[])[],
 *   terminal?: { cols: number, rows: number, parts: readonly { from: number, to: number, name: string }[],
 *     lines: readonly unknown[] },
 *   compared?: { group: string, origin: number } }} PanelData
 * @typedef {{ play(): Promise<unknown>, pause(): Promise<unknown>, seek(at: number): Promise<unknown>,
 *   getCurrentTime(): number, getDuration(): number | undefined,
 *   addEventListener(name: string, handler: () => void): void }} Player
 * @typedef {{ create(source: unknown, element: Element, options: unknown): Player }} Asciinema
 */

(() => {
  /** With nothing recorded for longer than this, playing goes on where the next block begins, ms. */
  const longestPause = 2000;

  /** @param {number} ms */
  const clock = (ms) => {
    const tenths = Math.round(ms / 100);
    const [hours, minutes] = [Math.floor(tenths / 36_000), Math.floor((tenths % 36_000) / 600)];
    const seconds = ((tenths % 600) / 10).toFixed(1).padStart(4, '0');
    return hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${seconds}` : `${minutes}:${seconds}`;
  };

  /** @param {PanelData['knots']} knots @param {number} t */
  const sandboxAt = (knots, t) => {
    const after = knots.findIndex(([at], index) => index > 0 && at >= t);
    const end = after === -1 ? knots.length - 1 : after;
    const [a, b] = [knots[Math.max(0, end - 1)], knots[end]];
    if (!a || !b) return t;
    return b[0] === a[0] ? b[1] : a[1] + ((t - a[0]) / (b[0] - a[0])) * (b[1] - a[1]);
  };

  /** The last value that was known. @param {Series} series @param {number} t */
  const valueAt = ([times, values], t) => {
    let [low, high] = [-1, times.length - 1];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((times[middle] ?? Infinity) <= t) low = middle;
      else high = middle - 1;
    }
    return low < 0 ? null : (values[low] ?? null);
  };

  /** Draws the panel's cursor, and keeps the terminal at the same time. @param {Element} root @param {PanelData} data */
  const startPanel = (root, data) => {
    const { id, from, to, knots, charts, terminal, compared } = data;
    const cursor = /** @type {HTMLElement | null} */ (root.querySelector('.cursor'));
    const transport = /** @type {HTMLElement | null} */ (root.querySelector('.transport'));
    const slider = /** @type {HTMLInputElement | null} */ (root.querySelector('.transport input'));
    const now = /** @type {HTMLOutputElement | null} */ (root.querySelector('.clock-now'));
    const button = /** @type {HTMLButtonElement | null} */ (root.querySelector('.play'));
    const screen = /** @type {HTMLElement | null} */ (root.querySelector('.terminal'));
    if (!cursor || !transport || !slider || !now) return;
    let at = from;
    /** @type {Player | undefined} */
    let player;
    let playing = false;

    /** @param {number} t */
    const draw = (t) => {
      at = Math.min(to, Math.max(from, t));
      cursor.hidden = false;
      cursor.style.left = `${((at - from) / (to - from)) * 100}%`;
      slider.value = String(at);
      const text = `${clock(sandboxAt(knots, at) - sandboxAt(knots, from))} sandbox, ${clock(at)} real`;
      slider.setAttribute('aria-valuetext', text);
      now.textContent = text;
      for (const output of root.querySelectorAll('output.now')) {
        if (!(output instanceof HTMLElement)) continue;
        const series = charts[Number(output.dataset['chart'])]?.[Number(output.dataset['series'])];
        const value = series ? valueAt(series, at) : null;
        output.textContent = value === null ? '–' : String(value);
      }
    };

    /** The panels beside it show the same time since their faults. @param {number} t */
    const drawAll = (t) => {
      draw(t);
      for (const other of panels.values()) {
        if (!compared || other.data === data || other.data.compared?.group !== compared.group) continue;
        other.draw(other.data.compared.origin + at - compared.origin);
      }
    };

    /** Moves the cursor and the terminal. @param {number} t */
    const seek = (t) => {
      drawAll(t);
      // What was printed at this very instant is shown, too.
      if (player) void player.seek(Math.min((at - from) / 1000 + 0.001, player.getDuration() ?? Infinity));
    };

    const follow = () => {
      if (!player || !playing) return;
      const t = from + player.getCurrentTime() * 1000;
      const pause = terminal?.parts.find((part) => part.from > t);
      const isBetween = !terminal?.parts.some((part) => t >= part.from && t <= part.to);
      if (pause && isBetween && pause.from - t > longestPause) seek(pause.from - 200);
      else drawAll(t);
      requestAnimationFrame(follow);
    };

    const open = () => {
      const library = /** @type {{ AsciinemaPlayer?: Asciinema }} */ (/** @type {unknown} */ (window)).AsciinemaPlayer;
      if (player || !terminal || !screen || !library) return;
      screen.hidden = false;
      player = library.create({ data: terminal.lines }, screen, {
        controls: false,
        fit: 'width',
        preload: true,
        startAt: Math.max(0, (at - from) / 1000),
        poster: undefined,
        theme: 'asciinema',
        terminalFontFamily: 'ui-monospace, monospace',
      });
      player.addEventListener('ended', () => setPlaying(false));
    };

    /** @param {boolean} isPlaying */
    const setPlaying = (isPlaying) => {
      playing = isPlaying;
      if (button) button.textContent = isPlaying ? 'Pause terminal' : 'Play terminal';
      if (isPlaying) requestAnimationFrame(follow);
    };

    const toggle = async () => {
      if (playing) {
        setPlaying(false);
        await player?.pause();
        return;
      }
      open();
      if (!player || !terminal) return;
      const last = terminal.parts.at(-1);
      const first = terminal.parts[0];
      if (first && last && (at < first.from || at >= last.to)) seek(first.from);
      await player.play();
      setPlaying(true);
      screen?.scrollIntoView({ block: 'nearest' });
    };

    transport.hidden = false;
    slider.addEventListener('input', () => seek(Number(slider.value)));
    button?.addEventListener('click', () => void toggle());
    for (const plot of root.querySelectorAll('.plot')) {
      plot.addEventListener('click', (event) => {
        if (!(event instanceof MouseEvent) || (event.target instanceof Element && event.target.closest('a'))) return;
        const box = plot.getBoundingClientRect();
        open();
        seek(from + ((event.clientX - box.left) / box.width) * (to - from));
      });
    }
    for (const link of root.querySelectorAll('.lane a')) {
      link.addEventListener('click', (event) => event.preventDefault());
    }
    panels.set(id, {
      data,
      draw,
      go: (t) => {
        open();
        seek(t);
      },
    });
  };

  /** @type {Map<string, { data: PanelData, draw: (t: number) => void, go: (t: number) => void }>} */
  const panels = new Map();
  /** @type {readonly PanelData[]} */
  const all = JSON.parse(document.getElementById('data')?.textContent ?? '[]');
  for (const data of all) {
    const root = document.getElementById(data.id);
    if (root) startPanel(root, data);
  }

  /** Opens what hides an element. @param {string} hash */
  const reveal = (hash) => {
    const element = document.getElementById(decodeURIComponent(hash.slice(1)));
    for (let part = element?.parentElement ?? null; part; part = part.parentElement) {
      if (part instanceof HTMLDetailsElement) part.open = true;
    }
    if (element instanceof HTMLDetailsElement) element.open = true;
    element?.scrollIntoView();
  };
  addEventListener('hashchange', () => reveal(location.hash));
  if (location.hash) reveal(location.hash);

  // A link with a time moves the cursor of its panel.
  document.addEventListener('click', (event) => {
    const link = event.target instanceof Element ? event.target.closest('a[data-t]') : null;
    if (!(link instanceof HTMLAnchorElement)) return;
    const owner = link.closest('.panel')?.id ?? link.hash.slice(1);
    panels.get(owner)?.go(Number(link.dataset['t']));
  });
})();

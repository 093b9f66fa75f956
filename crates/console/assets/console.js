// The script of the console. Pages are whole without it: it shows changes as they happen, moves the
// clocks without a reload, and helps with the keyboard. It loads pages of this site, and nothing else.
"use strict";

/** The time between two loads of a page that changes, in milliseconds. */
const REFRESH_MS = 500;
/** The time between two steps of the player. */
const STEP_MS = 250;
/** The time between two changes of the address: browsers refuse more than a hundred in half a minute. */
const ADDRESS_MS = 400;
/** The time for which a change is marked. */
const MARK_MS = 4000;
/** The longest time before a feed that was refused is asked for again. */
const RETRY_MAX_MS = 60_000;
/** The rows that Page Up and Page Down pass. */
const PAGE_ROWS = 10;
const DAY_MS = 86_400_000;

/**
 * @param {string} selector
 * @param {ParentNode} [root]
 * @returns {any}
 */
const one = (selector, root = document) => root.querySelector(selector);
/**
 * @param {string} selector
 * @param {ParentNode} [root]
 * @returns {any[]}
 */
const all = (selector, root = document) => [...root.querySelectorAll(selector)];
/** @param {number} ms */
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

// Putting one page in the place of another.

/**
 * Returns true if a node of the present page can become one of the next.
 * @param {any} now
 * @param {any} next
 */
const fits = (now, next) =>
  now.nodeType === next.nodeType && now.nodeName === next.nodeName && now.id === next.id && now.dataset?.key === next.dataset?.key;

/**
 * Changes a node into another one, so that focus, scrolling and what was typed stay. Notes cells that
 * have another text, and new entries of lists.
 * @param {any} now
 * @param {any} next
 * @param {Element[]} changed
 */
function morph(now, next, changed) {
  if (now.nodeType !== Node.ELEMENT_NODE) {
    if (now.nodeValue !== next.nodeValue) now.nodeValue = next.nodeValue;
    return;
  }
  if (now.isEqualNode(next)) return;
  if (now.nodeName === "TD" && now.textContent !== next.textContent) changed.push(now);
  // Whoever has opened something keeps it open.
  const isKept = (/** @type {string} */ name) => name === "open" && now.nodeName === "DETAILS";
  for (const { name } of [...now.attributes]) {
    if (!next.hasAttribute(name) && !isKept(name)) now.removeAttribute(name);
  }
  for (const { name, value } of next.attributes) {
    if (now.getAttribute(name) !== value && !isKept(name)) now.setAttribute(name, value);
  }
  morphChildren(now, next, changed);
}

/**
 * @param {any} now
 * @param {any} next
 * @param {Element[]} changed
 */
function morphChildren(now, next, changed) {
  const keyed = new Map([...now.children].filter((child) => child.dataset?.key).map((child) => [child.dataset.key, child]));
  const grows = next.childNodes.length > now.childNodes.length;
  let place = now.firstChild;
  for (const wanted of [...next.childNodes]) {
    const key = wanted.dataset?.key;
    let match = key ? keyed.get(key) : place;
    if (!key && !grows) while (match && !fits(match, wanted)) match = match.nextSibling;
    if (!match || !fits(match, wanted)) {
      now.insertBefore(document.adoptNode(wanted), place);
      if (key) changed.push(wanted);
      continue;
    }
    if (!key) {
      while (place !== match) {
        const gone = place;
        place = place.nextSibling;
        gone.remove();
      }
    }
    if (match === place) place = place.nextSibling;
    else now.insertBefore(match, place);
    morph(match, wanted, changed);
  }
  while (place) {
    const gone = place;
    place = place.nextSibling;
    gone.remove();
  }
}

/**
 * Shows the document of another page in this one. Returns what has changed.
 * @param {Document} next
 * @returns {Element[]}
 */
function put(next) {
  /** @type {Element[]} */
  const changed = [];
  /** @type {any} */
  const active = document.activeElement;
  const href = active?.getAttribute("href");
  prepare(next);
  document.title = next.title;
  const alternates = all("link[hreflang]", next);
  for (const [index, link] of all("link[hreflang]").entries()) link.href = alternates[index]?.href ?? link.href;
  for (const part of [".banner", ".clocks", "main", ".foot"]) {
    const [now, wanted] = [one(part), one(part, next)];
    if (now && wanted) morph(now, wanted, changed);
    else if (now) now.remove();
    else if (wanted) one("main").before(document.adoptNode(wanted));
  }
  for (const field of all(".clocks input")) {
    if (field !== active) field.value = field.getAttribute("value");
  }
  if (active && !active.isConnected) {
    const again = href && all("main a[href]").find((link) => link.getAttribute("href") === href);
    (again || one("main")).focus({ preventScroll: true });
  }
  const grid = document.activeElement?.closest("[data-grid]");
  if (grid) rove(grid, document.activeElement);
  all("input[data-filter]").forEach(filter);
  return changed;
}

/**
 * Marks what has changed, and has it said politely.
 * @param {Element[]} changed
 */
function mark(changed) {
  for (const element of changed) {
    element.classList.add("changed");
    setTimeout(() => element.classList.remove("changed"), MARK_MS);
  }
  const said = changed.slice(0, 3).map(describe);
  if (changed.length > said.length) said.push(`+${changed.length - said.length}`);
  if (said.length) one("#said").textContent = said.join(". ");
}

/** @param {any} element */
function describe(element) {
  const text = element.innerText.replace(/\s+/g, " ").trim().slice(0, 200);
  if (element.nodeName !== "TD") return text;
  const row = one("th a", element.parentElement)?.textContent ?? "";
  const column = element.closest("table").rows[0]?.cells[element.cellIndex]?.textContent ?? "";
  return `${row}, ${column}: ${text}`;
}

// Loading: one page at a time, and of those that wait only the last.

const loading = { isBusy: false, next: /** @type {null | (() => Promise<void>)} */ (null) };

/** @param {() => Promise<void>} task */
async function queue(task) {
  loading.next = task;
  if (loading.isBusy) return;
  loading.isBusy = true;
  while (loading.next) {
    const run = loading.next;
    loading.next = null;
    await run().catch(() => {});
  }
  loading.isBusy = false;
}

/**
 * Loads a page. Returns its status with what has changed; nothing changes where it cannot be shown.
 * @param {string} address
 * @param {boolean} anyStatus
 */
async function load(address, anyStatus) {
  const answer = await fetch(address, { headers: { accept: "text/html" }, cache: "no-cache" });
  const isShown = !answer.redirected && answer.status !== 401 && (answer.ok || anyStatus);
  const next = isShown && new DOMParser().parseFromString(await answer.text(), "text/html");
  const changed = next && one("main", next) ? put(next) : [];
  return { changed, isSignedOut: answer.status === 401 || answer.redirected };
}

// The change feed.

const live = {
  source: /** @type {EventSource | null} */ (null),
  filter: "",
  position: 0,
  behind: 0,
  timer: 0,
  last: 0,
  retry: 1000,
  isOver: false,
};

/** Opens the feed of the page if it is live and seen, and closes it otherwise. */
function follow() {
  const main = one("main[data-live]");
  const link = one(".live");
  const isWanted = main && !live.isOver && !document.hidden && (!link || link.hasAttribute("aria-current"));
  if (live.source && isWanted && live.filter === main.dataset.live) return;
  live.source?.close();
  live.source = null;
  if (!isWanted) return;
  live.filter = main.dataset.live;
  const query = [live.filter, `from=${encodeURIComponent(main.dataset.cursor)}`].filter(Boolean).join("&");
  // It resumes by itself where it was cut: each event has its cursor as its id.
  const source = new EventSource(`/v1/changes?${query}`);
  live.source = source;
  source.addEventListener("open", () => (live.retry = 1000));
  source.addEventListener("changes", (event) => refresh(JSON.parse(event.data).position));
  for (const name of ["lost", "switched", "refused"]) source.addEventListener(name, () => refresh(0));
  source.addEventListener("error", () => {
    if (source.readyState !== EventSource.CLOSED || live.source !== source) return;
    live.source = null;
    // The page says by its status whether the caller may still read, and has a new cursor.
    setTimeout(() => refresh(0), live.retry);
    live.retry = Math.min(live.retry * 2, RETRY_MAX_MS);
  });
}

/**
 * Loads the page again soon, so that it shows the log up to a position.
 * @param {number} position
 */
function refresh(position) {
  live.position = Math.max(live.position, position);
  if (live.timer) return;
  const since = performance.now() - live.last;
  live.timer = setTimeout(() => queue(update), Math.max(50, REFRESH_MS - since));
}

async function update() {
  live.timer = 0;
  live.last = performance.now();
  const link = one(".live");
  if (document.hidden || live.isOver || (link && !link.hasAttribute("aria-current"))) return;
  try {
    const { changed, isSignedOut } = await load(location.href, false);
    live.isOver = isSignedOut;
    mark(changed);
  } catch {
    setTimeout(() => refresh(0), live.retry);
    return;
  }
  // The change may be published before it is folded here.
  const head = Number(one(".clocks")?.dataset.head ?? Infinity);
  live.behind = head < live.position ? live.behind + 1 : 0;
  if (live.behind > 0 && live.behind < 10) refresh(0);
  follow();
}

// The clocks.

const clocks = { isPlaying: false, replaced: 0, timer: 0 };

/** Returns a day as a number of days. @param {string} day */
const toDays = (day) => Math.round(Date.parse(day) / DAY_MS);
/** @param {number} days */
const toDay = (days) => new Date(days * DAY_MS).toISOString().slice(0, 10);

/**
 * Shows the page at another address, without a reload.
 * @param {string} address
 */
function visit(address) {
  return queue(async () => {
    const { isSignedOut } = await load(address, true);
    if (isSignedOut) return location.assign(address);
    clearTimeout(clocks.timer);
    const wait = Math.max(0, ADDRESS_MS - (performance.now() - clocks.replaced));
    clocks.timer = setTimeout(() => {
      clocks.replaced = performance.now();
      history.replaceState(null, "", address);
      follow();
    }, wait);
  });
}

/** Returns the address at the point of both sliders. Their ends stand for the present. */
function sliding() {
  const address = new URL(location.href);
  for (const slider of all("[data-clock]")) {
    const name = slider.dataset.clock;
    const value = name === "at" ? toDay(toDays(slider.dataset.first) + Number(slider.value)) : slider.value;
    const isEnd = slider.value === slider.max;
    const isPresent = isEnd && (name !== "at" || value === one(".clocks").dataset.today);
    if (isPresent) address.searchParams.delete(name);
    else address.searchParams.set(name, value);
    slider.setAttribute("aria-valuetext", value);
    one(`.clocks [name=${name}]`).value = isPresent && name !== "at" ? "" : value;
  }
  return address.href;
}

/** Starts or stops the player, which steps to the present. */
async function play() {
  clocks.isPlaying = !clocks.isPlaying;
  one("[data-play]").setAttribute("aria-pressed", String(clocks.isPlaying));
  const start = one("[data-clock=at]");
  if (clocks.isPlaying && start.value === start.max) start.value = start.min;
  while (clocks.isPlaying) {
    const slider = one("[data-clock=at]");
    if (!slider || slider.value === slider.max) break;
    const began = performance.now();
    slider.value = String(Number(slider.value) + Number(one("[data-step]").value));
    await visit(sliding());
    await pause(Math.max(0, STEP_MS - (performance.now() - began)));
  }
  clocks.isPlaying = false;
  one("[data-play]")?.setAttribute("aria-pressed", "false");
}

// The grid: one tab stop, and arrows between its cells.

/**
 * Moves the tab stop of a grid.
 * @param {Element} grid
 * @param {any} link
 */
function rove(grid, link) {
  for (const stop of all("[tabindex='0']", grid)) stop.tabIndex = -1;
  link.tabIndex = 0;
}

/** @param {KeyboardEvent} event */
function moveInGrid(event) {
  const cell = /** @type {Element} */ (event.target).closest("[data-grid] :is(td, th)");
  if (!cell || event.altKey || event.metaKey) return;
  const { rows: every } = /** @type {HTMLTableElement} */ (cell.closest("table"));
  const rows = [...every].filter((row) => !row.hidden);
  const row = rows.indexOf(/** @type {any} */ (cell.parentElement));
  const column = /** @type {any} */ (cell).cellIndex;
  const [last, end] = [rows.length - 1, rows[row].cells.length - 1];
  const ahead = document.dir === "rtl" ? -1 : 1;
  const isFar = event.ctrlKey;
  /** @type {Record<string, [number, number]>} */
  const moves = {
    ArrowUp: [row - 1, column],
    ArrowDown: [row + 1, column],
    ArrowLeft: [row, column - ahead],
    ArrowRight: [row, column + ahead],
    PageUp: [row - PAGE_ROWS, column],
    PageDown: [row + PAGE_ROWS, column],
    Home: [isFar ? 0 : row, 0],
    End: [isFar ? last : row, end],
  };
  const move = moves[event.key];
  if (!move || (isFar && event.key.startsWith("Arrow"))) return;
  event.preventDefault();
  const within = (/** @type {number} */ value, /** @type {number} */ max) => Math.min(Math.max(value, 0), max);
  const next = rows[within(move[0], last)].cells[within(move[1], end)];
  // What is not known has no link, but a place.
  const stop = one("a", next) ?? next;
  stop.tabIndex = -1;
  stop.focus();
}

// Lists that are narrowed by typing.

/** Returns a text as it is compared: without case, accents, vowel signs and forms of hamza. @param {string} text */
const plain = (text) =>
  text
    .toLowerCase()
    .normalize("NFD")
    .replace(/[\p{M}\u0640]/gu, "")
    .replace(/[\u0649\u06cc]/g, "\u064a")
    .replace(/\u0629/g, "\u0647")
    .replace(/\u0671/g, "\u0627")
    .replace(/\u06a9/g, "\u0643");

/**
 * Hides the elements that do not have every word. A group without any is hidden too.
 * @param {any} field
 */
function filter(field) {
  const words = plain(field.value).split(/\s+/).filter(Boolean);
  const groups = new Set();
  for (const element of all(field.dataset.filter)) {
    const text = plain(`${element.dataset.words ?? ""} ${element.textContent}`);
    element.hidden = !words.every((word) => text.includes(word));
    const group = element.closest("optgroup, [data-group]");
    if (group) groups.add(group);
  }
  for (const group of groups) group.hidden = !one("option:not([hidden]), li:not([hidden]), tr:not([hidden])", group);
}

let searches = 0;

/**
 * Has the server narrow a list, once nothing was typed for a moment.
 * @param {any} field
 */
async function search(field) {
  searches += 1;
  const turn = searches;
  await pause(STEP_MS);
  const query = new URLSearchParams(/** @type {any} */ (new FormData(field.form)));
  if (turn === searches) await load(`${field.form.action}?${query}`, false);
}

// Copying.

/** @param {any} button */
async function copy(button) {
  const source = one(button.dataset.copy);
  const text = source?.value ?? source?.textContent ?? button.dataset.copy;
  try {
    await navigator.clipboard.writeText(text.trim());
  } catch {
    // Browsers let plain http copy only what is selected.
    if (!source) return;
    getSelection()?.selectAllChildren(source);
    if (!document.execCommand("copy")) return;
  }
  const label = button.textContent;
  if (!button.dataset.done || label === button.dataset.done) return;
  button.textContent = button.dataset.done;
  one("#said").textContent = button.dataset.done;
  setTimeout(() => (button.textContent = label), 2000);
}

/**
 * Shows what needs the script, and makes grids of tables.
 * @param {Document} page
 */
function prepare(page) {
  for (const element of all("[data-script]", page)) element.hidden = false;
  for (const grid of all("table[data-grid]", page)) {
    grid.setAttribute("role", "grid");
    for (const link of all("a", grid)) link.tabIndex = -1;
    const first = one("tbody a", grid);
    if (first) first.tabIndex = 0;
  }
  for (const command of all("[data-origin]", page)) {
    command.textContent = command.textContent.replaceAll(`http://${location.host}`, location.origin);
  }
  one("[data-play]", page)?.setAttribute("aria-pressed", String(clocks.isPlaying));
}

document.addEventListener("click", (event) => {
  const target = /** @type {Element} */ (event.target);
  const link = /** @type {any} */ (target.closest(".clocks a.live"));
  if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey && event.button === 0) {
    event.preventDefault();
    clocks.isPlaying = false;
    visit(link.href);
  } else if (target.closest("[data-play]")) play();
  else if (target.closest("button[data-copy]")) copy(target.closest("button[data-copy]"));
});
/** Hides what is shown of a cell on hover and focus, until another one is pointed at. @param {boolean} isHidden */
const dismiss = (isHidden) => {
  for (const board of all(".board")) board.classList.toggle("dismissed", isHidden);
};
document.addEventListener("input", (event) => {
  const field = /** @type {any} */ (event.target);
  if (field.matches("[data-clock]")) visit(sliding());
  else if (field.matches("[data-filter]")) filter(field);
  else if (field.matches("[data-search]")) search(field);
});
document.addEventListener("keydown", (event) => {
  if (event.key === " " && /** @type {Element} */ (event.target).matches(".clocks :is([type=range], a)")) {
    event.preventDefault();
    play();
  } else if (event.key === "Escape") dismiss(true);
  else moveInGrid(event);
});
document.addEventListener("pointerover", () => dismiss(false));
document.addEventListener("focusin", (event) => {
  dismiss(false);
  const link = /** @type {Element} */ (event.target);
  const grid = link.closest("[data-grid]");
  if (grid) rove(grid, link);
});
document.addEventListener("visibilitychange", () => {
  if (document.hidden) follow();
  else refresh(0);
});

prepare(document);
// What is wider than its window begins with the last day of a timeline, or the chosen country of a map.
for (const name of all(".scroll .again")) name.closest(".scroll").scrollLeft = name.closest("svg").clientWidth;
for (const chosen of all(".scroll .chosen")) {
  const [map, tile] = [chosen.closest(".scroll"), chosen.getBoundingClientRect()];
  const frame = map.getBoundingClientRect();
  map.scrollLeft += tile.x + tile.width / 2 - frame.x - frame.width / 2;
}
follow();

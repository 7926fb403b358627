// @ts-check
/* What the scripts decide, apart from any page: pure functions, tested one by one (tests/test_interactive.py).
   A classic script like all of ours: its one name, hbLogic, is seen by the scripts after it, also from a file. */
const hbLogic = (() => {
  "use strict";

  // ---------------------------------------------------------------- the clock of a session

  /**
   * A line of the running sheet, in minutes; breaks have no priority.
   * @typedef {{minutes: number, priority: string}} Slot
   */
  /**
   * How a session really goes: when it began, how late it is since which line, and what was taken from each line.
   * All in minutes, `start` after midnight.
   * @typedef {{start: number, late: number, from: number, cuts: Record<number, number>}} Run
   */
  /** @typedef {{start: number, end: number, minutes: number}} Time */

  const SHARE = 3; // a part that may be shorter gives a third of its minutes
  const NEAR = 60; // who begins more than an hour from the plan is rehearsing
  const LATEST = 180;

  /**
   * The time of each line. The line in which the delay came takes it; those after it move.
   * @param {readonly Slot[]} slots
   * @param {Run} run
   * @returns {Time[]}
   */
  function retime(slots, run) {
    let at = run.start;
    return slots.map((slot, index) => {
      const minutes = Math.max(0, slot.minutes - (run.cuts[index] ?? 0));
      const start = at;
      at += minutes + (index === run.from ? run.late : 0);
      return { start, end: at, minutes };
    });
  }

  /**
   * The line that is going on: the first before the beginning, the last after the end.
   * @param {readonly Time[]} times
   * @param {number} now
   * @returns {number}
   */
  function current(times, now) {
    const found = times.findIndex((time) => now < time.end);
    return found < 0 ? times.length - 1 : found;
  }

  /**
   * The planned start that a session belongs to which begins now; now itself when none is near.
   * @param {readonly number[]} starts
   * @param {number} now
   * @returns {number}
   */
  function plannedStart(starts, now) {
    const [nearest] = [...starts].sort((a, b) => Math.abs(a - now) - Math.abs(b - now));
    return nearest !== undefined && Math.abs(nearest - now) <= NEAR ? nearest : now;
  }

  /**
   * @param {Slot} slot
   * @returns {number} how many minutes a line can give without being left out
   */
  const spare = (slot) => (slot.priority === "should" ? Math.floor(slot.minutes / SHARE) : 0);

  /**
   * What to cut after line `from` to win `need` minutes. Shorter parts hurt less than missing ones, so nothing is
   * left out as long as shorter parts are enough. What must stay, and breaks, are never touched.
   * @param {readonly Slot[]} slots
   * @param {number} from
   * @param {number} need
   * @returns {{cuts: Record<number, number>, left: number}} minutes to take from lines, and those that cannot be won
   */
  function suggest(slots, from, need) {
    /** @type {Record<number, number>} */
    const cuts = {};
    let left = Math.max(0, need);
    const later = slots.map((slot, index) => ({ ...slot, index })).filter(({ index }) => index > from);
    const shorter = later.filter((slot) => spare(slot) > 0);
    const without = later.filter((slot) => slot.priority === "may").sort((a, b) => a.minutes - b.minutes);
    const won = shorter.reduce((sum, slot) => sum + spare(slot), 0);
    while (left > won && without.length) {
      const enough = without.findIndex((slot) => slot.minutes >= left - won); // the shortest that is enough, or the longest
      const [gone] = without.splice(enough < 0 ? without.length - 1 : enough, 1);
      cuts[gone.index] = gone.minutes;
      left = Math.max(0, left - gone.minutes);
    }
    const kept = (/** @type {typeof shorter[number]} */ slot) => slot.minutes - (cuts[slot.index] ?? 0);
    while (left > 0) {
      const able = shorter.filter((slot) => (cuts[slot.index] ?? 0) < spare(slot)).sort((a, b) => kept(b) - kept(a));
      if (!able.length) break;
      cuts[able[0].index] = (cuts[able[0].index] ?? 0) + 1; // minute by minute from the longest: nobody loses a lot
      left -= 1;
    }
    return { cuts, left };
  }

  /**
   * 13:34, from minutes after midnight.
   * @param {number} minutes
   * @returns {string}
   */
  function clock(minutes) {
    const day = ((Math.floor(minutes) % 1440) + 1440) % 1440;
    return `${String(Math.floor(day / 60)).padStart(2, "0")}:${String(day % 60).padStart(2, "0")}`;
  }

  /**
   * A run that was kept in the browser; null when it is not of this day or not of this running sheet.
   * @param {unknown} kept
   * @param {string} day
   * @param {readonly Slot[]} slots
   * @returns {Run | null}
   */
  function readRun(kept, day, slots) {
    const found = /** @type {Record<string, any>} */ (isRecord(kept) ? kept : {});
    if (found.day !== day || !isMinutes(found.start, 1440) || !isMinutes(found.late, LATEST)) return null;
    if (!isMinutes(found.from, slots.length) || !isRecord(found.cuts)) return null;
    /** @type {Record<number, number>} */
    const cuts = {};
    for (const [line, taken] of Object.entries(found.cuts)) {
      if (isMinutes(taken, slots[Number(line)]?.minutes ?? -1)) cuts[Number(line)] = taken;
    }
    return { start: found.start, late: found.late, from: found.from, cuts };
  }

  /**
   * @param {unknown} value
   * @param {number} most
   * @returns {value is number}
   */
  function isMinutes(value, most) {
    return typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= most;
  }

  // ---------------------------------------------------------------- a timer

  /** @typedef {{title: string, minutes: number}} Step */
  /**
   * A timer over steps; while it runs `endsAt` counts, while it rests `left` does. Milliseconds.
   * @typedef {{steps: Step[], index: number, endsAt: number | null, left: number}} Timer
   */

  /**
   * @param {Step[]} steps
   * @param {number} index
   * @param {number} now
   * @returns {Timer}
   */
  const begin = (steps, index, now) => ({ steps, index, endsAt: now + steps[index].minutes * 60_000, left: 0 });

  /** Milliseconds until the end; negative after it. @param {Timer} timer @param {number} now */
  const remaining = (timer, now) => (timer.endsAt === null ? timer.left : timer.endsAt - now);

  /** @param {Timer} timer @param {number} now @returns {Timer} */
  const pause = (timer, now) => ({ ...timer, endsAt: null, left: remaining(timer, now) });

  /** @param {Timer} timer @param {number} now @returns {Timer} */
  const goOn = (timer, now) => ({ ...timer, endsAt: now + remaining(timer, now) });

  /** One minute more from now: after the end, a whole one. @param {Timer} timer @param {number} now @returns {Timer} */
  function more(timer, now) {
    const left = Math.max(0, remaining(timer, now)) + 60_000;
    return timer.endsAt === null ? { ...timer, left } : { ...timer, endsAt: now + left };
  }

  /**
   * What the clock shows: 12:05; after the end +0:07. The last second is shown in full, so that 5 minutes begin at 5:00.
   * @param {number} left
   * @returns {string}
   */
  function face(left) {
    const seconds = left > 0 ? Math.ceil(left / 1000) : Math.floor(-left / 1000);
    const shown = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    return left > 0 || seconds === 0 ? shown : `+${shown}`;
  }

  /**
   * A timer that was kept while a trainer went to another page.
   * @param {unknown} kept
   * @returns {Timer | null}
   */
  function readTimer(kept) {
    const found = /** @type {Record<string, any>} */ (isRecord(kept) ? kept : {});
    if (!Array.isArray(found.steps) || !isMinutes(found.index, found.steps.length - 1)) return null;
    if (!found.steps.every((step) => isRecord(step) && typeof step.title === "string" && isMinutes(step.minutes, 1440))) return null;
    if (!Number.isFinite(found.left) || !(found.endsAt === null || Number.isFinite(found.endsAt))) return null;
    return { steps: found.steps, index: found.index, endsAt: found.endsAt, left: found.left };
  }

  /**
   * The column of a table that holds minutes: whole numbers, and their sum at the foot. No word of any language is
   * needed to find it.
   * @param {readonly (readonly string[])[]} rows
   * @returns {number} -1 when there is none
   */
  function minuteColumn(rows) {
    const body = rows.slice(0, -1);
    const foot = rows[rows.length - 1] ?? [];
    if (body.length < 2) return -1;
    return foot.findIndex((total, column) => {
      const numbers = body.map((row) => (/^[0-9]{1,3}$/.test(row[column] ?? "") ? Number(row[column]) : NaN));
      return /^[0-9]{1,4}$/.test(total) && numbers.reduce((sum, number) => sum + number, 0) === Number(total);
    });
  }

  // ---------------------------------------------------------------- answers on worksheets

  /**
   * The answers of a page by their place (`l3` is the third block of lines), and the shape of the page they fit.
   * @typedef {{shape: string, answers: Record<string, string>}} Sheet
   */

  const MOST_BYTES = 1_000_000;
  const MOST_SHEETS = 300;
  const MOST_ANSWERS = 500;
  const LONGEST = 10_000;
  const FORMAT = "handbook-answers";
  const PAGE = /^[a-z0-9][a-z0-9/-]{0,200}\.html$/;
  const PLACE = /^[lftsc][1-9][0-9]{0,2}$/;

  /**
   * @param {unknown} value
   * @returns {value is Record<string, unknown>}
   */
  function isRecord(value) {
    return typeof value === "object" && value !== null && !Array.isArray(value);
  }

  /**
   * A sheet as it was kept or as a file has it; null when it is anything else.
   * @param {unknown} kept
   * @returns {Sheet | null}
   */
  function readSheet(kept) {
    if (!isRecord(kept) || typeof kept.shape !== "string" || kept.shape.length > 100 || !isRecord(kept.answers)) return null;
    const answers = Object.entries(kept.answers);
    if (answers.length > MOST_ANSWERS) return null;
    if (!answers.every(([place, text]) => PLACE.test(place) && typeof text === "string" && text.length <= LONGEST)) return null;
    return { shape: kept.shape, answers: /** @type {Record<string, string>} */ ({ ...kept.answers }) };
  }

  /**
   * The file with all answers: people keep it, so it is laid out to be read.
   * @param {string} book
   * @param {Record<string, Sheet>} sheets
   * @returns {string}
   */
  function writeFile(book, sheets) {
    const ordered = Object.fromEntries(Object.entries(sheets).sort(([a], [b]) => (a < b ? -1 : 1)));
    return `${JSON.stringify({ format: FORMAT, version: 1, handbook: book, sheets: ordered }, null, 2)}\n`;
  }

  /**
   * What a file holds, or which fault it has; the fault is the name of the phrase that tells it. One bad sheet makes
   * the whole file bad: half an import would be worse than none.
   * @param {string} text
   * @param {string} book
   * @returns {{sheets: Record<string, Sheet>} | {fault: "file-large" | "file-unreadable" | "file-foreign" | "file-broken"}}
   */
  function readFile(text, book) {
    if (text.length > MOST_BYTES) return { fault: "file-large" };
    let found;
    try {
      found = JSON.parse(text);
    } catch {
      return { fault: "file-unreadable" };
    }
    if (!isRecord(found) || found.format !== FORMAT) return { fault: "file-unreadable" };
    if (found.handbook !== book) return { fault: "file-foreign" };
    if (found.version !== 1 || !isRecord(found.sheets)) return { fault: "file-broken" };
    const entries = Object.entries(found.sheets);
    if (!entries.length || entries.length > MOST_SHEETS) return { fault: "file-broken" };
    /** @type {Record<string, Sheet>} */
    const sheets = {};
    for (const [page, kept] of entries) {
      const sheet = readSheet(kept);
      if (!PAGE.test(page) || !sheet) return { fault: "file-broken" };
      sheets[page] = sheet;
    }
    return { sheets };
  }

  // ---------------------------------------------------------------- the case finder

  /** @typedef {{theme: string, department: string, switch: string}} Choice */
  /** @typedef {{theme: string[], department: string[], switch: string[]}} Case */

  const KINDS = /** @type {const} */ (["theme", "department", "switch"]);

  /** @param {Case} found @param {Choice} choice @returns {boolean} */
  const fits = (found, choice) => KINDS.every((kind) => !choice[kind] || found[kind].includes(choice[kind]));

  /**
   * What an address asks for; keys that no case has are left out.
   * @param {string} query
   * @param {readonly Case[]} cases
   * @returns {Choice}
   */
  function readQuery(query, cases) {
    const asked = new URLSearchParams(query);
    const known = (/** @type {keyof Choice} */ kind) => {
      const key = asked.get(kind) ?? "";
      return cases.some((found) => found[kind].includes(key)) ? key : "";
    };
    return { theme: known("theme"), department: known("department"), switch: known("switch") };
  }

  /** @param {Choice} choice @returns {string} the query of an address, empty for everything */
  function writeQuery(choice) {
    const query = new URLSearchParams(KINDS.filter((kind) => choice[kind]).map((kind) => [kind, choice[kind]]));
    return query.size ? `?${query}` : "";
  }

  return {
    retime, current, plannedStart, spare, suggest, clock, readRun, LATEST,
    begin, remaining, pause, goOn, more, face, readTimer, minuteColumn,
    readSheet, writeFile, readFile, MOST_BYTES, LONGEST,
    KINDS, fits, readQuery, writeQuery,
  };
})();

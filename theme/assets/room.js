// @ts-check
/* The handbook in the room: a running sheet that follows the clock, a timer that can be read from the back row, and
   a list of materials that remembers its ticks. What to cut and how times move is decided in logic.js. */
(() => {
  "use strict";

  const { facts, say, all, make, button, icon, fresh, store } = hbPage;
  const SHELF = `handbook.room/${facts.book}/`;
  const PLAY = "M7 4l13 8-13 8z";
  const HAND = "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 7v5l3.5 2";

  // ---------------------------------------------------------------- the timer

  /* It lives in two places: large in a dialog, and small at the foot of the window, so that the trainer can read on.
     It is kept in this tab, and goes on when the trainer turns to another page. */
  const timer = (() => {
    const KEY = "handbook.timer";
    /** @type {ReturnType<typeof hbLogic.readTimer>} */
    let going = null;
    let ticking = 0;
    let sound = false;
    let told = "";
    /** @type {AudioContext | null} */
    let audio = null;
    /** @type {{release: () => Promise<void>} | null} */
    let awake = null;

    const title = fresh("timer");
    const parts = {
      place: make("p", { class: "hb-timer__place" }),
      title: make("h2", { class: "hb-timer__title", id: title }),
      time: make("p", { class: "hb-timer__time", role: "timer" }),
      bar: make("i"),
      said: make("p", { class: "hb-timer__said", role: "status" }),
      then: make("p", { class: "hb-timer__then" }),
      smallTime: make("span", { class: "hb-dock__time", role: "timer" }),
      smallTitle: make("span", { class: "hb-dock__title" }),
      smallSaid: make("span", { class: "hb-hidden", role: "status" }),
    };
    const rests = [button("", toggle, { first: true }), button("", toggle, { first: true })];
    const back = button(say("timer-back"), () => turn(-1), { path: "M19 12H5M11 6l-6 6 6 6" });
    const next = button(say("timer-next"), () => turn(1), { path: "M5 12h14M13 6l6 6-6 6" });
    const noise = button(say("timer-sound"), () => hear(!sound), { path: "M4 10v4h4l5 4V6l-5 4zM17 9a4 4 0 0 1 0 6" });
    const full = button(say("timer-full"), fullScreen, { path: "M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5" });
    const face = make("div", { class: "hb-timer__face" },
      make("div", { class: "hb-timer__head" }, parts.place, parts.title),
      parts.time, make("div", { class: "hb-timer__bar", "aria-hidden": "true" }, parts.bar), parts.said, parts.then,
      make("div", { class: "hb-dos" }, rests[0], button(say("timer-more"), add), back, next, noise, full,
        button(say("timer-small"), () => dialog.close(), { path: "M5 19h14M12 5v9M8 11l4 4 4-4" }),
        button(say("timer-stop"), stop, { path: "M6 6h12v12H6z" })));
    const dialog = make("dialog", { class: "hb-timer", "aria-labelledby": title }, face);
    const dock = make("section", { class: "hb-dock", "aria-label": say("timer"), hidden: true },
      parts.smallTime, parts.smallTitle, parts.smallSaid,
      make("span", { class: "hb-dos" }, rests[1], button(say("timer-large"), open, { path: "M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5" }), button(say("timer-stop"), stop, { path: "M6 6h12v12H6z" })));
    // what stands at the foot of the window makes room for the small timer, however many lines it takes
    new ResizeObserver(() => document.documentElement.style.setProperty("--dock", `${dock.offsetHeight}px`)).observe(dock);
    full.hidden = !document.fullscreenEnabled;
    noise.setAttribute("aria-pressed", "false");
    dialog.addEventListener("close", () => {
      if (document.fullscreenElement) void document.exitFullscreen();
      draw();
    });

    /** @param {ReturnType<typeof hbLogic.readTimer>} changed */
    function use(changed) {
      going = changed;
      told = "";
      try {
        if (going) sessionStorage.setItem(KEY, JSON.stringify(going));
        else sessionStorage.removeItem(KEY);
      } catch {
        // then the timer ends with the page
      }
      clearInterval(ticking);
      if (going && going.endsAt !== null) ticking = setInterval(draw, 250);
      void stayAwake(going !== null && going.endsAt !== null);
      draw();
    }

    /** The screen stays on while a timer runs, where the browser can do that. @param {boolean} wanted */
    async function stayAwake(wanted) {
      try {
        if (wanted && !awake) awake = await navigator.wakeLock.request("screen");
        else if (!wanted && awake) {
          await awake.release();
          awake = null;
        }
      } catch {
        awake = null;
      }
    }

    function draw() {
      dock.hidden = !going || dialog.open;
      document.body.classList.toggle("hb-docked", !dock.hidden);
      if (!going) return;
      const step = going.steps[going.index];
      const left = hbLogic.remaining(going, Date.now());
      const shown = hbLogic.face(left);
      if (parts.time.textContent !== shown) parts.time.textContent = parts.smallTime.textContent = shown;
      parts.time.style.setProperty("--signs", String(Math.max(4, shown.length)));
      parts.bar.style.setProperty("--left", String(Math.min(1, Math.max(0, left / (step.minutes * 60_000)))));
      const over = left <= 0;
      face.classList.toggle("hb-timer__face--over", over);
      dock.classList.toggle("hb-dock--over", over);
      parts.place.textContent = going.steps.length > 1 ? `${going.index + 1} / ${going.steps.length}` : "";
      parts.title.textContent = parts.smallTitle.textContent = step.title;
      const after = going.steps[going.index + 1];
      parts.then.textContent = after ? say("timer-then", { title: after.title, n: after.minutes }) : "";
      back.hidden = going.index === 0;
      next.hidden = !after;
      for (const rest of rests) {
        const words = say(going.endsAt === null ? "timer-go-on" : "timer-pause");
        if (rest.textContent !== words) rest.replaceChildren(icon(going.endsAt === null ? PLAY : "M8 5v14M16 5v14"), make("span", {}, words));
      }
      // said aloud one time each, never every second
      const news = over ? say("timer-over") : left <= 60_000 && step.minutes > 1 ? say("timer-last-minute") : "";
      if (news !== told) {
        if (over) ring();
        told = news;
      }
      const [here, other] = dialog.open ? [parts.said, parts.smallSaid] : [parts.smallSaid, parts.said];
      if (here.textContent !== news) here.textContent = news;
      if (other.textContent) other.textContent = "";
    }

    function toggle() {
      if (going) use(going.endsAt === null ? hbLogic.goOn(going, Date.now()) : hbLogic.pause(going, Date.now()));
    }

    function add() {
      if (going) use(hbLogic.more(going, Date.now()));
    }

    /** @param {number} by */
    function turn(by) {
      if (!going || !going.steps[going.index + by]) return;
      use(hbLogic.begin(going.steps, going.index + by, Date.now()));
      if (back.hidden || next.hidden) rests[0].focus(); // the button that was pressed may be gone
    }

    function stop() {
      use(null);
      if (dialog.open) dialog.close();
      else from?.focus();
    }

    /** @param {boolean} wanted */
    function hear(wanted) {
      sound = wanted;
      noise.setAttribute("aria-pressed", String(sound));
      // browsers let a page sound only after somebody has pressed something: this is that moment
      if (sound) audio ??= new AudioContext();
    }

    /** Two soft tones, only for those who asked for them. */
    function ring() {
      if (!sound || !audio) return;
      for (const [pitch, after] of [[523, 0], [659, 0.45]]) {
        const tone = audio.createOscillator();
        const volume = audio.createGain();
        const at = audio.currentTime + after;
        tone.frequency.value = pitch;
        volume.gain.setValueAtTime(0.0001, at);
        volume.gain.exponentialRampToValueAtTime(0.25, at + 0.04);
        volume.gain.exponentialRampToValueAtTime(0.0001, at + 1.2);
        tone.connect(volume).connect(audio.destination);
        tone.start(at);
        tone.stop(at + 1.3);
      }
    }

    function fullScreen() {
      if (document.fullscreenElement) void document.exitFullscreen();
      else void face.requestFullscreen().catch(() => undefined); // a dialog itself cannot
    }

    function open() {
      if (!dialog.isConnected) return;
      dialog.showModal();
      rests[0].focus();
      draw();
    }

    /** @type {HTMLElement | null} */
    let from = null;
    return {
      /** @param {{title: string, minutes: number}[]} steps @param {number} index */
      start(steps, index) {
        from = document.activeElement instanceof HTMLElement ? document.activeElement : null;
        use(hbLogic.begin(steps, index, Date.now()));
        open();
      },
      /** Take up what was left running on another page of this tab. */
      resume() {
        document.body.append(dialog, dock);
        try {
          use(hbLogic.readTimer(JSON.parse(sessionStorage.getItem(KEY) ?? "null")));
        } catch {
          use(null);
        }
      },
    };
  })();

  /**
   * A small button that starts the timer for one thing.
   * @param {() => {steps: {title: string, minutes: number}[], index: number}} what
   * @param {string} words
   */
  function timerButton(what, words) {
    const { steps, index } = what();
    const made = button(words, () => {
      const now = what();
      timer.start(now.steps, now.index);
    }, { path: HAND, name: say("timer-for", { title: steps[index].title, n: steps[index].minutes }) });
    made.classList.add("hb-do--small");
    return made;
  }

  /** The steps of a module: their minutes stand before their titles. */
  function moduleSteps() {
    const heads = all(".admonition.step > .admonition-title");
    const steps = heads.map((head) => {
      const minutes = head.querySelector(".minutes");
      const title = [...head.childNodes].filter((part) => part !== minutes).map((part) => part.textContent).join("").trim();
      return { title, minutes: Number(minutes?.textContent?.match(/[0-9]+/)?.[0] ?? 0) };
    });
    heads.forEach((head, index) => {
      if (steps[index].minutes) head.append(timerButton(() => ({ steps, index }), say("timer")));
    });
  }

  /** Tables of steps with their minutes and a sum: method cards, and the forms of a session. */
  function stepTables() {
    for (const table of all("table.plain")) {
      const rows = all("tbody tr", table).map((row) => all("th, td", row));
      const column = hbLogic.minuteColumn(rows.map((row) => row.map((cell) => cell.textContent?.trim() ?? "")));
      if (column < 0) continue;
      const body = rows.slice(0, -1);
      const name = column === 0 ? 1 : 0;
      const steps = body.map((row) => ({ title: row[name].textContent?.trim() ?? "", minutes: Number(row[column].textContent) })).filter((step) => step.minutes > 0 && step.title); // rounds 1, 2 and 3 are no minutes
      if (steps.length < 2) continue;
      const start = button(say("timer-steps"), () => timer.start(steps, 0), { path: HAND });
      table.closest(".hb-scroll")?.before(make("div", { class: "hb-dos hb-dos--table" }, start));
    }
  }

  // ---------------------------------------------------------------- the running sheet

  /** @param {HTMLElement} table */
  function runningSheet(table) {
    const rows = all("tbody tr[data-minutes]", table);
    const slots = rows.map((row) => ({ minutes: Number(row.dataset.minutes), priority: row.dataset.priority ?? "" }));
    const total = slots.reduce((sum, slot) => sum + slot.minutes, 0);
    const starts = (table.dataset.starts ?? "").split(" ").filter(Boolean).map(Number);
    const KEY = `${SHELF}${table.dataset.session}/run`;
    const minutesNow = () => {
      const now = new Date();
      return now.getHours() * 60 + now.getMinutes();
    };
    const today = () => {
      const now = new Date();
      return `${now.getFullYear()}-${now.getMonth() + 1}-${now.getDate()}`;
    };
    /** @type {ReturnType<typeof hbLogic.readRun>} */
    let run = null;
    let drawn = "";

    const late = make("input", { type: "number", id: fresh("late"), min: "0", max: String(hbLogic.LATEST), step: "1", value: "0", inputmode: "numeric", autocomplete: "off" });
    const status = make("p", { class: "hb-room__status", role: "status" }, say("room-hint"));
    const start = button(say("start-now"), () => {
      set({ start: minutesNow(), late: 0, from: 0, cuts: {} });
      late.focus(); // this button goes away: pressed by mistake it would throw the session back to its beginning
    }, { first: true, path: PLAY });
    const cut = button(say("suggest-cuts"), suggest, { path: "M20 5L8.2 15.8M20 19L8.2 8.2M6 9a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5zM6 20a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5z" });
    const undo = button(say("back-to-plan"), () => {
      set(null);
      start.focus(); // this button goes away
    }, { path: "M4 12a8 8 0 1 0 2.5-5.8M4 4v4.5h4.5" });
    const five = button("+5", () => setLate(Number(late.value) + 5), { name: `${say("minutes-late")} +5` });
    const title = fresh("room");
    const panel = make("section", { class: "hb-room", "aria-labelledby": title },
      make("p", { class: "hb-room__title", id: title }, say("in-the-room")),
      make("div", { class: "hb-dos" }, start, make("span", { class: "hb-late" }, make("label", { for: late.id }, say("minutes-late")), late, five), cut, undo),
      status);
    table.closest(".hb-scroll")?.before(panel);
    late.addEventListener("change", () => setLate(Number(late.value)));

    const marks = rows.map((row, index) => {
      const clock = row.querySelector("th");
      const planned = make("span", { class: "hb-planned" }, ...(clock?.childNodes ?? []));
      const actual = make("span", { class: "hb-actual" });
      clock?.append(planned, actual);
      const cells = all("td", row);
      const part = cells[cells.length - 5];
      const name = part.textContent?.trim() ?? "";
      const clockButton = timerButton(() => {
        const times = run ? hbLogic.retime(slots, run) : null;
        return { steps: [{ title: name, minutes: times?.[index].minutes || slots[index].minutes }], index: 0 };
      }, say("timer"));
      clockButton.classList.add("hb-do--sign"); // nine columns leave no room for the word; its name says it
      part.append(" ", clockButton);
      const able = slots[index].priority === "may" || hbLogic.spare(slots[index]) > 0;
      const words = slots[index].priority === "may" ? say("leave-out") : say("shorten-by", { n: hbLogic.spare(slots[index]) });
      const toggle = able ? button(words, () => take(index), { name: `${words}: ${name}` }) : null;
      const taken = make("span", { class: "hb-taken" });
      if (toggle) {
        toggle.classList.add("hb-do--small");
        cells[cells.length - 1].append(" ", taken, " ", toggle);
      }
      return { row, actual, toggle, taken };
    });

    /** @param {ReturnType<typeof hbLogic.readRun>} changed */
    function set(changed) {
      run = changed;
      if (run) store.set(KEY, { ...run, day: today() });
      else store.remove(KEY);
      late.value = String(run?.late ?? 0);
      draw();
    }

    /** Who says that they are late before they began, began at the planned time. */
    const begun = () => run ?? { start: hbLogic.plannedStart(starts, minutesNow()), late: 0, from: 0, cuts: {} };

    /** @param {number} minutes */
    function setLate(minutes) {
      const now = begun();
      const known = Number.isFinite(minutes) ? Math.min(hbLogic.LATEST, Math.max(0, Math.round(minutes))) : 0;
      set({ ...now, late: known, from: hbLogic.current(hbLogic.retime(slots, { ...now, late: 0 }), minutesNow()) });
    }

    /** @param {number} index */
    function take(index) {
      const now = begun();
      const { [index]: before, ...others } = now.cuts;
      const whole = slots[index].priority === "may" ? slots[index].minutes : hbLogic.spare(slots[index]);
      set({ ...now, cuts: before ? others : { ...others, [index]: whole } });
    }

    /** What is over is over: proposals touch only what comes. */
    function suggest() {
      const now = begun();
      const here = hbLogic.current(hbLogic.retime(slots, now), minutesNow());
      const past = Object.fromEntries(Object.entries(now.cuts).filter(([index]) => Number(index) <= here));
      const { cuts, left } = hbLogic.suggest(slots, here, over({ ...now, cuts: past }));
      set({ ...now, cuts: { ...past, ...cuts } });
      if (left) status.append(` ${say("room-not-enough")}`);
    }

    /** Minutes after the planned end. @param {NonNullable<typeof run>} now */
    function over(now) {
      const end = hbLogic.retime(slots, now)[slots.length - 1].end;
      return end - (hbLogic.plannedStart(starts, now.start) + total);
    }

    function draw() {
      const times = run && hbLogic.retime(slots, run);
      const here = times && minutesNow() >= times[0].start && minutesNow() < times[times.length - 1].end ? hbLogic.current(times, minutesNow()) : -1;
      const state = JSON.stringify([run, here]);
      if (state === drawn) return;
      drawn = state;
      table.classList.toggle("hb-going", run !== null);
      start.hidden = run !== null;
      undo.hidden = !run;
      cut.hidden = !run;
      marks.forEach(({ row, actual, toggle, taken }, index) => {
        const gone = run?.cuts[index] ?? 0;
        const out = times !== null && times[index].minutes === 0;
        row.classList.toggle("hb-out", out);
        row.classList.toggle("hb-past", index < here);
        if (index === here) row.setAttribute("aria-current", "step");
        else row.removeAttribute("aria-current");
        actual.replaceChildren(...(times && !out ? [`${hbLogic.clock(times[index].start)}–${hbLogic.clock(times[index].end)}`] : []));
        if (index === here) actual.append(" ", make("span", { class: "hb-now" }, say("room-now")));
        taken.textContent = out ? say("left-out") : gone ? say("make-shorter", { n: gone }) : "";
        toggle?.setAttribute("aria-pressed", String(gone > 0));
        if (toggle) toggle.hidden = !run || index < here || (index === here && !gone); // what is over cannot be cut
      });
      if (!run || !times) {
        status.textContent = say("room-hint");
        return;
      }
      const more = over(run);
      const words = more > 0 ? say("room-over", { n: more }) : more < 0 ? say("room-early", { n: -more }) : say("room-on-time");
      const told = `${say("room-times", { start: hbLogic.clock(run.start), end: hbLogic.clock(times[times.length - 1].end) })} ${words}`;
      if (status.textContent !== told) status.textContent = told;
      status.dataset.mood = more > 0 ? "bad" : "good";
    }

    run = hbLogic.readRun(store.get(KEY), today(), slots);
    late.value = String(run?.late ?? 0);
    drawn = "-";
    draw();
    setInterval(draw, 5_000);
  }

  // ---------------------------------------------------------------- materials

  /** @param {HTMLElement} table */
  function materials(table) {
    const KEY = `${SHELF}${table.dataset.session}/materials`;
    const rows = all("tbody tr[data-material]", table);
    const found = store.get(KEY);
    const ready = new Set(Array.isArray(found) ? found.filter((key) => typeof key === "string") : []);
    const count = make("p", { class: "hb-count", role: "status" });
    const none = button(say("untick-all"), () => {
      ready.clear();
      boxes.forEach((box) => (box.checked = false));
      boxes[0]?.focus();
      keep();
    });
    const boxes = rows.map((row) => {
      const key = row.dataset.material ?? "";
      const head = row.querySelector("th");
      const box = make("input", { type: "checkbox", class: "hb-tick", autocomplete: "off" });
      box.checked = ready.has(key);
      box.addEventListener("change", () => {
        if (box.checked) ready.add(key);
        else ready.delete(key);
        keep();
      });
      head?.append(make("label", { class: "hb-ready" }, box, make("span", {}, ...head.childNodes)));
      return box;
    });

    function keep() {
      if (ready.size) store.set(KEY, [...ready]);
      else store.remove(KEY);
      draw();
    }

    function draw() {
      count.textContent = say("materials-ready", { n: boxes.filter((box) => box.checked).length, all: boxes.length });
      none.hidden = !boxes.some((box) => box.checked);
    }

    table.closest(".hb-scroll")?.before(make("div", { class: "hb-dos hb-dos--table" }, count, none));
    draw();
  }

  moduleSteps();
  stepTables();
  all("table.running-sheet").forEach(runningSheet);
  all("table.materials").forEach(materials);
  timer.resume();
})();

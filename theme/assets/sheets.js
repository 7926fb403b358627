// @ts-check
/* Worksheets on screen: the lines, boxes and numbers of a sheet become fields that can be filled in. What is written
   stays in this browser. Without this script the sheet is what it is on paper. */
(() => {
  "use strict";

  const { facts, say, all, make, button, fresh, store, ask } = hbPage;
  const SHELF = `handbook.answers/${facts.book}/`;
  const KEY = SHELF + facts.page;

  /* Spelling services of browsers may send what is typed to their makers: they are switched off, and so are the
     browser's own lists of what was typed before. */
  const PRIVATE = { autocomplete: "off", spellcheck: "false", writingsuggestions: "false" };

  /**
   * A place to write: how it is read, and how an answer is put into it.
   * @typedef {{place: string, get: () => string, set: (text: string) => void}} Field
   */
  /** @type {Field[]} */
  const fields = [];
  /** @type {Record<string, number>} */
  const counted = {};

  /** The next place of its kind: numbers are the same in every language. @param {string} kind */
  const next = (kind) => `${kind}${(counted[kind] = (counted[kind] ?? 0) + 1)}`;

  // ---------------------------------------------------------------- lines, fields, boxes, numbers, cells

  /**
   * A field for words with a copy of them for paper: what does not fit into a field on screen would be cut off there.
   * @param {string} kind
   * @param {HTMLTextAreaElement | HTMLInputElement} input
   * @param {HTMLElement} home
   */
  function words(kind, input, home) {
    const ink = make("span", { class: "hb-ink", "aria-hidden": "true" });
    const show = () => {
      ink.textContent = input.value;
      home.classList.toggle("hb-filled", input.value.trim() !== "");
      if (input instanceof HTMLTextAreaElement) grow(input);
    };
    input.maxLength = hbLogic.LONGEST;
    input.addEventListener("input", show);
    home.classList.add("hb-live");
    home.append(input, ink);
    fields.push({
      place: next(kind),
      get: () => input.value,
      set: (text) => {
        input.value = text;
        show();
      },
    });
  }

  /** Browsers that cannot do it themselves. @param {HTMLTextAreaElement} input */
  function grow(input) {
    if (CSS.supports("field-sizing", "content")) return;
    input.style.height = "auto";
    input.style.height = `${input.scrollHeight}px`;
  }

  /** @param {HTMLElement} box a label and lines to write on */
  function lines(box) {
    const title = box.querySelector(".lines-label");
    const id = fresh("field");
    const count = all(".line", box).length || 1;
    const input = make("textarea", { ...PRIVATE, id, class: "hb-write", rows: String(count) });
    box.style.setProperty("--lines", String(count));
    if (title) {
      const label = make("label", { for: id }, ...title.childNodes);
      title.append(label);
      // "Space for your answer" says little by itself: the question stands in the paragraph above
      const above = box.previousElementSibling;
      if (above instanceof HTMLParagraphElement && !above.querySelector("input")) {
        above.id ||= fresh("above");
        input.setAttribute("aria-describedby", above.id);
      }
    }
    words("l", input, box);
  }

  /** @param {HTMLElement} box a label and one short line */
  function field(box) {
    const title = box.querySelector(".field-label");
    const id = fresh("field");
    if (title) title.replaceWith(make("label", { class: "field-label", for: id }, ...title.childNodes));
    words("f", make("input", { ...PRIVATE, type: "text", id, class: "hb-write" }), box);
  }

  /** @param {HTMLElement} box a box to tick */
  function tick(box) {
    const input = make("input", { type: "checkbox", class: "hb-tick", autocomplete: "off" });
    const label = make("label", { class: "tick hb-live" }, input, ...box.childNodes);
    box.replaceWith(label);
    fields.push({
      place: next("t"),
      get: () => (input.checked ? "x" : ""),
      set: (text) => {
        input.checked = text !== "";
      },
    });
  }

  /** @param {HTMLElement} box numbers to choose from */
  function scale(box) {
    const title = box.querySelector(".lines-label");
    const list = box.querySelector("ul");
    if (!title || !list) return;
    title.id ||= fresh("scale");
    const name = fresh("number");
    const choices = all("li", list).map((item) => {
      const value = item.textContent?.trim() ?? "";
      const input = make("input", { type: "radio", name, value, class: "hb-number", autocomplete: "off" });
      item.replaceChildren(make("label", {}, input, make("span", {}, value)));
      return input;
    });
    box.classList.add("hb-live");
    list.setAttribute("role", "radiogroup");
    list.setAttribute("aria-labelledby", title.id);
    for (const item of all("li", list)) item.setAttribute("role", "presentation");
    const chosen = () => choices.find((choice) => choice.checked)?.value ?? "";
    const set = (/** @type {string} */ text) => {
      for (const choice of choices) choice.checked = choice.value === text;
    };
    const empty = () => {
      set("");
      list.dispatchEvent(new Event("input", { bubbles: true }));
    };
    // a number chosen by mistake goes away again: press it once more, or press Delete
    let before = "";
    list.addEventListener("pointerdown", () => {
      before = chosen();
    });
    list.addEventListener("click", (event) => {
      if (!(event.target instanceof HTMLInputElement)) return; // the label; its field's own click follows
      if (before && event.target.value === before) empty();
      before = "";
    });
    list.addEventListener("keydown", (event) => {
      if (event.key === "Delete" || event.key === "Backspace") empty();
    });
    fields.push({ place: next("s"), get: chosen, set });
  }

  /**
   * The empty cells of a table of the text. Rows in which all words are bold are sums: nobody writes there.
   * @param {HTMLElement} table
   */
  function cells(table) {
    const heads = all("thead :is(th, td)", table).map((head) => head.textContent?.trim() ?? "");
    all("tbody tr", table).forEach((row, number) => {
      const parts = all(":scope > :is(th, td)", row);
      const said = parts.map((part) => part.textContent?.trim() ?? "");
      const bold = parts.map((part) => part.querySelector(":scope > strong")?.textContent?.trim() ?? "");
      if (said.join("") && said.join("") === bold.join("")) return;
      const name = said[0] || say("table-row", { n: number + 1 });
      parts.forEach((part, column) => {
        if (part.childNodes.length) return;
        const label = heads[column] ? `${heads[column]}: ${name}` : name;
        words("c", make("textarea", { ...PRIVATE, class: "hb-write", rows: "1", "aria-label": label }), part);
        part.classList.add("hb-cell");
        table.classList.add("hb-writing");
      });
    });
  }

  // ---------------------------------------------------------------- keeping

  const shape = () => Object.entries(counted).sort().map(([kind, count]) => kind + count).join("");

  /** The sheet as it stands. @returns {ReturnType<typeof hbLogic.readSheet>} */
  const written = () => hbLogic.readSheet({
    shape: shape(),
    answers: Object.fromEntries(fields.map(({ place, get }) => [place, get()]).filter(([, text]) => text.trim())),
  });

  /** Put answers into their fields; fields without one become empty. @param {Record<string, string>} answers */
  function fill(answers) {
    for (const { place, set } of fields) set(Object.hasOwn(answers, place) ? answers[place] : "");
  }

  /** All sheets with answers of this handbook. @returns {Record<string, NonNullable<ReturnType<typeof hbLogic.readSheet>>>} */
  function kept() {
    const found = store.keys(SHELF).map((key) => [key.slice(SHELF.length), hbLogic.readSheet(store.get(key))]);
    return Object.fromEntries(found.filter(([, sheet]) => sheet));
  }

  const status = make("p", { class: "hb-kept", role: "status" });

  /**
   * Tell what became of the answers. The same words twice are announced once: nobody is told at every letter.
   * @param {string} words
   * @param {"good" | "bad" | ""} [mood]
   */
  function tell(words, mood = "") {
    if (status.textContent !== words) status.textContent = words;
    status.dataset.mood = mood;
  }

  function save() {
    const sheet = written();
    if (sheet && Object.keys(sheet.answers).length) {
      if (store.set(KEY, sheet)) tell(say("kept"), "good");
      else tell(say("not-kept"), "bad");
    } else {
      store.remove(KEY);
      tell("");
    }
  }

  function load() {
    const sheet = hbLogic.readSheet(store.get(KEY));
    fill(sheet?.answers ?? {});
    if (!store.keeps) tell(say("not-kept"), "bad");
    else if (sheet && sheet.shape !== shape()) tell(say("sheet-changed"), "bad");
    else tell(sheet ? say("kept") : "", "good");
  }

  // ---------------------------------------------------------------- what can be done with answers

  function saveFile() {
    const sheets = kept();
    if (!Object.keys(sheets).length) return tell(say("answers-none"));
    const address = URL.createObjectURL(new Blob([hbLogic.writeFile(facts.book, sheets)], { type: "application/json" }));
    make("a", { href: address, download: `${say("answers-file")}-${facts.book.replace("/", "-")}.json` }).click();
    setTimeout(() => URL.revokeObjectURL(address), 10_000);
    return tell(say("answers-saved"), "good");
  }

  /** @param {File} file */
  async function loadFile(file) {
    if (file.size > hbLogic.MOST_BYTES) return tell(say("file-large"), "bad"); // before it fills the memory
    const found = hbLogic.readFile(await file.text(), facts.book);
    if ("fault" in found) return tell(say(found.fault), "bad");
    const here = kept();
    const other = Object.keys(found.sheets).filter((page) => here[page] && JSON.stringify(here[page].answers) !== JSON.stringify(found.sheets[page].answers));
    if (other.length && !(await ask(say("ask-replace", { n: other.length }), say("replace")))) return undefined;
    const stored = Object.entries(found.sheets).map(([page, sheet]) => store.set(SHELF + page, sheet));
    load();
    marks();
    return tell(stored.every(Boolean) ? say("answers-loaded", { n: stored.length }) : say("not-kept"), stored.every(Boolean) ? "good" : "bad");
  }

  async function clearSheet() {
    if (!(await ask(say("ask-clear-sheet"), say("clear")))) return;
    store.remove(KEY);
    fill({});
    tell(say("cleared"));
  }

  async function clearAll() {
    const keys = store.keys(SHELF);
    if (!keys.length) return tell(say("answers-none"));
    if (!(await ask(say("ask-clear-all", { n: keys.length }), say("clear")))) return undefined;
    keys.forEach(store.remove);
    fill({});
    marks();
    return tell(say("cleared"));
  }

  /** The panel below the sheet. @returns {HTMLElement} */
  function panel() {
    const title = fresh("answers");
    const file = make("input", { type: "file", accept: ".json,application/json", class: "hb-file", tabindex: "-1", "aria-hidden": "true" });
    file.addEventListener("change", async () => {
      const [chosen] = file.files ?? [];
      if (chosen) await loadFile(chosen);
      file.value = ""; // the same file may be chosen again
    });
    const own = fields.length > 0;
    const actions = [
      own && button(say("print-filled"), () => print(), { first: true, path: "M7 9V4h10v5M7 17H4V9h16v8h-3M7 14h10v6H7z" }),
      button(say("save-answers"), saveFile, { path: "M12 4v11M7 11l5 5 5-5M5 20h14" }),
      button(say("load-answers"), () => file.click(), { path: "M12 16V5M7 9l5-5 5 5M5 20h14" }),
      own && button(say("clear-sheet"), clearSheet, { path: "M5 7h14M10 4h4M7 7l1 13h8l1-13" }),
      button(say("clear-all"), clearAll, { path: "M5 7h14M10 4h4M7 7l1 13h8l1-13" }),
    ].filter((part) => part !== false);
    return make("section", { class: "hb-answers", "aria-labelledby": title },
      make("h2", { id: title }, say("your-answers")), make("p", {}, say("kept-here")), make("div", { class: "hb-dos" }, ...actions), file);
  }

  /** On the overview: which sheets have answers. */
  function marks() {
    if (facts.kind !== "sheets") return;
    const sheets = kept();
    for (const link of all(".hb-article table a")) {
      link.parentElement?.querySelector(".hb-begun")?.remove();
      const page = `sheets/${link.getAttribute("href")}`;
      if (sheets[page]) link.after(" ", make("span", { class: "hb-begun" }, say("with-answers")));
    }
  }

  // ---------------------------------------------------------------- begin

  const article = document.querySelector(".hb-article");
  if (!article) return;
  // trainers' notes hold tables too; a sheet is what everybody gets
  const writers = { ".lines": lines, ".field": field, ".tick": tick, ".scale": scale, "table.plain": facts.kind === "sheets" ? () => {} : cells };
  for (const [selector, write] of Object.entries(writers)) {
    all(selector, article).filter((part) => !part.closest(".trainer, .prepare, .debrief, .step, .trouble, .variants, .cut, .evidence")).forEach(write);
  }
  if (!fields.length && facts.kind !== "sheets") return;

  if (fields.length) {
    const note = make("p", { class: "hb-note" }, hbPage.icon("M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3"), make("span", {}, say("kept-here")));
    const first = article.querySelector(".hb-live");
    const before = article.querySelector(".sheet-head") ?? article.querySelector("h1");
    if (facts.kind === "sheet" && before) before.after(note);
    else if (first) (first.closest(".hb-scroll, p, ul, ol") ?? first).before(note);
  }
  article.append(status, panel());
  if (fields.length) {
    article.addEventListener("input", (event) => {
      if (event.target instanceof Element && event.target.closest(".hb-live")) save();
    });
    // the same sheet in another tab
    addEventListener("storage", (event) => {
      if (event.key === KEY || event.key === null) load();
    });
    load();
  }
  marks();
})();

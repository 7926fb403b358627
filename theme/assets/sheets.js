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
    const input = make("textarea", { ...PRIVATE, id, class: "hb-write", rows: String(all(".line", box).length || 1) });
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
    // a number chosen by mistake: choose it again, or press Delete
    let before = "";
    const chosen = () => choices.find((choice) => choice.checked)?.value ?? "";
    const set = (/** @type {string} */ text) => {
      for (const choice of choices) choice.checked = choice.value === text;
      before = chosen();
    };
    list.addEventListener("click", (event) => {
      if (!(event.target instanceof HTMLInputElement) || event.detail === 0) return; // arrows click without a pointer
      if (event.target.value === before) empty();
      else before = chosen();
    });
    list.addEventListener("keydown", (event) => {
      if (event.key === "Delete" || event.key === "Backspace") empty();
    });
    list.addEventListener("change", () => {
      setTimeout(() => (before = chosen()));
    });
    const empty = () => {
      set("");
      list.dispatchEvent(new Event("input", { bubbles: true }));
    };
    fields.push({ place: next("s"), get: chosen, set });
  }

  /**
   * The empty cells of a table of the text. Rows of bold cells only are sums, and trainers' tables are no sheets.
   * @param {HTMLElement} table
   */
  function cells(table) {
    const heads = all("thead :is(th, td)", table).map((head) => head.textContent?.trim() ?? "");
    all("tbody tr", table).forEach((row, number) => {
      const empty = all("td", row).filter((cell) => !cell.childNodes.length);
      const filled = all("th, td", row).filter((cell) => cell.textContent?.trim());
      if (!empty.length || (filled.length && filled.every((cell) => cell.textContent === cell.querySelector("strong")?.textContent))) return;
      const first = row.cells(0);
      void first;
    });
  }

  // ---------------------------------------------------------------- keeping
})();

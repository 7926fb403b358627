// @ts-check
/* What the scripts of a page share: its facts and words, the browser's store, announcements, questions. */
const hbPage = (() => {
  "use strict";

  /** @type {{book: string, page: string, kind: string, texts: Record<string, string>}} */
  const facts = JSON.parse(document.getElementById("hb-page-facts")?.textContent ?? "{}");
  let numbered = 0;

  /**
   * A phrase in the page's language.
   * @param {string} name
   * @param {Record<string, string | number>} [values]
   * @returns {string}
   */
  function say(name, values = {}) {
    return (facts.texts[name] ?? name).replace(/\{([a-z]+)\}/g, (_, key) => String(values[key] ?? ""));
  }

  /**
   * All elements that match.
   * @param {string} selector
   * @param {ParentNode} [within]
   * @returns {HTMLElement[]}
   */
  const all = (selector, within = document) => Array.from(within.querySelectorAll(selector));

  /**
   * A new element. Words go in as text, never as markup.
   * @template {keyof HTMLElementTagNameMap} K
   * @param {K} tag
   * @param {Record<string, string | boolean>} [attributes]
   * @param {(Node | string)[]} inside
   * @returns {HTMLElementTagNameMap[K]}
   */
  function make(tag, attributes = {}, ...inside) {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (value !== false) made.setAttribute(name, value === true ? "" : value);
    }
    made.append(...inside);
    return made;
  }

  /**
   * A drawing of lines in a box of 24 units, as the theme has them.
   * @param {string} path
   * @returns {SVGElement}
   */
  function icon(path) {
    const drawing = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    const line = document.createElementNS("http://www.w3.org/2000/svg", "path");
    drawing.setAttribute("viewBox", "0 0 24 24");
    drawing.setAttribute("class", "hb-icon hb-icon--small");
    drawing.setAttribute("aria-hidden", "true");
    line.setAttribute("d", path);
    drawing.append(line);
    return drawing;
  }

  /**
   * A button that does something.
   * @param {string} words
   * @param {() => void} act
   * @param {{path?: string, first?: boolean, name?: string}} [look] a drawing, the main one of several, a fuller name
   * @returns {HTMLButtonElement}
   */
  function button(words, act, look = {}) {
    const made = make("button", { type: "button", class: `hb-do${look.first ? " hb-do--first" : ""}` });
    if (look.path) made.append(icon(look.path));
    made.append(make("span", {}, words));
    if (look.name) made.setAttribute("aria-label", look.name);
    made.addEventListener("click", act);
    return made;
  }

  /**
   * An id that no other element has.
   * @param {string} what
   * @returns {string}
   */
  const fresh = (what) => `hb-${what}-${(numbered += 1)}`;

  // ---------------------------------------------------------------- the store

  /* Everything that people type stands under "handbook.…" in this browser and nowhere else. A browser may refuse to
     keep it (private windows, settings, a full disk): then it is kept as long as the page is open. */
  /** @type {Map<string, string>} */
  const meanwhile = new Map();
  const shelf = (() => {
    try {
      localStorage.setItem("handbook.test", "1");
      localStorage.removeItem("handbook.test");
      return localStorage;
    } catch {
      return null;
    }
  })();

  const store = {
    /** @param {string} key @returns {unknown} */
    get(key) {
      try {
        return JSON.parse(shelf?.getItem(key) ?? meanwhile.get(key) ?? "null");
      } catch {
        return null;
      }
    },
    /** @param {string} key @param {unknown} value @returns {boolean} whether the browser keeps it */
    set(key, value) {
      const text = JSON.stringify(value);
      try {
        if (!shelf) throw new Error("no store");
        shelf.setItem(key, text);
        meanwhile.delete(key);
        return true;
      } catch {
        meanwhile.set(key, text);
        return false;
      }
    },
    /** @param {string} key */
    remove(key) {
      meanwhile.delete(key);
      shelf?.removeItem(key);
    },
    /** @param {string} start @returns {string[]} */
    keys(start) {
      return [...new Set([...Object.keys(shelf ?? {}), ...meanwhile.keys()])].filter((key) => key.startsWith(start)).sort();
    },
    keeps: shelf !== null,
  };

  // ---------------------------------------------------------------- questions

  /**
   * Ask before something is lost. The safe answer has the focus.
   * @param {string} question
   * @param {string} yes
   * @returns {Promise<boolean>}
   */
  function ask(question, yes) {
    const id = fresh("question");
    const no = button(say("cancel"), () => dialog.close());
    const act = button(yes, () => dialog.close("yes"), { first: true });
    const dialog = make("dialog", { class: "hb-ask", "aria-labelledby": id }, make("p", { id }, question), make("div", { class: "hb-dos" }, act, no));
    document.body.append(dialog);
    dialog.showModal();
    no.focus();
    return new Promise((answer) => {
      dialog.addEventListener("close", () => {
        dialog.remove();
        answer(dialog.returnValue === "yes");
      });
    });
  }

  return { facts, say, all, make, icon, button, fresh, store, ask };
})();

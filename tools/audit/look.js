// @ts-check
/* What the audit asks a page: pure looking, put into each page by walk.py. Answers are lists of faults,
   each a rule and the element that breaks it. A classic script: its one name, hbLook, stays in the page. */
const hbLook = (() => {
  "use strict";

  /** @typedef {{rule: string, node: string}} Fault */

  const CONTROLS = "button, input:not([type=hidden]), select, textarea, summary";
  const STOPS = `a[href], ${CONTROLS}, [tabindex]`;
  const LEAST = 24; // CSS pixels, WCAG 2.5.8

  // the distances of WCAG 1.4.12, and a page without movement; set through the style model, which no policy forbids
  const spacing = new CSSStyleSheet();
  spacing.replaceSync("* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important } p { margin-bottom: 2em !important }");
  const still = new CSSStyleSheet();
  still.replaceSync("*, ::before, ::after { transition: none !important; animation: none !important; scroll-behavior: auto !important }");
  document.adoptedStyleSheets.push(still);

  /** @param {Element} element @returns {string} the beginning of its text in the page */
  const shown = (element) => element.outerHTML.replace(/\s+/g, " ").slice(0, 110);

  /** @param {Element} element */
  const isShown = (element) => element.checkVisibility({ visibilityProperty: true }) && !element.closest("[inert]") && (document.querySelector("dialog:modal")?.contains(element) ?? true);

  /** @param {boolean} on */
  function space(on) {
    document.adoptedStyleSheets = document.adoptedStyleSheets.filter((sheet) => sheet !== spacing);
    if (on) document.adoptedStyleSheets.push(spacing);
  }

  /** What sticks out sideways. @returns {Fault[]} */
  function wide() {
    const room = document.documentElement.clientWidth;
    const more = document.documentElement.scrollWidth - room;
    if (more <= 0) return [];
    const out = [...document.body.querySelectorAll("*")].filter((one) => isShown(one) && one.getBoundingClientRect().right > room + 0.5);
    return [{ rule: `${more} px too wide`, node: shown(out.at(-1) ?? document.body) }];
  }

  /** Controls that a finger misses; links in running text are axe's to judge. @returns {Fault[]} */
  function small() {
    const found = [...document.querySelectorAll(CONTROLS)].filter((one) => {
      const box = (one.closest("label") ?? one).getBoundingClientRect();
      return isShown(one) && !one.matches(".md-toggle") && (box.width < LEAST || box.height < LEAST);
    });
    return found.map((one) => ({ rule: `smaller than ${LEAST} px`, node: shown(one) }));
  }

  /** What Tab reaches, in its order. @returns {HTMLElement[]} */
  function stops() {
    const found = /** @type {HTMLElement[]} */ ([...document.querySelectorAll(STOPS)]);
    return found.filter((one) => one.tabIndex >= 0 && isShown(one) && !one.matches(":disabled") && !isOtherRadio(one));
  }

  /** Of radio buttons that belong together, Tab reaches one. @param {Element} element */
  function isOtherRadio(element) {
    if (!(element instanceof HTMLInputElement) || element.type !== "radio") return false;
    const group = [...document.querySelectorAll("input[type=radio]")].filter((one) => one instanceof HTMLInputElement && one.name === element.name);
    const first = group.find((one) => one instanceof HTMLInputElement && one.checked) ?? group[0];
    return element !== first;
  }

  /** The pieces of an element that lie in the window. @param {Element} element */
  function pieces(element) {
    return [...element.getClientRects()].filter((box) => box.width > 0 && box.height > 0 && box.bottom > 0 && box.right > 0 && box.top < innerHeight && box.left < innerWidth);
  }

  /** Whether some of an element lies on top. @param {Element} element */
  function isUncovered(element) {
    const label = element.closest("label");
    return pieces(label ?? element).some((box) => [0.1, 0.5, 0.9].some((part) => {
      const x = Math.min(innerWidth - 1, Math.max(0, box.left + box.width * part));
      const y = Math.min(innerHeight - 1, Math.max(0, box.top + box.height * part));
      const top = document.elementFromPoint(x, y);
      return top !== null && (element.contains(top) || (label?.contains(top) ?? false));
    }));
  }

  /** Whether the focus is marked on the element, or on what stands for it. @param {Element} element */
  function hasRing(element) {
    return [element, element.nextElementSibling, element.closest("label")].some((one) => {
      if (!one) return false;
      const style = getComputedStyle(one);
      return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
    });
  }

  /** @param {Element} one @returns {boolean} whether it moves with the text */
  const flows = (one) => one.closest(".hb-article") !== null && !one.closest(".hb-scroll, .hb-kept, dialog, .hb-dock");

  /**
   * Every keyboard stop takes the focus, is seen with a ring, and comes in the order of the text.
   * @param {string} [within] in this state the only place for stops
   * @returns {Fault[]}
   */
  function keyboard(within) {
    /** @type {Fault[]} */
    const faults = [];
    const back = document.activeElement;
    let before = new DOMRect();
    for (const stop of stops()) {
      /** @param {string} rule */
      const add = (rule) => faults.push({ rule, node: shown(stop) });
      if (stop.tabIndex > 0) add("a place of its own in the order");
      if (within && !stop.closest(within)) add(`takes the focus outside ${within}`);
      stop.focus();
      if (document.activeElement !== stop) add("takes no focus");
      else if (!isUncovered(stop)) add("has the focus, but is not seen");
      else if (!hasRing(stop)) add("has the focus, but no ring");
      if (flows(stop)) {
        const { x, y, width, height } = stop.getBoundingClientRect();
        const box = new DOMRect(x + scrollX, y + scrollY, width, height);
        // the next column begins at the top again
        if (box.bottom <= before.top && box.left < before.right) add("stands above the stop before it");
        before = box;
      }
    }
    if (back instanceof HTMLElement) back.focus({ preventScroll: true });
    scrollTo(0, 0);
    return faults;
  }

  /** On a narrow screen the menu is a real button, and the closed drawer keeps out of the way. @returns {Fault[]} */
  function menu() {
    const button = document.querySelector(".hb-menu-button");
    const drawer = document.querySelector(".hb-menu");
    if (!drawer) return [];
    /** @type {Fault[]} */
    const faults = [];
    const isButton = button instanceof HTMLButtonElement && isShown(button) && button.getAttribute("aria-controls") === drawer.id;
    if (!isButton || button.getAttribute("aria-expanded") !== "false") faults.push({ rule: "the menu has no closed button", node: shown(button ?? drawer) });
    for (const stop of stops()) if (drawer.contains(stop)) faults.push({ rule: "in the closed menu, but takes the focus", node: shown(stop) });
    return faults;
  }

  /** Write something into every field, tick every box, choose in every list. @returns {boolean} whether there are any */
  function fill() {
    const fields = /** @type {(HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement)[]} */ ([...document.querySelectorAll("main :is(input, select, textarea)")]);
    const shownOnes = fields.filter((one) => isShown(one) && one.type !== "number");
    for (const one of shownOnes) {
      if (one instanceof HTMLSelectElement) one.selectedIndex = 1;
      else if (one instanceof HTMLInputElement && ["checkbox", "radio"].includes(one.type)) one.checked = true;
      else one.value = "Wat hier staat, blijft hier";
      for (const event of ["input", "change"]) one.dispatchEvent(new Event(event, { bubbles: true }));
    }
    return shownOnes.length > 0;
  }

  return { fill, space, wide, small, keyboard, menu };
})();

// @ts-check
/* Words of the glossary show what they mean: under the mouse, at the keyboard's stop, and at the first touch; the
   second touch, a click and Enter lead to the glossary. Without this script the browser shows the link's title. */
(() => {
  "use strict";

  const again = document.currentScript?.dataset.again ?? "";
  const LEAVING = 200; // milliseconds in which the pointer may cross from the word to its meaning
  const GAP = 6; // pixels between them

  const bubble = document.createElement("div");
  bubble.id = "hb-definition";
  bubble.className = "hb-definition";
  bubble.setAttribute("role", "tooltip");
  bubble.hidden = true;

  /** @type {HTMLElement | null} */
  let shown = null;
  let pointer = "";
  let leaving = 0;

  /** @param {HTMLElement} word */
  function show(word) {
    clearTimeout(leaving);
    if (shown === word) return;
    hide();
    shown = word;
    bubble.textContent = word.dataset.definition ?? "";
    if (pointer === "touch" && again) bubble.append(Object.assign(document.createElement("small"), { textContent: again }));
    bubble.hidden = false;
    word.setAttribute("aria-describedby", bubble.id);
    place(word);
  }

  function hide() {
    clearTimeout(leaving);
    shown?.removeAttribute("aria-describedby");
    shown = null;
    bubble.hidden = true;
  }

  /**
   * Under the word's last line, or above its first one where there is no room; never beyond the edge of the page.
   * @param {HTMLElement} word
   */
  function place(word) {
    const lines = word.getClientRects();
    const first = lines[0];
    const last = lines[lines.length - 1];
    if (!first || !last) return;
    const page = document.documentElement.clientWidth;
    const below = last.bottom + GAP + bubble.offsetHeight < innerHeight;
    const top = below ? last.bottom + GAP : first.top - GAP - bubble.offsetHeight;
    const left = Math.max(GAP, Math.min(last.left, page - bubble.offsetWidth - GAP));
    bubble.style.top = `${top + scrollY}px`;
    bubble.style.left = `${left + scrollX}px`;
  }

  /** @param {HTMLElement} word */
  function watch(word) {
    word.dataset.definition = word.title;
    word.removeAttribute("title"); // the browser would show it a second time
    word.addEventListener("pointerenter", (event) => event.pointerType === "mouse" && show(word));
    word.addEventListener("pointerleave", (event) => event.pointerType === "mouse" && leave());
    word.addEventListener("focus", () => word.matches(":focus-visible") && pointer !== "touch" && show(word));
    word.addEventListener("blur", hide);
    word.addEventListener("click", (event) => {
      if (pointer !== "touch" || shown === word) return;
      event.preventDefault();
      show(word);
    });
  }

  const leave = () => {
    clearTimeout(leaving);
    leaving = setTimeout(hide, LEAVING);
  };

  document.addEventListener("pointerdown", (event) => {
    pointer = event.pointerType;
    if (event.target instanceof Node && !bubble.contains(event.target) && !shown?.contains(event.target)) hide();
  }, true);
  document.addEventListener("keydown", (event) => {
    pointer = "";
    if (event.key === "Escape") hide();
  }, true);
  addEventListener("resize", hide);
  bubble.addEventListener("pointerenter", () => clearTimeout(leaving));
  bubble.addEventListener("pointerleave", leave);

  document.querySelectorAll("a.term[title]").forEach((word) => word instanceof HTMLElement && watch(word));
  document.body.append(bubble);
})();

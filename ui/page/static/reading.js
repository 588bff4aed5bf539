// An opened article: words found in it, and the pages of a PDF. Follows page.js in the same function.

// Marks are painted over the text (CSS highlights): the text itself stays as it is.
function finder(view) {
  const box = made("span", "pm-find", "");
  const field = made("input", "", "");
  const count = made("output", "", "");
  Object.assign(field, { type: "search", placeholder: _("Find"), autocomplete: "off" });
  field.setAttribute("aria-label", _("Find in the article"));
  count.setAttribute("role", "status");
  let found = [];
  let at = -1;
  const go = (by) => {
    if (!found.length) return;
    at = (at + by + found.length) % found.length;
    CSS.highlights.set("pm-found-now", new Highlight(found[at]));
    count.textContent = _("%(at)s of %(all)s", { at: at + 1, all: found.length });
    const pane = view.closest("#pm-source");
    const narrow = getComputedStyle(document.querySelector("#pm-desk")).flexDirection === "column";
    const middle = narrow ? innerHeight / 2 : pane.getBoundingClientRect().top + pane.clientHeight / 2;
    const top = found[at].getBoundingClientRect().top - middle;
    (narrow ? document.scrollingElement : pane).scrollBy({ top, behavior: "instant" });
  };
  field.addEventListener("input", () => {
    found = placesOf(field.value, view.querySelector(".pm-text"));
    at = -1;
    CSS.highlights.delete("pm-found-now");
    CSS.highlights.set("pm-found", new Highlight(...found));
    count.textContent = !field.value.trim() ? "" : found.length ? counted("%(count)s found", "%(count)s found", found.length) : _("not found");
    if (found.length) go(1);
  });
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    go(event.shiftKey ? -1 : 1);
  });
  box.append(field, count, button("↑", _("Previous place"), () => go(-1)), button("↓", _("Next place"), () => go(1)));
  return box;
}

// Every place of the words, whatever their case and the blanks between them.
function placesOf(words, text) {
  const pieces = words.trim().split(/\s+/u).filter(Boolean);
  if (!text || !pieces.length) return [];
  const escaped = pieces.map((piece) => piece.replace(/[\\^$.*+?()[\]{}|/]/gu, "\\$&"));
  const pattern = new RegExp(escaped.join("\\s+"), "giu");
  const nodes = [];
  const walker = document.createTreeWalker(text, NodeFilter.SHOW_TEXT);
  let whole = "";
  while (walker.nextNode()) {
    nodes.push([whole.length, walker.currentNode]);
    whole += walker.currentNode.data;
  }
  const place = (offset, from) => {
    let index = from;
    while (index + 1 < nodes.length && nodes[index + 1][0] <= offset) index += 1;
    return [index, nodes[index][1], offset - nodes[index][0]];
  };
  const found = [];
  let from = 0;
  for (const match of whole.matchAll(pattern)) {
    const [index, first, start] = place(match.index, from);
    const [, last, end] = place(match.index + match[0].length - 1, index);
    const range = new Range();
    range.setStart(first, start);
    range.setEnd(last, end + 1);
    found.push(range);
    from = index;
    if (found.length === 5000) break;
  }
  return found;
}

// The pages of a PDF as the browser shows them, in the place of the text.
function showPages(pressed) {
  const view = pressed.closest(".pm-opened");
  const text = view.querySelector(".pm-text");
  const shown = view.querySelector(".pm-pdf");
  const on = !shown;
  shown?.remove();
  if (on) {
    const frame = made("iframe", "pm-pdf", "");
    frame.title = _("The pages of the PDF");
    frame.src = `${pressed.dataset.pages}&navpanes=0&view=FitH`;
    text.after(frame);
  }
  text.hidden = on;
  pressed.textContent = on ? _("show the text") : _("show the pages");
  pressed.setAttribute("aria-pressed", String(on));
}

document.addEventListener("click", ({ target }) => {
  const pressed = target.closest?.("#pm-source [data-pages]");
  if (pressed) showPages(pressed);
});

// Reading: citations, and the source beside them. Runs once inside Gradio's HTML component of the
// conversation, with `element`, `trigger` and `server`; talk.js follows in the same function.
// It moves HTML that the server has escaped, and never builds any from text.
const talk = element.closest("#pm-conversation");
const shelf = () => document.querySelector("#pm-source .pm-empty, #pm-source .pm-opened")
  ?.parentElement;
talk.setAttribute("role", "log"); // answers are read out as they come
let asked = 0;
let chosen = null;
let chosenPlace = "";

const citation = (chip) => ({
  marker: Number(chip.dataset.marker),
  article: chip.dataset.article,
  source: chip.dataset.source,
  start: Number(chip.dataset.start),
  end: Number(chip.dataset.end),
  answer: chip.dataset.answer ? chip.dataset.answer.split(",").map(Number) : null,
});

const chipsBeside = (chip) => {
  const seen = new Set();
  return [...chip.closest(".pm-answer").querySelectorAll(".pm-chip")].filter((other) => {
    const first = !seen.has(other.dataset.marker) || other === chip;
    seen.add(other.dataset.marker);
    return first;
  });
};

const placeOf = ({ dataset }) => [dataset.article, dataset.start, dataset.end].join();

function markCurrent(chip) {
  talk.querySelectorAll('.pm-chip[aria-current="true"]').forEach((other) => {
    other.removeAttribute("aria-current");
  });
  chip.setAttribute("aria-current", "true");
  chosen = chip;
  chosenPlace = placeOf(chip);
}

let bareShelf = null;
function clearShelf() {
  if (bareShelf !== null) shelf().innerHTML = bareShelf;
}

// Puts an opened source on the shelf, below a bar that leads to other places; `left` is called when
// a reader goes back to the list of sources.
function show(html, bar, left) {
  bar.prepend(button("← " + _("Sources"), _("Back to the list of sources"), () => {
    clearShelf();
    left?.();
  }));
  bar.firstChild.className = "pm-close";
  const view = document.createElement("div");
  view.className = "pm-opened";
  view.innerHTML = html;
  if (window.Highlight && CSS.highlights) {
    CSS.highlights.clear();
    if (view.querySelector(".pm-text")) bar.append(finder(view));
  }
  view.prepend(bar);
  bareShelf ??= shelf().innerHTML;
  shelf().replaceChildren(view);
  const narrow = getComputedStyle(document.querySelector("#pm-desk")).flexDirection === "column";
  if (narrow) document.querySelector("#pm-shelf").scrollIntoView({ block: "start" });
  else document.querySelector("#pm-source").scrollTop = 0;
  return view;
}

function place(html, beside, chip) {
  const at = beside.findIndex((other) => other.dataset.marker === chip.dataset.marker);
  const view = show(html, stepper(beside, at));
  const quote = view.querySelector("#pm-quote");
  const center = () => quote?.scrollIntoView({ block: "center", behavior: "instant" });
  center();
  if (view.querySelector(".pm-leaf")) requestAnimationFrame(center); // leaves have their size now
  view.querySelectorAll(".pm-also").forEach((mark) => {
    mark.addEventListener("click", () => {
      const other = beside.find((one) => one.dataset.marker === mark.dataset.marker);
      if (other) open(other);
    });
  });
}

function made(kind, name, text) {
  const node = document.createElement(kind);
  if (name) node.className = name;
  node.textContent = text;
  return node;
}

function button(sign, label, action) {
  const node = made("button", "", sign);
  node.type = "button";
  node.setAttribute("aria-label", label);
  node.disabled = !action;
  if (action) node.addEventListener("click", action);
  return node;
}

function stepsBar(label, back, ...rest) {
  const bar = made("nav", "pm-steps", "");
  bar.setAttribute("aria-label", label);
  if (back) back.className = "pm-back";
  bar.append(...(back ? [back] : []), ...rest);
  return bar;
}

function stepper(beside, at) {
  const [former, next] = [beside[at - 1], beside[at + 1]];
  const back = button(_("Back to the answer"), _("Back to the answer"), () => {
    showTab("ask");
    beside[at].scrollIntoView({ block: "center" });
    beside[at].focus();
  });
  const steps = made("span", "pm-stepping", ""); // stays on one line
  steps.append(
    button("←", _("Previous citation"), former && (() => open(former))),
    made("span", "pm-place", _("Citation %(at)s of %(all)s", { at: at + 1, all: beside.length })),
    button("→", _("Next citation"), next && (() => open(next))),
  );
  const where = made("span", "pm-where", beside[at].title);
  return stepsBar(_("Citations of this answer"), back, where, steps);
}

function showTab(name) {
  const tab = document.querySelector(`#pm-tabs [role="tab"][data-tab-id="${name}"]`);
  if (tab?.getAttribute("aria-selected") === "false") tab.click();
}

async function open(chip) {
  const turn = ++asked;
  markCurrent(chip);
  const beside = chipsBeside(chip);
  const others = beside.filter((other) => other !== chip).map(citation);
  const html = await answered(server.open_citation({ focus: citation(chip), others }));
  if (turn !== asked) return; // a later click was quicker
  if (typeof html === "string") {
    place(html, beside, chip);
  } else {
    notify(chip, _("The server did not answer. Is Pressmark still running?"));
  }
}

function notify(near, words) {
  const note = document.createElement("span");
  note.className = "pm-note";
  note.setAttribute("role", "status");
  note.textContent = words;
  near.after(note);
  setTimeout(() => note.remove(), 4000);
}

// One click alone removes nothing.
function sure(pressed) {
  if (pressed.dataset.sure) return true;
  pressed.dataset.sure = "yes";
  pressed.textContent = _("Really remove?");
  pressed.addEventListener("blur", () => {
    delete pressed.dataset.sure;
    pressed.textContent = _("Remove");
  }, { once: true });
  return false;
}

function step(chip, by) {
  const beside = chipsBeside(chip);
  const at = beside.findIndex((other) => other.dataset.marker === chip.dataset.marker);
  const next = beside[at + by];
  if (!next) return;
  next.focus();
  open(next);
}

document.addEventListener("keydown", (event) => {
  const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!by || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
  if (event.target.closest("input, textarea, select, [contenteditable]")) return;
  const chip = event.target.closest(".pm-chip") ?? chosen;
  if (!chip?.isConnected) return;
  event.preventDefault();
  step(chip, by);
});


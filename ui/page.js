// Runs once inside Gradio's HTML component of the conversation, with `element`, `trigger`,
// `server` and `watch`. It moves HTML that the server has escaped, and never builds any from text.
const shelf = () => document.querySelector("#pm-source .pm-empty, #pm-source .pm-opened")
  ?.parentElement;
element.setAttribute("role", "log"); // answers are read out as they come
let asked = 0;
let current = null;

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

function markCurrent(chip) {
  element.querySelectorAll('.pm-chip[aria-current="true"]').forEach((other) => {
    other.removeAttribute("aria-current");
  });
  chip.setAttribute("aria-current", "true");
  current = chip;
}

function place(html, beside, chip) {
  const pane = shelf();
  const view = document.createElement("div");
  view.className = "pm-opened";
  view.innerHTML = html;
  const at = beside.findIndex((other) => other.dataset.marker === chip.dataset.marker);
  view.prepend(stepper(beside, at));
  pane.replaceChildren(view);
  const quote = view.querySelector("#pm-quote");
  const narrow = getComputedStyle(document.querySelector("#pm-desk")).flexDirection === "column";
  if (narrow) document.querySelector("#pm-shelf").scrollIntoView({ block: "start" });
  quote?.scrollIntoView({ block: "center", behavior: "instant" });
  view.querySelectorAll(".pm-also").forEach((mark) => {
    mark.addEventListener("click", () => {
      const other = beside.find((one) => one.dataset.marker === mark.dataset.marker);
      if (other) open(other);
    });
  });
}

function stepper(beside, at) {
  const bar = document.createElement("nav");
  bar.className = "pm-steps";
  bar.setAttribute("aria-label", "Citations of this answer");
  const button = (sign, label, to, action) => {
    const made = document.createElement("button");
    made.type = "button";
    made.textContent = sign;
    made.setAttribute("aria-label", label);
    made.disabled = !to;
    made.addEventListener("click", action);
    return made;
  };
  const words = (text, name) => {
    const made = document.createElement("span");
    made.className = name;
    made.textContent = text;
    return made;
  };
  const back = button("Back to the answer", "Back to the answer", true, () => {
    beside[at].scrollIntoView({ block: "center" });
    beside[at].focus();
  });
  back.className = "pm-back";
  bar.append(
    back,
    words(beside[at].title, "pm-where"),
    button("←", "Previous citation", at > 0, () => open(beside[at - 1])),
    words(`Citation ${at + 1} of ${beside.length}`, "pm-place"),
    button("→", "Next citation", at < beside.length - 1, () => open(beside[at + 1])),
  );
  return bar;
}

async function open(chip) {
  const turn = ++asked;
  markCurrent(chip);
  const beside = chipsBeside(chip);
  const others = beside.filter((other) => other !== chip).map(citation);
  const html = await server.open_citation({ focus: citation(chip), others });
  if (turn !== asked) return; // a later click was quicker
  if (typeof html === "string") {
    place(html, beside, chip);
  } else {
    notify(chip, "The server did not answer. Is Pressmark still running?");
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

async function copy(button) {
  const data = button.closest(".pm-answer").dataset.response;
  const text =
    button.dataset.copy === "json"
      ? JSON.stringify(JSON.parse(data), null, 2)
      : await server.to_markdown(JSON.parse(data));
  try {
    await navigator.clipboard.writeText(text);
    notify(button, "Copied");
  } catch {
    notify(button, "The browser does not allow copying here");
  }
}

function step(chip, by) {
  const beside = chipsBeside(chip);
  const at = beside.findIndex((other) => other.dataset.marker === chip.dataset.marker);
  const next = beside[at + by];
  if (!next) return;
  next.focus();
  open(next);
}

element.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  if (button.matches(".pm-chip")) open(button);
  else if (button.matches(".pm-example")) trigger("select", { question: button.textContent });
  else if (button.dataset.copy) copy(button);
});

document.addEventListener("keydown", (event) => {
  const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!by || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
  if (event.target.closest("input, textarea, select, [contenteditable]")) return;
  const chip = event.target.closest(".pm-chip") ?? current;
  if (!chip?.isConnected) return;
  event.preventDefault();
  step(chip, by);
});

watch("value", () => {
  element.querySelector(".pm-turn:last-of-type")?.scrollIntoView({ block: "start" });
});

// Conversations: kept in this browser, each under a key of its own, so that two tabs do not
// overwrite each other. Each tab has its own current conversation.
const INDEX = "pressmark-conversations";
const ONE = "pressmark-conversation-";
const TAB = "pressmark-current";
const AT_A_TIME = 25;
const MAX_HISTORY = 10;
const keptTurns = element.querySelector(".pm-kept");
// This may run before its neighbours are on the page: they are looked up when they are needed.
const live = () => talk.querySelector("#pm-live");
const menu = () => document.querySelector("#pm-menu .pm-menu");
let current = freshConversation();
let example = "";
let scrolledTo = null;
let chosenIn = null; // the turn of the open citation, while that may still change

function freshConversation() {
  return { id: randomId(), title: "", updated: 0, turns: [] };
}

function randomId() {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

// Keeps gzipped JSON, encrypted with the key that the server's home folder holds.
// Browsers encrypt on this machine and over HTTPS only; elsewhere nothing outlives the tab.
let encryption = null;
function secretKey() {
  encryption ??= (async () => {
    const secret = crypto.subtle && (await server.browser_key(null));
    if (typeof secret !== "string" || !secret) return null;
    const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(secret));
    return crypto.subtle.importKey("raw", digest, "AES-GCM", false, ["encrypt", "decrypt"]);
  })();
  return encryption;
}

async function through(stream, bytes) {
  return new Uint8Array(await new Response(new Blob([bytes]).stream().pipeThrough(stream)).arrayBuffer());
}

async function seal(value) {
  const packed = await through(
    new CompressionStream("gzip"),
    new TextEncoder().encode(JSON.stringify(value)),
  );
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const sealed = new Uint8Array(
    await crypto.subtle.encrypt({ name: "AES-GCM", iv }, await secretKey(), packed),
  );
  let text = "";
  for (const part of [iv, sealed]) {
    for (let at = 0; at < part.length; at += 32768) {
      text += String.fromCharCode(...part.subarray(at, at + 32768));
    }
  }
  return btoa(text);
}

// Null if there is nothing, or another home folder's key sealed it.
async function unsealed(name) {
  const text = localStorage.getItem(name);
  const key = await secretKey();
  if (!text || !key) return null;
  try {
    const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
    const plain = await crypto.subtle.decrypt(
      { name: "AES-GCM", iv: bytes.subarray(0, 12) }, key, bytes.subarray(12),
    );
    const json = await through(new DecompressionStream("gzip"), plain);
    return JSON.parse(new TextDecoder().decode(json));
  } catch {
    return null;
  }
}

// One change at a time, in all tabs.
const exclusively = (change) =>
  navigator.locks ? navigator.locks.request("pressmark", change) : change();

const conversations = async () => (await unsealed(INDEX)) ?? [];

function save(conversation, turn) {
  const { id, title, model } = conversation;
  return exclusively(async () => {
    if (!(await secretKey())) return;
    const stored = (await unsealed(ONE + id)) ?? { id, turns: [] };
    stored.model = Boolean(model);
    const at = stored.turns.findIndex((other) => other.id === turn.id);
    stored.turns.splice(at < 0 ? stored.turns.length : at, 1, turn);
    const rest = (await conversations()).filter((other) => other.id !== id);
    const entry = { id, title, updated: Date.now(), turns: stored.turns.length };
    try {
      localStorage.setItem(ONE + id, await seal(stored));
      localStorage.setItem(INDEX, await seal([entry, ...rest]));
    } catch {
      notify(live()?.querySelector(".pm-copy") ?? keptTurns, _("This browser has no room left to keep this. "
        + "Delete a conversation that you do not need."));
    }
  });
}

async function remove(ids) {
  const gone = [];
  await exclusively(async () => {
    for (const id of ids) {
      gone.push(...((await unsealed(ONE + id))?.turns ?? []));
      localStorage.removeItem(ONE + id);
    }
    const rest = (await conversations()).filter((other) => !ids.includes(other.id));
    if (rest.length) localStorage.setItem(INDEX, await seal(rest));
    else localStorage.removeItem(INDEX);
  });
  const links = gone.map((turn) => turn.link).filter(Boolean);
  await Promise.all(links.map((link) => server.unshare(link)));
  if (ids.includes(current.id)) fresh(true);
}

// The turns on the page.

function keepLive() {
  const turn = live()?.querySelector(".pm-turn");
  if (!turn?.dataset.turn) return;
  // Late pieces of an answer that was left no longer belong to a conversation.
  const { id } = JSON.parse(turn.dataset.turn);
  if (current.turns.some((other) => other.id === id)) keptTurns.append(turn);
}

function request(question, { task = "auto", alone = false } = {}) {
  const words = question.trim();
  keepLive();
  const wrong = window.pressmarkSources?.wrong() ?? "";
  if (!words || wrong) return { turn: "", question: "", history: [], wrong };
  if ([...words].length > MAX_QUESTION) return { turn: "", question: words, history: [] };
  talk.querySelector(".pm-next")?.remove();
  showTab("ask");
  const before = alone ? [] : current.turns;
  const history = before.filter((turn) => turn.response).slice(-MAX_HISTORY);
  const turn = { id: randomId(), question: words };
  keep(turn);
  return {
    turn: turn.id,
    question: words,
    written: Boolean(current.model),
    wishes: window.pressmarkSources?.wishes() ?? {},
    task,
    history: history.map(({ question: typed, response }) => ({
      question: (response.question_understood || typed).slice(0, 4000),
      answer: response.answer.slice(0, 50000),
    })),
  };
}

// Adds a turn to the conversation of this tab.
function keep(turn) {
  current.title ||= turn.question.slice(0, 120);
  current.turns.push(turn);
  sessionStorage.setItem(TAB, current.id);
  entitle();
  return save(current, turn);
}

function fresh(quit) {
  current = freshConversation();
  sessionStorage.removeItem(TAB);
  keptTurns.replaceChildren();
  live()?.querySelector(".pm-turn")?.remove();
  if (location.search) history.replaceState(null, "", location.pathname);
  entitle();
  clearShelf();
  showTab("ask");
  if (menu()) menu().open = false;
  if (quit) trigger("clear"); // the server stops answering
  document.querySelector("#pm-question textarea")?.focus();
}

async function openConversation(id) {
  const stored = await unsealed(ONE + id);
  if (!stored) return;
  fresh(Boolean(live()?.querySelector(".pm-pending")));
  const title = (await conversations()).find((other) => other.id === id)?.title ?? "";
  const opened = { id, title, turns: stored.turns, model: Boolean(stored.model) };
  current = opened;
  sessionStorage.setItem(TAB, id);
  entitle();
  keptTurns.setAttribute("aria-busy", "true");
  for (let at = 0; at < opened.turns.length && current === opened; at += AT_A_TIME) {
    const html = await server.show_turns(opened.turns.slice(at, at + AT_A_TIME));
    if (current === opened && typeof html === "string") {
      keptTurns.insertAdjacentHTML("beforeend", html);
    }
  }
  keptTurns.removeAttribute("aria-busy");
  keptTurns.lastElementChild?.scrollIntoView({ block: "start" });
}

// Each sentence that comes renders its turn again: the citation that is open stays marked.
function rechoose(shown) {
  if (!chosen || chosenIn !== current.turns.at(-1)?.id || chosen.matches("[aria-current]")) return;
  const same = [...shown.querySelectorAll(".pm-chip")].find((chip) => placeOf(chip) === chosenPlace);
  if (!same) return;
  markCurrent(same);
  if (document.activeElement === document.body) same.focus({ preventScroll: true });
}

// Keeps a turn from the server as soon as it is whole.
new MutationObserver(() => {
  const shown = live()?.querySelector(".pm-turn");
  if (!shown) return;
  rechoose(shown);
  if (!shown.dataset.turn) {
    const asking = current.turns.at(-1)?.id;
    if (scrolledTo !== asking) shown.scrollIntoView({ block: "start" });
    scrolledTo = asking;
    return;
  }
  const turn = JSON.parse(shown.dataset.turn);
  const at = current.turns.findIndex((other) => other.id === turn.id);
  if (at < 0 || current.turns[at].response || current.turns[at].problem) return;
  current.turns[at] = turn;
  save(current, turn).then(() => shown.toggleAttribute("data-kept", true));
  if (turn.response) offerNext(shown, turn);
}).observe(talk, { childList: true, subtree: true, attributeFilter: ["data-turn"] });

// Copies of answers.

async function copied(form, turn) {
  const { response } = turn;
  if (form === "json") return JSON.stringify(response, null, 2);
  return server.take_along({ question: turn.question, response, form });
}

async function copy(pressed) {
  const section = pressed.closest(".pm-turn");
  const turn = JSON.parse(section.dataset.turn);
  try {
    if (pressed.dataset.copy === "link") {
      const link = turn.link ?? (await makeLink(section, turn));
      if (!link.id) return notify(pressed, link.problem);
      await navigator.clipboard.writeText(`${location.origin}/?answer=${link.id}`);
      if (link.works) sayFor(section, link.works);
    } else {
      const text = await copied(pressed.dataset.copy, turn);
      const as = (type) => ({ [type]: new Blob([text], { type }) });
      const html = pressed.dataset.copy === "html" && window.ClipboardItem;
      if (html) await navigator.clipboard.write([new ClipboardItem({ ...as("text/html"), ...as("text/plain") })]);
      else await navigator.clipboard.writeText(text);
    }
    notify(pressed, _("Copied"));
  } catch {
    notify(pressed, _("The browser does not allow copying here"));
  }
}

async function makeLink(section, turn) {
  const link = await answered(server.share(turn));
  if (link?.id) {
    setLink(section, turn, { id: link.id, key: link.key });
    const gone = made("button", "", _("Remove the link"));
    gone.type = "button";
    gone.dataset.unlink = "";
    section.querySelector(".pm-copy").append(gone);
  }
  return link ?? {};
}

// For whom a link works, below the answer that it opens.
function sayFor(section, words) {
  section.querySelector(".pm-linked")?.remove();
  const said = made("p", "pm-linked", words);
  said.setAttribute("role", "status");
  section.querySelector(".pm-status").append(said);
}

function setLink(section, turn, link) {
  const changed = { ...turn, link };
  section.dataset.turn = JSON.stringify(changed);
  const at = current.turns.findIndex((other) => other.id === turn.id);
  if (at < 0) return;
  current.turns[at] = changed;
  save(current, changed);
}

async function removeLink(pressed) {
  const section = pressed.closest(".pm-turn");
  const turn = JSON.parse(section.dataset.turn);
  if (turn.link) await server.unshare(turn.link);
  setLink(section, turn, null);
  section.querySelector(".pm-linked")?.remove();
  notify(pressed.previousElementSibling, _("The link is gone"));
  pressed.remove();
}

// An answer that somebody made a link to: shown, and kept only if a question follows below it.
async function showShared(id) {
  const html = await server.shared_answer(id);
  const note = made("p", "pm-notice", html
    ? _("Somebody made a link to this answer.")
    : _("There is no answer at this link any longer."));
  keptTurns.replaceChildren(note);
  if (html) note.insertAdjacentHTML("afterend", html);
}

// The menu of conversations.

const when = (time) =>
  new Date(time).toLocaleString(spoken.language, { dateStyle: "medium", timeStyle: "short" });

async function fillMenu() {
  const list = menu().querySelector(".pm-menu-list");
  const found = await conversations();
  const rows = found.map(({ id, title, updated }) => {
    const row = made("div", "pm-menu-row", "");
    row.setAttribute("role", "listitem");
    const opener = button("", `${title}, ${when(updated)}`, () => openConversation(id));
    opener.className = "pm-menu-open";
    if (id === current.id) opener.setAttribute("aria-current", "true");
    opener.append(made("bdi", "", title), made("small", "", when(updated)));
    const gone = button("×", _("Delete: %(title)s", { title }), async () => {
      await remove([id]);
      if (menu().open) fillMenu();
    });
    row.append(opener, gone);
    return row;
  });
  const none = (await secretKey())
    ? _("None yet. They are kept in this browser only.")
    : _("Conversations last as long as this tab: browsers keep them on this machine or over HTTPS.");
  if (!found.length) rows.push(made("p", "", none));
  if (found.length > 1) {
    const all = button(_("Delete all"), _("Delete all conversations"), async () => {
      if (all.dataset.sure) return remove(found.map(({ id }) => id)).then(fillMenu);
      all.dataset.sure = "yes";
      all.textContent = _("Really delete all %(count)s?", { count: found.length });
    });
    all.className = "pm-menu-all";
    rows.push(all);
  }
  list.replaceChildren(...rows);
}

document.addEventListener("toggle", ({ target }) => {
  if (target === menu() && target.open) fillMenu();
}, true);
document.addEventListener("click", (event) => {
  if (menu()?.open && !event.composedPath().includes(menu())) menu().open = false;
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && menu()?.open) {
    menu().open = false;
    menu().querySelector("summary").focus();
  } else if (event.key === "/" && !event.target.closest("input, textarea, select, [contenteditable]")) {
    event.preventDefault();
    showTab("ask");
    document.querySelector("#pm-question textarea")?.focus();
  }
});

talk.addEventListener("click", (event) => {
  const pressed = event.target.closest("button");
  if (!pressed) return;
  if (pressed.matches(".pm-chip")) {
    chosenIn = live()?.contains(pressed) ? current.turns.at(-1)?.id : null;
    open(pressed);
  }
  else if (pressed.matches(".pm-example")) {
    if (!pressed.matches(".pm-asks")) askAs(pressed.textContent, { task: pressed.dataset.task });
  } else if (pressed.dataset.copy) copy(pressed);
  else if (pressed.dataset.again) again(pressed);
  else if ("more" in pressed.dataset) moreQuotes(pressed);
  else if (pressed.dataset.save) saveAs(pressed);
  else if (pressed.dataset.verdict) giveVerdict(pressed);
  else if ("keep" in pressed.dataset) keepAnswer(pressed);
  else if ("unlink" in pressed.dataset) removeLink(pressed);
});

const doors = {
  ask: (question) => request(question),
  askExample: () => request(example, wishes),
  fresh: (asked) => {
    fresh(false);
    return asked;
  },
  keep,
  show, made, button, stepsBar, showTab, notify, sure, showSources: clearShelf,
};

// What the page says has to be known before it says anything.
worded.then(() => {
  window.pressmark = doors;
  const shared = new URLSearchParams(location.search).get("answer");
  const former = sessionStorage.getItem(TAB);
  if (shared) showShared(shared);
  else if (former) openConversation(former);
});

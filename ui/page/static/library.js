// The sources: searched, narrowed down, chosen. Runs once inside its Gradio HTML component, with
// `element`, `trigger` and `server`. What is chosen here restricts every question (`wishes`); it
// moves HTML that the server has escaped, and puts text on the page as text only.
const part = (name) => element.querySelector(name);
const AT_ONCE = 50;
const PAUSE_MS = 250;
const EMPTY = { publishers: [], languages: [], collections: [], articles: [], published_from: "", published_to: "", as_of: "" };
const looking = { words: "", order: "newest", doubtful: false, shown: AT_ONCE };
let byHand = false; // whether a reader chose the order of what is looked for
let wishes = structuredClone(EMPTY);
let wrongDays = "";
let known = { ids: [], total: 0, asked: 0, version: "" };
let asked = 0;
let waiting = null;

function node(kind, name, ...inside) {
  const made = document.createElement(kind);
  if (name) made.className = name;
  if (kind === "button") made.type = "button";
  made.append(...inside);
  return made;
}

function act(words, action, name = "pm-link") {
  const made = node("button", name, words);
  made.addEventListener("click", action);
  return made;
}

// What the server is asked, and what it answered.

function payload() {
  return { ...looking, order: part(".pm-order select").value, wishes };
}

async function look() {
  const turn = ++asked;
  clearTimeout(waiting);
  part(".pm-found").setAttribute("aria-busy", "true");
  let got = null;
  try {
    await worded;
    got = await server.look(payload());
  } catch {
    got = null;
  }
  if (turn !== asked) return; // what was asked later is what counts
  part(".pm-found").setAttribute("aria-busy", "false");
  if (!got || got.problem) {
    part(".pm-count").textContent = got?.problem ?? _("The server did not answer. Is Pressmark still running?");
    return;
  }
  known = got;
  put(".pm-lib-head", got.head);
  part(".pm-lib-full").hidden = !got.total;
  put(".pm-facets", got.facets);
  put(".pm-found", got.found);
  part(".pm-count").textContent = part(".pm-found [data-found]")?.dataset.found ?? "";
  drawChosen();
  drawScope();
}

// New HTML in the place of old; what had the focus has it again, what was unfolded stays so.
function put(name, html) {
  if (put[name] === html) return; // a button that asks "Really?" goes on asking
  put[name] = html;
  const place = part(name);
  const focused = place.contains(document.activeElement) ? document.activeElement : null;
  const { id, facet, value, act: does } = focused?.dataset ?? {};
  const unfolded = [...place.querySelectorAll("details[open]")].map((one) => one.dataset.of);
  place.innerHTML = html;
  place.querySelectorAll("details").forEach((one) => { one.open = unfolded.includes(one.dataset.of); });
  if (!focused) return;
  const again = [...place.querySelectorAll("button, input")].find(({ dataset }) =>
    dataset.id === id && dataset.facet === facet && dataset.value === value && dataset.act === does);
  again?.focus({ preventScroll: true });
}

function soon() {
  clearTimeout(waiting);
  waiting = setTimeout(look, PAUSE_MS);
}

function changed() {
  looking.shown = AT_ONCE;
  known.asked = null; // until the server has counted
  drawScope();
  look();
}

// The days. A date that is none, or before another, goes red and is never used in silence.

const dayInputs = () => [...element.querySelectorAll("[data-day]")];

function readDays() {
  const [first, last, asOf] = dayInputs();
  const named = (input) => input.parentElement.firstChild.textContent.trim();
  const bad = dayInputs().filter((input) => input.validity.badInput || !input.validity.valid);
  let wrong = bad.map((input) => _("“%(field)s” is no date yet.", { field: named(input) })).join(" ");
  const marked = new Set(bad);
  const reversed = (one, other) => one.value && other.value && one.value > other.value;
  if (!wrong && reversed(first, last)) {
    wrong = _("“Published to” is earlier than “Published from”: no article can be of such a day.");
    [first, last].forEach((input) => marked.add(input));
  } else if (!wrong && reversed(first, asOf)) {
    wrong = _("“Published from” is later than “As of”: articles dated later are not used.");
    [first, asOf].forEach((input) => marked.add(input));
  }
  for (const input of dayInputs()) {
    if (marked.has(input)) input.setAttribute("aria-invalid", "true");
    else input.removeAttribute("aria-invalid");
  }
  const before = JSON.stringify([wishes, wrongDays]);
  wrongDays = wrong;
  if (part(".pm-wrong").textContent !== wrong) part(".pm-wrong").textContent = wrong;
  // What stood there before counts no longer, either: nothing is asked until the days are mended.
  for (const input of dayInputs()) wishes[input.dataset.day] = wrong ? "" : input.value;
  if (JSON.stringify([wishes, wrongDays]) !== before) changed();
}

let daysWaiting = null;
part(".pm-day-row").addEventListener("input", () => {
  clearTimeout(daysWaiting);
  daysWaiting = setTimeout(readDays, 400); // a year is typed digit by digit
});
part(".pm-day-row").addEventListener("focusout", readDays);

function setDay(name, value) {
  dayInputs().find((input) => input.dataset.day === name).value = value;
}

// Filters in force, as chips above the question.

const dayWords = (day) =>
  new Date(`${day}T00:00:00Z`).toLocaleDateString(spoken.language === "en" ? "en-GB" : spoken.language, { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" });

const languageWords = (code) => {
  try {
    return new Intl.DisplayNames([spoken.language], { type: "language" }).of(code);
  } catch {
    return code;
  }
};

function without(kind, value) {
  wishes[kind] = wishes[kind].filter((other) => other !== value);
  if (kind === "articles") element.querySelectorAll(".pm-tick").forEach((tick) => { tick.checked = wishes.articles.includes(tick.dataset.id); });
  changed();
}

function inForce() {
  const chips = [];
  const count = wishes.articles.length;
  if (count) chips.push([counted("%(count)s chosen article", "%(count)s chosen articles", count), chooseNone]);
  for (const kind of ["collections", "publishers", "languages"]) {
    for (const value of wishes[kind]) chips.push([kind === "languages" ? languageWords(value) : value, () => without(kind, value)]);
  }
  const words = {
    published_from: (day) => _("from %(day)s", { day }),
    published_to: (day) => _("to %(day)s", { day }),
    as_of: (day) => _("as of %(day)s", { day }),
  };
  for (const [name, said] of Object.entries(words)) {
    if (!wishes[name]) continue;
    chips.push([said(dayWords(wishes[name])), () => {
      setDay(name, "");
      readDays();
    }]);
  }
  return chips;
}

const scope = () => document.querySelector("#pm-scope .pm-scope");

function drawScope() {
  const place = scope();
  if (!place) return setTimeout(drawScope, 100); // its neighbour may come later
  const chips = inForce();
  const filter = act(_("Filter"), openFilters);
  if (!known.total) return place.replaceChildren();
  const drawn = chips.map(([words, clear]) => {
    const chip = act("", clear, "pm-scope-chip");
    chip.append(node("bdi", "", words), node("span", "", "×"));
    chip.setAttribute("aria-label", _("Clear the filter: %(words)s", { words }));
    return chip;
  });
  if (wrongDays) {
    const wrong = node("span", "pm-wrong", wrongDays);
    return place.replaceChildren(wrong, act(_("Mend"), openFilters), act(_("Clear"), clearAll));
  }
  if (!drawn.length) {
    const every = counted("Asks the one article", "Asks all %(count)s articles", known.total);
    return place.replaceChildren(node("span", "", every), filter);
  }
  const few = known.asked === null ? _("Asks only:")
    : counted("Asks %(count)s article:", "Asks %(count)s articles:", known.asked);
  const clear = act(drawn.length > 1 ? _("Clear all") : _("Clear"), clearAll);
  place.replaceChildren(node("span", "", few), ...drawn, filter, clear);
}

function clearAll() {
  wishes = structuredClone(EMPTY);
  dayInputs().forEach((input) => { input.value = ""; });
  readDays();
  changed();
}

async function openFilters() {
  const { showSources, showTab } = window.pressmark ?? {};
  showSources?.();
  part(".pm-days").open = true;
  const narrow = getComputedStyle(document.querySelector("#pm-desk")).flexDirection === "column";
  if (narrow) {
    showTab?.("articles"); // on a phone the sources are below it
    for (let tries = 0; tries < 40 && !part(".pm-words").offsetParent; tries += 1) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    part(".pm-library").scrollIntoView({ block: "start" });
  }
  (part('[aria-invalid="true"]') ?? part(".pm-words")).focus({ preventScroll: narrow });
}

// Articles ticked one by one, and kept as collections.

function chooseNone() {
  wishes.articles = [];
  element.querySelectorAll(".pm-tick").forEach((tick) => { tick.checked = false; });
  changed();
}

function drawChosen() {
  const place = part(".pm-chosen");
  const count = wishes.articles.length;
  const narrowed = looking.words.trim() || looking.doubtful || inForce().length > (count ? 1 : 0);
  const drawn = [];
  if (count) {
    drawn.push(node("span", "", counted("%(count)s chosen", "%(count)s chosen", count)));
    drawn.push(act(_("Keep as a collection"), nameCollection));
    if (wishes.collections.length === 1) drawn.push(act(_("Take out of the collection"), takeOut));
    drawn.push(act(_("Choose none"), chooseNone));
  } else if (narrowed && known.ids.length > 1) {
    drawn.push(act(_("Choose these %(count)s", { count: known.ids.length.toLocaleString(spoken.language) }), () => {
      wishes.articles = [...known.ids];
      changed();
    }));
  }
  if (!count && wishes.collections.length === 1) {
    const gone = act(_("Forget this collection"), async () => {
      if (!gone.dataset.sure) {
        gone.dataset.sure = "yes";
        gone.textContent = _("Really forget it? Its articles stay");
        return;
      }
      const [name] = wishes.collections;
      await server.forget_collection(name);
      without("collections", name);
    });
    drawn.push(gone);
  }
  place.replaceChildren(...drawn);
  place.hidden = !drawn.length;
}

function nameCollection() {
  const form = node("form", "pm-naming");
  const name = node("input", "");
  Object.assign(name, { type: "text", maxLength: 100, required: true, placeholder: _("Name of the collection") });
  name.setAttribute("aria-label", _("Name of the collection"));
  name.setAttribute("list", "pm-collection-names");
  const names = node("datalist", "");
  names.id = "pm-collection-names";
  for (const { dataset } of element.querySelectorAll('[data-facet="collections"]')) names.append(Object.assign(node("option", ""), { value: dataset.value }));
  const keep = node("button", "pm-pill", _("Keep"));
  keep.type = "submit";
  const says = node("span", "pm-wrong");
  says.setAttribute("role", "alert");
  form.append(name, names, keep, act(_("Cancel"), drawChosen), says);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const kept = await server.keep_collection({ name: name.value, articles: wishes.articles });
    if (!kept?.name) {
      says.textContent = kept?.problem ?? _("The collection could not be kept.");
      return;
    }
    wishes = { ...wishes, articles: [], collections: [kept.name] };
    changed();
  });
  part(".pm-chosen").replaceChildren(form);
  name.focus();
}

async function takeOut() {
  await server.take_out({ name: wishes.collections[0], articles: wishes.articles });
  chooseNone();
}

// What a reader does in the list.

async function openArticle(id, left) {
  const html = await server.show_article(id);
  if (typeof html !== "string") return;
  const { show, made, stepsBar } = window.pressmark;
  show(html, stepsBar(_("This article"), null, made("span", "pm-where", "")), left);
}

function read(pressed) {
  element.querySelector('.pm-article[aria-current="true"]')?.removeAttribute("aria-current");
  pressed.setAttribute("aria-current", "true");
  openArticle(pressed.dataset.id, () => {
    pressed.scrollIntoView({ block: "center" });
    pressed.focus();
  });
}

function toggleFacet({ facet, value }) {
  if (facet === "years") {
    const on = wishes.published_from === `${value}-01-01` && wishes.published_to === `${value}-12-31`;
    setDay("published_from", on ? "" : `${value}-01-01`);
    setDay("published_to", on ? "" : `${value}-12-31`);
    return readDays();
  }
  const had = wishes[facet].includes(value);
  wishes[facet] = had ? wishes[facet].filter((other) => other !== value) : [...wishes[facet], value];
  changed();
}

element.addEventListener("click", ({ target }) => {
  const pressed = target.closest("button");
  if (!pressed) return;
  const { act: does, id, facet } = pressed.dataset;
  if (facet) toggleFacet(pressed.dataset);
  else if (does === "open") read(pressed);
  else if (does === "add") window.pressmark?.showTab("articles");
  else if (does === "more") {
    looking.shown += AT_ONCE;
    look();
  } else if (does === "remove" && window.pressmark.sure(pressed)) trigger("select", { act: does, id });
});

element.addEventListener("change", ({ target }) => {
  if (target.matches(".pm-tick")) {
    const { id } = target.dataset;
    wishes.articles = target.checked ? [...wishes.articles, id] : wishes.articles.filter((other) => other !== id);
    drawChosen();
    changed();
  } else if (target.matches(".pm-doubtful input")) {
    looking.doubtful = target.checked;
    changed();
  } else if (target.matches(".pm-order select")) {
    byHand = true;
    if (target.value !== "relevance") looking.order = target.value;
    changed();
  }
});

part(".pm-words").addEventListener("input", ({ target }) => {
  const order = part(".pm-order select");
  const sought = Boolean(target.value.trim());
  order.querySelector('[value="relevance"]').disabled = !sought;
  if (!sought) byHand = false;
  if (!byHand) order.value = sought ? "relevance" : looking.order;
  looking.words = target.value;
  looking.shown = AT_ONCE;
  soon();
});

// The foot names the version of the index; another one means other articles.
new MutationObserver(() => {
  const version = document.querySelector("#pm-foot .pm-version")?.getAttribute("value");
  if (version && version !== known.version) soon();
}).observe(document.querySelector("#pm-foot") ?? document.body, { childList: true, subtree: true });

// Other versions and copies are named in the head of an open article.
document.addEventListener("click", ({ target }) => {
  const pressed = target.closest?.("#pm-source [data-open]");
  if (pressed) openArticle(pressed.dataset.open);
});

window.pressmarkSources = { refresh: look, wishes: () => wishes, wrong: () => { readDays(); return wrongDays; } };
look();

// What a reader says of an answer, and answers saved in the library.

async function giveVerdict(pressed) {
  const section = pressed.closest(".pm-turn");
  const turn = JSON.parse(section.dataset.turn);
  const box = pressed.closest(".pm-verdict");
  const words = (name) => box.querySelector(`[data-${name}]`).value;
  const at = current.turns.findIndex((other) => other.id === turn.id);
  const before = current.turns.slice(0, Math.max(at, 0)).filter((other) => other.response);
  const kept = await server.give_verdict({
    turn,
    verdict: pressed.dataset.verdict,
    expected: words("expected"),
    comment: words("comment"),
    history: before.slice(-MAX_HISTORY).map(({ question, response }) => ({
      question: question.slice(0, 4000),
      answer: response.answer.slice(0, 50000),
    })),
  });
  if (!kept?.id) return notify(pressed, kept?.problem ?? _("This could not be kept."));
  box.querySelectorAll("button").forEach((other) => other.removeAttribute("aria-pressed"));
  pressed.setAttribute("aria-pressed", "true");
  notify(pressed, _("Kept in the library"));
}

async function keepAnswer(pressed) {
  const kept = await server.save_answer(JSON.parse(pressed.closest(".pm-turn").dataset.turn));
  if (!kept?.id) return notify(pressed, kept?.problem ?? _("This could not be kept."));
  notify(pressed, _("Saved: see Conversations"));
  const { collections } = (await answered(server.saved_answers(null))) ?? {};
  offerNote(pressed.closest(".pm-status"), kept, collections ?? []);
}

// A line for a note on the answer that was just saved, and for the collection that it is kept with.
function offerNote(below, { id, collection }, collections) {
  below.querySelector(".pm-noting")?.remove();
  const form = made("form", "pm-noting pm-verdict-words", "");
  const field = (words, most, value) => {
    const box = made("input", "", "");
    Object.assign(box, { type: "text", maxLength: most, placeholder: words, value });
    box.setAttribute("aria-label", words);
    return box;
  };
  const comment = field(_("A note on this answer"), 4000, "");
  const kept = field(_("Collection, if any"), 100, collection ?? "");
  const names = made("datalist", "", "");
  names.id = `pm-collections-${id}`;
  names.append(...collections.map((name) => Object.assign(made("option", "", ""), { value: name })));
  kept.setAttribute("list", names.id);
  const keeps = made("button", "pm-act", _("Save the note"));
  form.append(comment, kept, names, keeps);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const noted = await answered(
      server.change_answer({ id, comment: comment.value, collection: kept.value }),
    );
    notify(keeps, noted?.id ? _("Saved") : noted?.problem ?? _("This could not be kept."));
    if (noted?.id) window.pressmarkSources?.refresh(); // a collection may be new
  });
  below.append(form);
  comment.focus();
}

// A saved answer joins the conversation of this tab, so that one can ask on from it.
async function takeSaved(id) {
  const turn = await server.saved_turn(id);
  if (!turn?.question) return;
  const joined = { ...turn, id: randomId() };
  keepLive();
  keepShown(await server.show_turns([joined]));
  if (turn.response) await keep(joined);
  menu().open = false;
  showTab("ask");
  keptTurns.lastElementChild?.scrollIntoView({ block: "start" });
}

function keepShown(html) {
  if (typeof html === "string") keptTurns.insertAdjacentHTML("beforeend", html);
}

// The saved answers: all, or those that are kept with one collection.
let savedIn = "";

async function fillSaved() {
  const box = menu().querySelector(".pm-saved");
  const { saved = [], collections = [] } = (await answered(server.saved_answers(null))) ?? {};
  box.hidden = !saved.length;
  const used = collections.filter((name) => saved.some(({ collection }) => collection === name));
  if (!used.includes(savedIn)) savedIn = "";
  const only = box.querySelector(".pm-saved-in");
  only.hidden = !used.length;
  only.querySelector("select").replaceChildren(
    choice("", _("All saved answers"), savedIn), ...used.map((name) => choice(name, name, savedIn)),
  );
  const shown = saved.filter(({ collection }) => !savedIn || collection === savedIn);
  box.querySelector(".pm-saved-list")
    .replaceChildren(...shown.toReversed().map((one) => savedRow(one, collections)));
}

function choice(value, words, chosen) {
  const option = made("option", "", words);
  option.value = value;
  option.selected = value === chosen;
  return option;
}

function savedRow({ id, question, comment, collection, saved_at: time }, collections) {
  const row = made("div", "pm-menu-row pm-saved-row", "");
  row.setAttribute("role", "listitem");
  const opener = button("", `${question}, ${when(time)}`, () => takeSaved(id));
  opener.className = "pm-menu-open";
  opener.append(made("bdi", "", question), made("small", "", when(time)));
  if (comment) opener.append(made("bdi", "pm-comment", comment));
  const gone = button("×", _("Forget: %(title)s", { title: question }), async () => {
    await server.unsave_answer(id);
    fillSaved();
  });
  row.append(opener, gone);
  if (collections.length) row.append(keptWith(id, question, collection ?? "", collections));
  return row;
}

// Shows with which collection an answer is kept, and moves it to another.
function keptWith(id, question, collection, collections) {
  const list = made("select", "pm-saved-with", "");
  list.setAttribute("aria-label", _("Collection of: %(title)s", { title: question }));
  list.append(
    choice("", _("No collection"), collection),
    ...collections.map((name) => choice(name, name, collection)),
  );
  list.addEventListener("change", async () => {
    const moved = await answered(server.change_answer({ id, collection: list.value }));
    if (!moved?.id) notify(list, moved?.problem ?? _("This could not be kept."));
    fillSaved();
  });
  return list;
}

document.addEventListener("change", ({ target }) => {
  if (!target.matches?.(".pm-saved-in select")) return;
  savedIn = target.value;
  fillSaved();
});
document.addEventListener("toggle", ({ target }) => {
  if (target === menu() && target.open) fillSaved();
}, true);

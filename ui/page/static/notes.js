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
  offerNote(pressed.closest(".pm-status"), kept.id);
}

// A line for a note on the answer that was just saved.
function offerNote(below, id) {
  below.querySelector(".pm-noting")?.remove();
  const form = made("form", "pm-noting pm-verdict-words", "");
  const box = made("input", "", "");
  Object.assign(box, { type: "text", maxLength: 4000, placeholder: _("A note on this answer") });
  box.setAttribute("aria-label", _("A note on this answer"));
  const keeps = made("button", "pm-act", _("Save the note"));
  form.append(box, keeps);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const noted = await answered(server.note_answer({ id, comment: box.value }));
    notify(keeps, noted?.id ? _("Saved") : noted?.problem ?? _("This could not be kept."));
  });
  below.append(form);
  box.focus();
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

async function fillSaved() {
  const box = menu().querySelector(".pm-saved");
  const saved = (await server.saved_answers(null)) ?? [];
  box.hidden = !saved.length;
  const rows = saved.toReversed().map(({ id, question, comment, saved_at: time }) => {
    const row = made("div", "pm-menu-row", "");
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
    return row;
  });
  box.querySelector(".pm-saved-list").replaceChildren(...rows);
}

document.addEventListener("toggle", ({ target }) => {
  if (target === menu() && target.open) fillSaved();
}, true);

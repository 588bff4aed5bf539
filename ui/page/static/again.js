// The same question once more: in another way, with more quotes, or what to ask next.

// What the next question is asked with, beside its words.
let wishes = {};

function askAs(question, wanted = {}) {
  example = question;
  wishes = wanted;
  trigger("select");
}

const turnOf = (node) => JSON.parse(node.closest(".pm-turn").dataset.turn);

function again(pressed) {
  const { question } = turnOf(pressed);
  const how = pressed.dataset.again;
  if (how === "reword") return reword(question);
  askAs(question, how === "typed" ? { alone: true } : { task: how });
}

// Puts a question back into its box, so that it can be changed.
function reword(question) {
  const box = document.querySelector("#pm-question textarea");
  if (!box) return;
  box.value = question;
  box.dispatchEvent(new Event("input", { bubbles: true }));
  box.focus();
  box.setSelectionRange(question.length, question.length);
}

async function moreQuotes(pressed) {
  const answer = pressed.closest(".pm-answer");
  pressed.disabled = true;
  const found = await answered(server.more_quotes(turnOf(pressed)));
  if (typeof found?.html !== "string") {
    pressed.disabled = false;
    return notify(pressed, found?.problem ?? _("The server did not answer. Is Pressmark still running?"));
  }
  answer.querySelector(".pm-status").insertAdjacentHTML("beforebegin", found.html);
  pressed.remove();
}

// What can be asked next, below the last answer; the server has tried each.
async function offerNext(shown, turn) {
  talk.querySelector(".pm-next")?.remove();
  const offered = await answered(server.ask_next(turn));
  if (!offered?.length || current.turns.at(-1)?.id !== turn.id || !shown.isConnected) return;
  const box = made("nav", "pm-next", "");
  box.setAttribute("aria-label", _("Ask next"));
  box.append(made("span", "pm-label", _("Ask next")));
  for (const { question, task } of offered) {
    const asks = made("button", "pm-example pm-asks", question);
    asks.type = "button";
    asks.dir = "auto";
    asks.addEventListener("click", () => askAs(question, { task }));
    box.append(asks);
  }
  shown.append(box);
}

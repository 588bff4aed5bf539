// Manners: the tab's title, help on request, the language, the length of a question, and a server
// that is gone.
const NAME = "Pressmark";
const MAX_QUESTION = 4000;
const LOOK_MS = 4000;

function entitle() {
  const asked = current.turns.at(-1)?.question ?? "";
  const words = [...asked.split(/\s+/).filter(Boolean).join(" ")];
  const short = words.length > 70 ? `${words.slice(0, 69).join("")}…` : words.join("");
  document.title = short ? `${short} · ${NAME}` : NAME;
}

const help = () => document.querySelector("#pm-help dialog");
const typing = (target) => target.closest?.("input, textarea, select, [contenteditable]");

document.addEventListener("keydown", (event) => {
  if (event.key !== "?" || event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  event.preventDefault();
  if (help() && !help().open) help().showModal();
});
document.addEventListener("click", ({ target }) => {
  if (target.closest?.(".pm-help-open")) help()?.showModal();
  else if (target === help()) help().close(); // beside the box
});
document.addEventListener("change", ({ target }) => {
  if (target.id !== "pm-language") return;
  document.cookie = `pressmark-language=${target.value}; path=/; max-age=31536000; SameSite=Strict`;
  location.reload();
});

// How much of a question there is, once it is more than can be asked.
document.addEventListener("input", ({ target }) => {
  const box = target.closest?.("#pm-question");
  if (!box) return;
  const count = [...target.value.trim()].length;
  let told = box.querySelector(".pm-length");
  if (count <= MAX_QUESTION) return told?.remove();
  if (!told) {
    told = made("p", "pm-length", "");
    told.setAttribute("role", "status");
    box.append(told);
  }
  const number = (value) => value.toLocaleString(spoken.language);
  told.textContent = _("%(count)s of %(most)s characters: too long to ask", {
    count: number(count), most: number(MAX_QUESTION),
  });
});

// A server that is gone: said at once, and taken back once it answers again.
async function lookForServer() {
  const there = await fetch("/healthz", { cache: "no-store" }).then(() => true, () => false);
  sayGone(!there);
  return there;
}

function sayGone(gone) {
  const told = document.querySelector("#pm-gone");
  if (!gone) return told?.remove();
  if (told) return;
  const said = made("p", "", _("Pressmark does not answer: it was stopped, or the connection is lost. "
    + "What you asked and read stays here; the page goes on by itself once Pressmark runs again."));
  said.id = "pm-gone";
  said.setAttribute("role", "alert");
  document.querySelector("#pm-top").after(said);
  const looking = setInterval(async () => { if (await lookForServer()) clearInterval(looking); }, LOOK_MS);
}

// Whatever fails is worth a look whether the server is there at all. Gradio's client logs why a
// function of the server failed, and gives nothing; a function that has nothing to say gives null.
async function answered(asking) {
  const said = await asking.catch(() => undefined);
  if (said === undefined) lookForServer();
  return said ?? null;
}

// An answer that does not come: is anybody there?
setInterval(() => {
  if (live()?.querySelector(".pm-pending") && !document.hidden) lookForServer();
}, LOOK_MS);
window.addEventListener("offline", lookForServer);

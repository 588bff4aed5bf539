// The panel for the language model. A key goes to the server once, and never comes back.
const panel = () => document.querySelector("#pm-model .pm-model");

const field = (name) => panel().querySelector(`[data-field="${name}"]`);

function chosenModel() {
  const number = (name) => (field(name).value === "" ? null : Number(field(name).value));
  return {
    base_url: field("base_url").value.trim(),
    model: field("model").value.trim(),
    key: field("key").value,
    prompt_price: number("prompt_price"),
    completion_price: number("completion_price"),
  };
}

function showModel(state) {
  const kept = state?.base_url ? state : {};
  for (const name of ["base_url", "model", "prompt_price", "completion_price"]) field(name).value = kept[name] ?? "";
  field("key").value = "";
  field("key").placeholder = kept.has_key ? _("One is kept; it is not shown") : "";
  const use = panel().querySelector("[data-model-use]");
  use.disabled = !kept.base_url;
  use.checked = Boolean(kept.base_url && current.model);
  panel().querySelector(".pm-model-leaves").textContent = kept.leaves ?? "";
  panel().querySelector(".pm-model-today").textContent = state?.today ?? "";
}

const sayOfModel = (words) => { panel().querySelector(".pm-model-says").textContent = words; };

async function actOnModel(act) {
  sayOfModel("…");
  const answer = (await server[`${act}_model${act === "list" ? "s" : ""}`](chosenModel())) ?? {};
  if (act === "list") {
    const options = (answer.models ?? []).map((name) => Object.assign(made("option", "", ""), { value: name }));
    panel().querySelector("#pm-models").replaceChildren(...options);
    if (options.length && !field("model").value) field("model").value = options[0].value;
  } else if (act !== "test" && !answer.problem) {
    if (act === "forget") current.model = false;
    showModel(answer);
  }
  sayOfModel(answer.problem ?? answer.says ?? "");
}

document.addEventListener("click", (event) => {
  const pressed = event.target.closest?.("#pm-model [data-model]");
  if (pressed) actOnModel(pressed.dataset.model);
  else if (panel()?.open && !event.composedPath().includes(panel())) panel().open = false;
});
document.addEventListener("change", ({ target }) => {
  if (target.matches?.("[data-model-use]")) current.model = target.checked;
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !panel()?.open) return;
  panel().open = false;
  panel().querySelector("summary").focus();
});
document.addEventListener("toggle", async ({ target }) => {
  if (!panel() || target !== panel() || !target.open) return;
  // What is typed before the server has told what is kept would be lost.
  const fields = panel().querySelectorAll("input, button");
  for (const each of fields) each.disabled = true;
  try {
    showModel(await server.model_state(null));
  } finally {
    for (const each of fields) if (!each.matches("[data-model-use]")) each.disabled = false;
  }
}, true);

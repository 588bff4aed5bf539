// The list of articles. Runs once inside its Gradio HTML component, with `element`, `trigger` and
// `server`; reading is done by page.js.
async function read(pressed) {
  const html = await server.show_article(pressed.dataset.id);
  if (typeof html !== "string") return;
  const { show, made, button, stepsBar } = window.pressmark;
  element.querySelector('[aria-current="true"]')?.removeAttribute("aria-current");
  pressed.setAttribute("aria-current", "true");
  const back = button("Back to the list", "Back to the list", () => {
    pressed.scrollIntoView({ block: "center" });
    pressed.focus();
  });
  show(html, stepsBar("This article", back, made("span", "pm-where", "Article")));
}

// One click alone removes nothing.
function sure(pressed) {
  if (pressed.dataset.sure) return true;
  pressed.dataset.sure = "yes";
  pressed.textContent = "Really remove?";
  pressed.addEventListener("blur", () => {
    delete pressed.dataset.sure;
    pressed.textContent = "Remove";
  }, { once: true });
  return false;
}

element.addEventListener("click", (event) => {
  const pressed = event.target.closest("button[data-act]");
  if (!pressed) return;
  const { act, id } = pressed.dataset;
  if (act === "open") read(pressed);
  else if (act === "more") trigger("input");
  else if (act === "update" || sure(pressed)) trigger("select", { act, id });
});

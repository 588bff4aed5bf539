// The folders and the refused files. Runs once inside its Gradio HTML component.

element.addEventListener("click", (event) => {
  const pressed = event.target.closest("button[data-act]");
  if (!pressed) return;
  const { act, id } = pressed.dataset;
  if (act === "update" || window.pressmark.sure(pressed)) trigger("select", { act, id });
});

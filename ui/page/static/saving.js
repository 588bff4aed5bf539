// Answers and conversations saved as files, and printed (which is how a PDF is made).

function exchangesOf(pressed) {
  const turns = pressed.dataset.of === "answer"
    ? [JSON.parse(pressed.closest(".pm-turn").dataset.turn)]
    : current.turns;
  return turns.filter((turn) => turn.response).map(({ question, response }) => ({ question, response }));
}

const bytesOf = (base64) => Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));

async function saveAs(pressed) {
  const printing = pressed.dataset.save === "print";
  const form = printing ? "html" : pressed.dataset.save;
  const file = pressed.dataset.of === "saved"
    ? await server.export_saved({ collection: savedIn || null, form })
    : await server.export_file({ exchanges: exchangesOf(pressed), form });
  if (!file?.data) return notify(pressed, file?.problem ?? _("This could not be saved."));
  if (printing) return print(new TextDecoder().decode(bytesOf(file.data)));
  const link = made("a", "", "");
  link.href = URL.createObjectURL(new Blob([bytesOf(file.data)], { type: file.media_type }));
  link.download = file.name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
  notify(pressed, _("Saved"));
}

// What is printed is the page that is saved, in a frame of its own that can run nothing.
function print(html) {
  document.querySelector("#pm-print")?.remove();
  const frame = made("iframe", "", "");
  frame.id = "pm-print";
  frame.title = _("What is printed");
  frame.sandbox = "allow-same-origin allow-modals";
  frame.addEventListener("load", () => frame.contentWindow.print(), { once: true });
  frame.srcdoc = html;
  document.body.append(frame);
}

// The menu is outside of the conversation, so its buttons are heard here.
document.addEventListener("click", ({ target }) => {
  const pressed = target.closest?.("#pm-menu [data-save]");
  if (pressed) saveAs(pressed);
});
document.addEventListener("toggle", ({ target }) => {
  if (target !== menu() || !target.open) return;
  target.querySelector(".pm-menu-box > .pm-save").hidden = !current.turns.some((turn) => turn.response);
}, true);

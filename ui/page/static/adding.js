// Files, folders and texts that a reader adds. Runs once inside its Gradio HTML component. Each file
// is sent by itself, so that its progress shows; all are then read in one run.
const zone = element.querySelector(".pm-dropzone");
const paste = element.querySelector(".pm-paste");
const says = element.querySelector(".pm-sending");
const list = element.querySelector(".pm-sent");
const report = element.querySelector(".pm-added");
const MAX_BYTES = Number(zone.dataset.mb) * 2 ** 20;
const TOGETHER = 20;
const SHOWN = 100;
let busy = Promise.resolve();

function row(file) {
  const item = document.createElement("li");
  const name = document.createElement("bdi");
  const state = document.createElement("span");
  name.textContent = file.webkitRelativePath || file.name;
  state.textContent = _("waits");
  item.append(name, state);
  return { item, state };
}

function send(file, onProgress) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const form = new FormData();
    form.append("files", file, file.name);
    request.open("POST", new URL("gradio_api/upload", document.baseURI));
    request.responseType = "json";
    request.upload.addEventListener("progress", ({ loaded, total }) => onProgress(total ? loaded / total : 0));
    request.addEventListener("load", () => (request.status === 200 && request.response?.[0]
      ? resolve(request.response[0]) : reject(new Error(String(request.status)))));
    request.addEventListener("error", () => reject(new Error(_("The server did not answer. Is Pressmark still running?"))));
    request.send(form);
  });
}

async function add(files) {
  const wanted = files.filter((file) => !file.name.startsWith("."));
  if (!wanted.length) return;
  report.replaceChildren();
  const rows = wanted.map(row);
  list.replaceChildren(...rows.slice(0, SHOWN).map(({ item }) => item));
  let token = "";
  let waiting = { paths: [], too_large: [], failed: [] };
  const hand = async () => {
    const got = await server.receive({ token, ...waiting });
    waiting = { paths: [], too_large: [], failed: [] };
    if (got?.problem) throw new Error(got.problem);
    token = got.token;
  };
  for (const [place, file] of wanted.entries()) {
    const { item, state } = rows[place];
    says.textContent = _("Sending %(at)s of %(all)s: %(name)s", { at: place + 1, all: wanted.length, name: file.name });
    if (place >= SHOWN) list.append(item);
    if (file.size > MAX_BYTES) {
      waiting.too_large.push(file.name);
      state.textContent = _("too large");
    } else {
      try {
        waiting.paths.push(await send(file, (part) => { state.textContent = `${Math.round(part * 100)} %`; }));
        state.textContent = _("sent");
      } catch {
        waiting.failed.push(file.name);
        state.textContent = _("could not be sent");
      }
    }
    if (waiting.paths.length === TOGETHER || place === wanted.length - 1) await hand();
  }
  const begun = await server.read_in(token);
  if (begun?.problem) throw new Error(begun.problem);
  await follow(token);
}

// The run goes on in the server; this watches it.
async function follow(token) {
  says.textContent = "";
  trigger("input"); // this tab shows the progress of the run as every other does
  for (;;) {
    const state = await server.run_state(token);
    if (state?.problem) throw new Error(state.problem);
    if (state?.html !== undefined) {
      report.innerHTML = state.html;
      break;
    }
    await new Promise((resolve) => setTimeout(resolve, 400));
  }
  list.replaceChildren();
  window.pressmarkSources?.refresh();
  trigger("input");
}

// One after the other: what is dropped meanwhile waits for its turn.
function soon(work) {
  busy = busy.then(work).catch((error) => {
    says.textContent = "";
    list.replaceChildren();
    const words = document.createElement("p");
    words.className = "pm-notice";
    words.setAttribute("role", "alert");
    words.textContent = error.message;
    report.replaceChildren(words);
  });
}

// A folder that is dropped gives its files, however deep they lie.
async function filesOf(entry) {
  if (entry.isFile) return [await new Promise((resolve, reject) => { entry.file(resolve, reject); })];
  const reader = entry.createReader();
  const found = [];
  for (;;) {
    const some = await new Promise((resolve, reject) => { reader.readEntries(resolve, reject); });
    if (!some.length) return found;
    for (const one of some) found.push(...(await filesOf(one)));
  }
}

zone.addEventListener("dragover", (event) => {
  event.preventDefault();
  zone.classList.add("pm-over");
});
zone.addEventListener("dragleave", () => zone.classList.remove("pm-over"));
zone.addEventListener("drop", (event) => {
  event.preventDefault();
  zone.classList.remove("pm-over");
  const entries = [...event.dataTransfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  const files = [...event.dataTransfer.files];
  soon(async () => add(entries.length ? (await Promise.all(entries.map(filesOf))).flat() : files));
});

element.addEventListener("change", ({ target }) => {
  if (!target.matches("[data-files], [data-folder]")) return;
  const files = [...target.files];
  target.value = "";
  soon(() => add(files));
});

element.addEventListener("click", ({ target }) => {
  const way = target.closest("[data-add]")?.dataset.add;
  if (way === "files") element.querySelector("[data-files]").click();
  else if (way === "folder") element.querySelector("[data-folder]").click();
  else if (way === "text") {
    paste.hidden = !paste.hidden;
    element.querySelector('[data-add="text"]').setAttribute("aria-expanded", String(!paste.hidden));
    if (!paste.hidden) paste.elements.text.focus();
  }
});

paste.addEventListener("submit", (event) => {
  event.preventDefault();
  const sent = Object.fromEntries([...new FormData(paste)].map(([name, value]) => [name, value.trim() || null]));
  soon(async () => {
    report.replaceChildren();
    says.textContent = _("Reading the text");
    const got = await server.paste(sent);
    if (got?.problem) throw new Error(got.problem);
    paste.reset();
    paste.hidden = true;
    await follow(got.token);
  });
});

// Of two reports, that of adding and that of taking out, the last one stands.
function watchTheOther() {
  const other = document.querySelector("#pm-report");
  if (!other) return setTimeout(watchTheOther, 200); // its neighbour may come later
  new MutationObserver(() => {
    if (other.querySelector(".pm-hint, .pm-notice")) report.replaceChildren();
  }).observe(other, { childList: true, subtree: true });
}
watchTheOther();

// The reader's language: English words are the key, and values stand in them by name. Runs first in
// the function of the scripts that follow, which ask for them once; ui/page/wording has the catalogues.
let spoken = { language: "en", words: {} };
const worded = (window.pressmarkWords ??= server.page_words(null)).then((said) => {
  if (said?.words) spoken = said;
  document.documentElement.lang = spoken.language;
}, () => {});

const filled = (words, values = {}) => words.replace(/%\((\w+)\)s/g, (whole, name) => values[name] ?? whole);

const _ = (words, values) => filled(spoken.words[words] ?? words, values);

// The words for so many of something, which `values` may hold more of.
function counted(one, many, count, values = {}) {
  const kind = new Intl.PluralRules(spoken.language).select(count);
  const forms = spoken.words[one] ?? [one, many];
  const form = kind === "one" ? 0 : kind === "few" ? 1 : forms.length - 1;
  return filled(forms[form] ?? many, { count: count.toLocaleString(spoken.language), ...values });
}

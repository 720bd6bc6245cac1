// Shortcuts of the approval queue: j and k move, a approves, e edits, d discards. Without them the
// buttons do the same.
const drafts = [...document.querySelectorAll("[data-draft]")];
let at = -1;

function go(to) {
  at = Math.max(0, Math.min(drafts.length - 1, to));
  drafts[at]?.focus();
  drafts[at]?.scrollIntoView({ block: "nearest" });
}

function press(key) {
  drafts[at]?.querySelector(`[data-key="${key}"]`)?.click();
}

document.addEventListener("keydown", (event) => {
  const isWriting = event.target.matches("input, textarea, select");
  if (event.key === "Escape" && isWriting) {
    event.target.blur();
    drafts[at]?.focus();
    return;
  }
  if (isWriting || event.ctrlKey || event.metaKey || event.altKey) return;
  switch (event.key) {
    case "j":
      go(at + 1);
      break;
    case "k":
      go(at - 1);
      break;
    case "a":
    case "d":
      press(event.key);
      break;
    case "e":
      event.preventDefault();
      drafts[at]?.querySelector("textarea[name=body]")?.focus();
      break;
    default:
  }
});

for (const [index, draft] of drafts.entries()) {
  draft.addEventListener("focusin", () => {
    at = index;
  });
}

// Keys for the inbox. Every one presses a button that is there for the mouse, or opens a line.

const lines = [...document.querySelectorAll("[data-line]")];
let at = -1;

function go(step) {
  at = Math.min(Math.max(at + step, 0), lines.length - 1);
  lines[at]?.focus();
  lines[at]?.scrollIntoView({ block: "nearest" });
}

document.addEventListener("focusin", (event) => {
  const line = event.target.closest("[data-line]");
  if (line) at = lines.indexOf(line);
});

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.matches("input, textarea, select, [contenteditable]")) return;
  const line = lines[at];
  if (event.key === "j") go(1);
  else if (event.key === "k") go(-1);
  else if (event.key === "u") document.querySelector("[data-undo]")?.click();
  else if (event.key === "Enter" && line && event.target === line) {
    const more = line.querySelector("details");
    more.open = !more.open;
  } else if (line && "pxs".includes(event.key)) line.querySelector(`[data-key="${event.key}"]`)?.click();
  else return;
  event.preventDefault();
});

// After an act the page comes back: the line that is now in the same place is the next one.
const KEY = "mmul.inbox";
try {
  const kept = sessionStorage.getItem(KEY);
  sessionStorage.removeItem(KEY);
  if (kept !== null && lines.length) {
    at = Math.min(Number(kept), lines.length - 1);
    lines[at].focus();
  }
  document.addEventListener("submit", () => sessionStorage.setItem(KEY, String(Math.max(at, 0))));
} catch {
  // a browser without storage: the list begins at its top
}

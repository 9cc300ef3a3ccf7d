// Small comforts on public pages. Everything works without this file; nothing is loaded from
// elsewhere before the reader asks for it, and no click leaves a trace in the browser.

// A video stays a link to its site until it is pressed; then its player opens in its place.
function openPlayer(event) {
  if (event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  const figure = event.currentTarget.closest("[data-video-src]");
  const address = new URL(figure.dataset.videoSrc);
  if (address.protocol !== "https:") return;
  event.preventDefault();
  address.searchParams.set("autoplay", "1");
  const caption = figure.querySelector("figcaption");
  const frame = document.createElement("iframe");
  frame.className = "video__frame";
  frame.title = caption ? `Video: ${caption.textContent.trim()}` : "Video";
  frame.allow = "autoplay; encrypted-media; fullscreen; picture-in-picture";
  frame.src = address.href;
  figure.querySelector(".video__note")?.remove();
  event.currentTarget.replaceWith(frame);
  frame.focus();
}

// A button on each block of code. Without a secure context there is no clipboard: no button.
function addCopyButton(block) {
  const text = block.querySelector("pre");
  const button = document.createElement("button");
  button.type = "button";
  button.className = "code__copy";
  button.textContent = "Copia";
  const status = document.createElement("span");
  status.className = "unseen";
  status.setAttribute("role", "status");
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(text.textContent.replace(/\n$/, ""));
      button.textContent = "Copiato";
      status.textContent = "Codice copiato";
    } catch {
      button.textContent = "Non riuscito";
      status.textContent = "Il codice non è stato copiato";
    }
    setTimeout(() => {
      button.textContent = "Copia";
      status.textContent = "";
    }, 2500);
  });
  block.append(button, status);
}

for (const link of document.querySelectorAll("[data-video-src] .video__play")) {
  link.addEventListener("click", openPlayer);
}
if (navigator.clipboard) {
  document.querySelectorAll(".code").forEach(addCopyButton);
}

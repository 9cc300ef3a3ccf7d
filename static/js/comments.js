// Comforts for who comments. Every one of them has its plain way without scripts: a link, a
// button, a page. What stays in the browser stays there by choice, but for the draft of a text
// that was not sent yet, which goes away when it was.

const KEEP = "mmul.commenter"; // name, e-mail, site: by opt-in
const PROOF = "mmul.proof"; // that the address is ours: by opt-in
const DRAFT = "mmul.draft."; // followed by the story's number
const DRAFT_DAYS = 30;

// A browser that forbids storage throws at the first touch.
const shelf = {
  read(key) {
    try {
      return JSON.parse(localStorage.getItem(key));
    } catch {
      return null;
    }
  },
  write(key, value) {
    try {
      localStorage.setItem(key, JSON.stringify(value));
      return true;
    } catch {
      return false;
    }
  },
  drop(key) {
    try {
      localStorage.removeItem(key);
    } catch {
      // nothing was kept
    }
  },
};

function keepDraft(form) {
  const key = DRAFT + form.dataset.story;
  const text = form.elements.comment;
  const draft = shelf.read(key);
  const young = draft && Date.now() - draft.at < DRAFT_DAYS * 86_400_000;
  if (young && !text.value) text.value = draft.text;
  text.addEventListener("input", () => {
    if (text.value.trim()) shelf.write(key, { text: text.value, at: Date.now() });
    else shelf.drop(key);
  });
}

function rememberMe(form) {
  const row = form.querySelector("[data-remember]");
  const box = row.querySelector("input");
  const known = shelf.read(KEEP);
  row.hidden = false;
  box.checked = Boolean(known);
  for (const name of known ? ["name", "email", "site"] : []) {
    if (!form.elements[name].value) form.elements[name].value = known[name] || "";
  }
  box.addEventListener("change", () => {
    if (!box.checked) {
      shelf.drop(KEEP);
      shelf.drop(PROOF);
    }
  });
  form.addEventListener("submit", () => {
    const { name, email, site } = form.elements;
    if (box.checked) shelf.write(KEEP, { name: name.value, email: email.value, site: site.value });
    // For another address it proves nothing, and the server says so.
    form.elements.proof.value = shelf.read(PROOF) || "";
  });
}

// The form moves under the comment that is answered, and back.
function answerInPlace(form) {
  const section = form.closest("#respond");
  const title = section.querySelector("#respond-title");
  const home = document.createComment("respond");
  const note = document.createElement("p");
  const back = document.createElement("button");
  const oldTitle = title.textContent;
  section.before(home);
  note.className = "respond__note";
  back.type = "button";
  back.className = "button button--quiet";
  back.textContent = "Non rispondere, scrivi in fondo";
  note.append(back);
  const goHome = () => {
    form.elements.reply_to.value = "";
    title.textContent = oldTitle;
    note.remove();
    home.after(section);
    title.focus();
  };
  back.addEventListener("click", goHome);
  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-reply]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    const comment = link.closest(".comment");
    form.elements.reply_to.value = link.dataset.reply;
    title.textContent = `Rispondi a ${comment.querySelector(".comment__name").textContent}`;
    title.after(note);
    comment.append(section);
    title.focus();
    section.scrollIntoView({ block: "nearest" });
  });
}

function previewHere(form) {
  const place = form.querySelector("[data-preview]");
  form.querySelector("[data-preview-button]").addEventListener("click", async (event) => {
    event.preventDefault();
    const body = new URLSearchParams({ comment: form.elements.comment.value });
    try {
      const answer = await fetch("/commenti/anteprima/", { method: "POST", body });
      // The server's own cleaned HTML, from our own address.
      place.innerHTML = await answer.text();
    } catch {
      place.textContent = "L’anteprima non è arrivata: controlla la connessione. Il testo è al sicuro.";
    }
  });
}

// A double click sends once. The button comes back if the reader comes back to the page.
function sendOnce(form) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sending && event.submitter?.name !== "preview") event.preventDefault();
    form.dataset.sending = "yes";
  });
  addEventListener("pageshow", () => delete form.dataset.sending);
}

function offerProof(box) {
  const token = box.dataset.proof;
  const said = box.querySelector("[data-kept]");
  const keep = () => {
    const kept = shelf.write(PROOF, token);
    said.textContent = kept ? "Fatto." : "Questo browser non lo permette.";
  };
  box.hidden = false;
  box.querySelector("[data-keep-proof]").addEventListener("click", keep);
}

const form = document.querySelector("[data-comment-form]");
if (form) {
  keepDraft(form);
  rememberMe(form);
  answerInPlace(form);
  previewHere(form);
  sendOnce(form);
}
const sent = document.querySelector("[data-sent]");
if (sent) shelf.drop(DRAFT + sent.dataset.sent);
document.querySelectorAll("[data-proof]").forEach(offerProof);

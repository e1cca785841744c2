/** A file of those who take part is read into the form, where it can be seen and changed before it is sent. */
for (const pick of document.querySelectorAll("[data-pick]")) {
  const [input, told] = [pick.querySelector("input"), pick.querySelector("output")];
  const area = document.getElementById("entries");
  pick.hidden = false;
  input.addEventListener("change", async () => {
    const [file] = input.files;
    if (!file) return;
    const text = decoded(new Uint8Array(await file.arrayBuffer()));
    told.textContent = text === null ? input.dataset.unread : "";
    if (text !== null) area.value = text;
    input.value = "";
  });
}

function decoded(bytes) {
  for (const encoding of ["utf-8", "gb18030"]) {
    try {
      return new TextDecoder(encoding, { fatal: true }).decode(bytes);
    } catch {
      continue;
    }
  }
  return null;
}

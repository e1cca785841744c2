/* The message's link carries the code behind `#`, which no server sees; it is taken out of the address before anything else. */

const code = decodeURIComponent(location.hash.slice(1));
const form = document.querySelector("#code-form");

if (/^[0-9A-Za-z-]{12,20}$/.test(code) && form) {
  history.replaceState(null, "", location.pathname);
  form.elements.private_code.value = code;
  form.requestSubmit();
}

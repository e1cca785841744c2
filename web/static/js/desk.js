// What every signed-in page needs: the form token in each request of htmx, and focus on what was refused.
const token = document.querySelector('meta[name="form-token"]')?.content;

document.addEventListener("htmx:configRequest", (event) => {
  if (token) event.detail.headers["X-CSRF-Token"] = token;
});

// A form that is on its way is not sent once more by a second press; one that a script sends is that script's to guard.
const ONCE = 10_000;
addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  if (form.hasAttribute("aria-busy")) event.preventDefault();
  form.setAttribute("aria-busy", "true");
  setTimeout(() => form.removeAttribute("aria-busy"), ONCE);
});
addEventListener("pageshow", () => document.querySelectorAll("form[aria-busy]").forEach((form) => form.removeAttribute("aria-busy")));

document.querySelector(".errsum[autofocus]")?.focus();

// On a phone the desk's entries stand in one line: the one that is looked at shall be seen in it.
const strip = document.querySelector(".desk__nav ul");
const here = strip?.querySelector("[aria-current]");
if (here) strip.scrollLeft = here.offsetLeft - strip.offsetLeft - (strip.clientWidth - here.offsetWidth) / 2;

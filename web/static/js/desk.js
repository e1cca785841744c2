// What every signed-in page needs: the form token in each request of htmx, and focus on what was refused.
const token = document.querySelector('meta[name="form-token"]')?.content;

document.addEventListener("htmx:configRequest", (event) => {
  if (token) event.detail.headers["X-CSRF-Token"] = token;
});

document.querySelector(".errsum[autofocus]")?.focus();

/* Whoever waits for the centre's answer sees it without asking: a message of one's own shows the page anew. Nothing is typed here. */
document.addEventListener("live:news", () => location.reload());

// A refused form of somebody without a session: focus on what was refused.
document.querySelector(".errsum[autofocus]")?.focus();

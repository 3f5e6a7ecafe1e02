// One box chooses all that are listed.
"use strict";
addEventListener("change", (event) => {
  if (event.target.id !== "all") return;
  document.querySelectorAll("input[name=tablet]").forEach((box) => { box.checked = event.target.checked; });
});

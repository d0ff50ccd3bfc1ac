"use strict";
// Loads the page anew twice a minute, unless nobody looks at it or someone is about to type.
setInterval(() => {
  const typing = document.activeElement && document.activeElement.form;
  if (document.visibilityState === "visible" && !typing) location.reload();
}, 30000);

"use strict";
// Reload the page twice a minute, unless it is hidden or a form field has the focus.
setInterval(() => {
  const typing = document.activeElement && document.activeElement.form;
  if (document.visibilityState === "visible" && !typing) location.reload();
}, 30000);

// Before the first frame, so that a chosen theme does not flash: the page's program comes later.
try {
  const theme = localStorage.getItem("parallax-theme");
  if (theme === "light" || theme === "dark") {
    document.documentElement.setAttribute("data-theme", theme);
  }
} catch {
  // Storage is blocked: the system's theme it is.
}

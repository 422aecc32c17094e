// Before anything is drawn: the colour scheme that was chosen, so that a dark console does not flash.
(function () {
  var chosen = 'auto';
  try {
    chosen = localStorage.getItem('ringmaster-scheme') || 'auto';
  } catch (e) {
    // Storage is closed to us: the system's scheme it is.
  }
  var dark = chosen === 'dark' || (chosen === 'auto' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.setAttribute('data-mantine-color-scheme', dark ? 'dark' : 'light');
})();

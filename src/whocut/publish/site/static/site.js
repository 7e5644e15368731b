// Enhancement only: every page is complete without this file.
(function () {
  "use strict";
  // A copy button beside what is to be quoted: <p data-copy="label">text</p>.
  if (navigator.clipboard) {
    document.querySelectorAll("[data-copy]").forEach(function (source) {
      var button = document.createElement("button");
      button.type = "button";
      button.className = "copy";
      button.textContent = source.getAttribute("data-copy");
      var words = source.textContent.trim();
      button.addEventListener("click", function () {
        navigator.clipboard.writeText(words).then(function () {
          button.setAttribute("data-done", "");
          setTimeout(function () { button.removeAttribute("data-done"); }, 1500);
        });
      });
      source.after(button);
    });
  }
  // A field that hides the rows of a table without the typed words: <table data-filter="label">.
  document.querySelectorAll("table[data-filter]").forEach(function (table) {
    var rows = Array.from(table.tBodies).flatMap(function (body) { return Array.from(body.rows); });
    if (rows.length < 8) { return; }
    var label = document.createElement("label");
    label.className = "filter";
    label.append(table.getAttribute("data-filter") + " ");
    var field = document.createElement("input");
    field.type = "search";
    field.addEventListener("input", function () {
      var wanted = field.value.trim().toLowerCase();
      rows.forEach(function (row) {
        row.hidden = wanted !== "" && row.textContent.toLowerCase().indexOf(wanted) < 0;
      });
    });
    label.append(field);
    (table.closest(".table-wrap") || table).before(label);
  });
})();

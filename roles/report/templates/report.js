/* Copyright (c) 2026, elementsw.replication contributors
 * GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later */
"use strict";
(() => {
  const rows = [...document.querySelectorAll("#pairs tbody tr")];
  const texts = rows.map((row) => row.textContent.toLowerCase());
  const input = document.querySelector("#filter");
  const shown = document.querySelector("#shown");
  const states = [...document.querySelectorAll("button[data-state]")];

  function show() {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    const wanted = states.filter((state) => state.getAttribute("aria-pressed") === "true").map((state) => state.dataset.state);
    let number = 0;
    rows.forEach((row, place) => {
      const fits = words.every((word) => texts[place].includes(word)) && (!wanted.length || wanted.includes(row.dataset.state));
      row.hidden = !fits;
      number += fits;
    });
    shown.textContent = number === rows.length ? `${rows.length} volume pairs` : `${number} of ${rows.length} volume pairs`;
  }

  if (input) {
    input.addEventListener("input", show);
    input.addEventListener("keydown", (event) => {
      if (event.key === "Escape") { input.value = ""; show(); }
    });
    states.forEach((state) => state.addEventListener("click", () => {
      state.setAttribute("aria-pressed", String(state.getAttribute("aria-pressed") !== "true"));
      show();
    }));
    show();
  }

  const value = (row, place) => {
    const cell = row.cells[place];
    return cell.dataset.v === undefined ? cell.textContent.trim().toLowerCase() : Number(cell.dataset.v);
  };
  document.querySelectorAll("#pairs th button").forEach((button) => button.addEventListener("click", () => {
    const head = button.parentElement;
    const up = head.getAttribute("aria-sort") !== "ascending";
    document.querySelectorAll("#pairs th").forEach((other) => other.removeAttribute("aria-sort"));
    head.setAttribute("aria-sort", up ? "ascending" : "descending");
    const place = head.cellIndex;
    const order = (a, b) => (a < b ? -1 : a > b ? 1 : 0);
    const keyed = [...document.querySelectorAll("#pairs tbody tr")].map((row) => [value(row, place), row]);
    keyed.sort((a, b) => (up ? order(a[0], b[0]) : order(b[0], a[0])));
    document.querySelector("#pairs tbody").append(...keyed.map((pair) => pair[1]));
  }));

  document.querySelectorAll("button.copy").forEach((button) => button.addEventListener("click", async () => {
    const command = button.parentElement.querySelector("pre");
    try {
      await navigator.clipboard.writeText(command.textContent);
      button.textContent = "Copied";
    } catch {
      // A page that was opened from a file may not write there: select the text, so that one key copies it.
      const range = document.createRange();
      range.selectNodeContents(command);
      const selection = window.getSelection();
      selection.removeAllRanges();
      selection.addRange(range);
      button.textContent = "Selected";
    }
  }));

  // What a link names may lie in a part that is closed.
  const reveal = () => {
    const target = location.hash && document.getElementById(location.hash.slice(1));
    const part = target && target.closest("details");
    if (part) { part.open = true; target.scrollIntoView(); }
  };
  window.addEventListener("hashchange", reveal);
  window.addEventListener("beforeprint", () => document.querySelectorAll("details").forEach((part) => { part.open = true; }));
  reveal();
})();

# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The page of the report in a browser: quiet, escaped, usable by mouse, by keyboard, at night, on paper and on a telephone."""

from __future__ import annotations

import re

import pytest
from worlds_of_pages import EVIL_ACCOUNT, EVIL_CLUSTER, EVIL_FAULT, EVIL_VOLUMES, MANY, PAGES

MEGABYTE = 1024 * 1024
FILTER = "#filter"
#: By WCAG 2, level AA.
CONTRAST = 4.5

#: Of each element with a text of its own that is shown: the contrast of the text with what lies behind it.
CONTRASTS = """() => {
  const channels = (colour) => (colour.match(/[\\d.]+/g) || []).map(Number);
  const light = ([r, g, b]) => {
    const parts = [r, g, b].map((c) => c / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2];
  };
  const behind = (element) => {
    for (let each = element; each; each = each.parentElement) {
      const colour = channels(getComputedStyle(each).backgroundColor);
      if (colour.length === 3 || colour[3] === 1) return colour;
    }
    return [255, 255, 255];
  };
  return [...document.querySelectorAll("body *")].filter((element) =>
    element.checkVisibility() && !element.closest("svg, script") &&
    [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim())
  ).map((element) => {
    const [one, other] = [channels(getComputedStyle(element).color), behind(element)].map(light);
    return [element.outerHTML.slice(0, 80), (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05)];
  });
}"""

#: How long the browser takes to show the rows that fit, in milliseconds, if they are few or all. The best of some attempts,
#: since the machine may be busy.
TIME_TO_FILTER = """() => {
  const input = document.querySelector("#filter");
  const time = (text) => {
    input.value = text;
    const begin = performance.now();
    input.dispatchEvent(new Event("input"));
    document.body.getBoundingClientRect();
    return performance.now() - begin;
  };
  const best = (text) => Math.min(...[1, 2, 3, 4, 5].map(() => { time("nothing has this"); return time(text); }));
  return { few: Math.max(...["erp-volume-07", "paused"].map(best)), all: best("") };
}"""


FIRST_PAINT = "() => performance.getEntriesByName('first-contentful-paint')[0].startTime"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_quiet_and_readable(opened, picture, name, scheme):
    found = opened(name, color_scheme=scheme)
    picture(found.page, f"{name}-{scheme}", full_page=name != "many")
    assert found.heard == []
    contrasts = found.page.evaluate(CONTRASTS)
    assert len(contrasts) > 20
    assert [each for each in contrasts if each[1] < CONTRAST] == []


def test_markup_in_names_is_text(opened):
    found = opened("markup")
    page = found.page
    assert found.heard == []
    assert page.title().endswith("UTC")
    assert page.locator("img, h1:has-text('pwned'), script:not(body > script)").count() == 0
    assert page.locator("h1").count() == 1
    cells = found.visible_rows()
    assert len(cells) == len(EVIL_VOLUMES)
    for name in EVIL_VOLUMES:
        assert any(name in cell and EVIL_CLUSTER in cell for cell in cells), name
    assert page.get_by_role("cell", name=EVIL_ACCOUNT, exact=True).count() == len(EVIL_VOLUMES)
    assert EVIL_FAULT in "".join(page.locator("ol.problems").all_text_contents())


def test_markup_in_the_evidence_of_rehearsals_is_text(opened):
    page = opened("markup").page
    (cells,) = page.locator("table.rehearsals tbody tr").all_inner_texts()
    for text in (EVIL_FAULT, EVIL_CLUSTER, EVIL_ACCOUNT, EVIL_VOLUMES[0]):
        assert text in cells
    warnings = "".join(page.locator("section:has(#rehearsed) > p").all_inner_texts())
    assert f"/evidence/{EVIL_CLUSTER}.json is not the evidence of a rehearsal" in warnings
    assert "Never rehearsed: " in warnings


def test_what_was_rehearsed_and_what_was_not(opened):
    page = opened("rehearsed").page
    said = page.locator("section:has(#rehearsed) > p").all_inner_texts()
    assert said[0] == "1 of 3 volume pairs was rehearsed in the last 92 days."
    assert said[1] == "Warning Never rehearsed: beta/catalogue (79), beta/orders-log (78)."
    assert re.fullmatch(r"Warning /.*/evidence/other\.json is not the evidence of a rehearsal, .*\.", said[2])
    assert page.locator("table.rehearsals tr:visible").count() == 6
    page.locator("section:has(#rehearsed) summary").click()
    assert page.locator("table.rehearsals tbody tr:visible").count() == 7
    failed = page.locator("table.rehearsals tr", has_text="drill-of-the-shop")
    assert failed.locator(".badge.error").inner_text() == "FAILED"
    assert failed.locator("td").nth(4).inner_text() == "1"
    assert opened("dead").page.locator("#rehearsed").count() == 0


def test_the_script_of_the_page_runs_and_no_other(opened, made, tmp_path):
    strange = tmp_path / "strange.html"
    text = made("healthy").read_text(encoding="utf-8")
    more = "<script>document.title='run'</script><p onclick=\"document.title='run'\">press</p><img src=x>"
    strange.write_text(text.replace("</body>", f"{more}</body>"), encoding="utf-8")
    found = opened(strange)
    found.page.get_by_text("press").click()
    assert found.page.title() != "run"
    assert found.page.inner_text("#shown") == "3 volume pairs"
    # The request for the picture is announced before it is blocked.
    said = [each for each in found.heard if not each.startswith("request: ")]
    assert len(said) == 3
    assert all("Content Security Policy" in each for each in said), said


def test_what_is_seen_without_scrolling(opened):
    """What is wrong, what to do first and the command for it, and the map."""
    page = opened("broken", height=800).page
    assert re.fullmatch(r"\d+ of 19 volume pairs are not protected", page.inner_text("h1"))
    for part in ("h1", ".problems li >> nth=0", ".problems pre >> nth=0", "svg.map"):
        box = page.locator(part).first.bounding_box()
        assert box["y"] + box["height"] <= 800, part
    first = page.locator(".problems li").first
    assert first.locator(".badge").inner_text() == "Error"
    assert opened("healthy").page.inner_text("h1") == "All 3 volume pairs are protected"


def test_the_picture_of_the_readme(opened, picture):
    page = opened("broken", width=1200, height=760).page
    # Where the inventory of the test lies is of no interest.
    shorten = r"""() => document.querySelectorAll("pre").forEach((pre) => {
      pre.textContent = pre.textContent.replace(/-i \S*inventory\.yml/g, "-i inventory.yml");
    })"""
    page.evaluate(shorten)
    assert "-i inventory.yml" in page.locator("pre").first.inner_text()
    picture(page, "report", full_page=False)


def test_a_site_that_does_not_answer_is_the_first_thing_to_do(opened):
    page = opened("dead").page
    assert "alpha does not answer" in page.locator(".problems li").first.inner_text()
    assert page.locator("svg.map rect.silent").count() == 1
    assert page.inner_text("h1") == "None of the 3 volume pairs is protected"


def test_filter_by_text(opened):
    found = opened("broken")
    page = found.page
    page.fill(FILTER, "ORDERS")
    assert [text.split()[0] for text in found.visible_rows()] == ["orders-db", "orders-log"]
    assert page.inner_text("#shown") == "2 of 19 volume pairs"
    page.fill(FILTER, " snapshots  shop ")
    assert [text.split()[0] for text in found.visible_rows()] == ["nightly"]
    page.fill(FILTER, "no such volume")
    assert found.visible_rows() == []
    page.press(FILTER, "Escape")
    assert page.input_value(FILTER) == ""
    assert page.inner_text("#shown") == "19 volume pairs"


def test_filter_by_state(opened):
    found = opened("broken")
    page = found.page
    every = {state: page.locator(f"tr[data-state={state}]").count() for state in ("paused", "not_replicating")}
    paused = page.locator("button[data-state=paused]")
    paused.click()
    assert paused.get_attribute("aria-pressed") == "true"
    assert len(found.visible_rows()) == every["paused"]
    page.locator("button[data-state=not_replicating]").press("Enter")
    assert len(found.visible_rows()) == sum(every.values())
    paused.press("Space")
    assert len(found.visible_rows()) == every["not_replicating"]


def _lags(page):
    return [
        float(value) for value in page.locator("td:nth-child(8)").evaluate_all("(all) => all.map((e) => e.dataset.v)")
    ]


def test_sorting_by_mouse(opened):
    page = opened("broken").page
    lag = page.locator("th button", has_text="Lag")
    lag.click()
    assert _lags(page) == sorted(_lags(page))
    lag.click()
    assert _lags(page) == sorted(_lags(page), reverse=True)
    assert page.locator("th[aria-sort]").evaluate_all("(all) => all.map((e) => e.ariaSort)") == ["descending"]


def test_sorting_by_keyboard_alone(opened):
    found = opened("broken")
    page = found.page
    for _press in range(100):
        page.keyboard.press("Tab")
        focused = page.evaluate(
            "() => [document.activeElement.textContent, getComputedStyle(document.activeElement).outline]"
        )
        assert re.search(r"\bsolid [23]px|\bauto\b", focused[1]), focused
        if focused[0].startswith("Volume") and page.evaluate("() => !!document.activeElement.closest('th')"):
            break
    page.keyboard.press("Enter")
    names = [text.split(" (")[0].lower() for text in found.visible_rows()]
    assert names == sorted(names)
    page.keyboard.press("Space")
    assert page.locator("th[aria-sort=descending]").count() == 1


def test_the_command_of_a_problem_is_copied(opened):
    page = opened("broken", permissions=["clipboard-read", "clipboard-write"]).page
    button = page.locator("button.copy").first
    button.click()
    page.wait_for_function("(button) => button.textContent === 'Copied'", arg=button.element_handle())
    assert page.evaluate("() => navigator.clipboard.readText()") == page.locator(".command pre").first.text_content()


def test_where_a_page_may_not_copy_the_command_is_selected(opened):
    page = opened("broken").page
    page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(new Error('no')); }")
    button = page.locator("button.copy").first
    button.click()
    page.wait_for_function("(button) => button.textContent === 'Selected'", arg=button.element_handle())
    assert page.evaluate("() => String(window.getSelection())") == page.locator(".command pre").first.text_content()


def test_a_link_to_a_problem_opens_the_part_that_is_closed(opened):
    page = opened("broken").page
    assert not page.locator("details").get_attribute("open")
    link = page.locator("td a").filter(has_text=re.compile(r"^([89]|1\d)$")).first
    number = link.inner_text()
    link.click()
    problem = page.locator(f"#p{number}")
    assert problem.is_visible()
    box = problem.bounding_box()
    assert -1 < box["y"] < 900
    page.goto(page.url)
    assert page.locator(f"#p{number}").is_visible()


def test_on_paper_everything_is_open_and_nothing_is_a_tool(opened, picture):
    page = opened("broken", color_scheme="dark").page
    assert page.pdf().startswith(b"%PDF")
    page.emulate_media(media="print")
    assert page.locator("details:not([open])").count() == 0
    for tool in (".tools", "button.copy"):
        assert page.locator(f"{tool}:visible").count() == 0
    assert page.evaluate("() => getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    problems = page.locator("ol.problems li")
    assert problems.evaluate_all("(all) => all.every((each) => each.checkVisibility())")
    contrasts = page.evaluate(CONTRASTS)
    assert [each for each in contrasts if each[1] < CONTRAST] == []
    picture(page, "broken-print")


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("width", [390, 320])
def test_on_a_telephone_the_page_does_not_scroll_sideways(opened, picture, name, width):
    page = opened(name, width=width, height=844).page
    picture(page, f"{name}-{width}", full_page=name != "many")
    assert page.evaluate("() => document.documentElement.scrollWidth") <= width


def _first_paint(page):
    # A busy machine has loaded the page before it has painted it.
    page.wait_for_function("() => performance.getEntriesByName('first-contentful-paint').length")
    return page.evaluate(FIRST_PAINT)


def test_a_thousand_volume_pairs(opened, made, picture):
    assert made("many").stat().st_size <= MEGABYTE
    # On a machine that does other work the quickest of several attempts is nearest to what the page takes.
    paints = (_first_paint(opened("many").page) for _attempt in range(10))
    assert any(paint < 1000 for paint in paints)
    found = opened("many")
    page = found.page
    assert page.inner_text("#shown") == f"{MANY} volume pairs"
    times = page.evaluate(TIME_TO_FILTER)
    # Some 15 ms on a machine with nothing else to do.
    assert times["few"] < 250
    # All rows have to be laid out again, some 200 ms.
    assert times["all"] < 1000
    page.fill(FILTER, "erp-volume-0501")
    assert [text.split()[0] for text in found.visible_rows()] == ["erp-volume-0501"]
    picture(page, "many-filtered")

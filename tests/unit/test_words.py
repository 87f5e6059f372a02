# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Names, messages and documents use the terms of the glossary, and each file begins with its caption.

`WORDS` has a pattern for each word to avoid, with the word to write. `CHECKED` has the files: to check more of them, add
a glob. To permit a name that is contract, such as an option value, add it to `CONTRACT`.
"""

from __future__ import annotations

import ast
import pathlib
import re
from collections.abc import Iterator

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]

#: Globs of the files to check, by group. Files of a group without a match are an error, see `test_every_glob_has_files`.
CHECKED = {
    "documents": ("README.md", "CONTRIBUTING.md", "SECURITY.md", "tests/README.md", "roles/*/README.md"),
    "AWX": ("docs/awx/*.*", "docs/awx/**/*.yml", "extensions/patterns/*/*.md", "tests/awx/*.py", "tests/awx/*.txt"),
    "guides": ("docs/docsite/rst/*.rst", "docs/docsite/*.yml", "docs/monitoring/*.yml"),
    "first page and diagrams": ("docs/site/*", "docs/diagrams/*.yml"),
    "changelog": ("changelogs/**/*.y*ml",),
    "project": ("Makefile", "galaxy.yml", ".github/**/*.yml", ".github/*.md"),
    "continuous integration": (".ci/*",),
    "tools": ("tools/*.py", "tools/*.yml"),
    "role options": ("roles/*/meta/argument_specs.yml",),
    "roles": ("roles/*/tasks/*.yml", "roles/*/templates/*.j2", "roles/*/vars/*.yml", "roles/*/defaults/*.yml"),
    "playbooks": ("playbooks/*.yml", "playbooks/tasks/*.yml", "playbooks/templates/*.j2"),
    "simulator": ("tests/simulator/**/*.py", "tests/simulator/worlds/*.yml"),
    "tests of the simulator and the tools": ("tests/unit/simulator/*.py", "tests/unit/tools/*.py"),
    "fault matrix": ("tests/matrix/*.py",),
    "fuzz tests": ("tests/fuzz/*.py",),
    "tests of signals, costs, the SDK, alerts and the page": (
        "tests/conftest.py",
        "tests/signals/*.py",
        "tests/benchmark/*.py",
        "tests/sdk/*.py",
        "tests/sdk/*.txt",
        "tests/browser/*.py",
        "tests/browser/*.txt",
        "tests/monitoring/*.yml",
        "tests/cli/*.py",
        "tests/cli/*.txt",
        "tests/migration/*.py",
    ),
    "module documentation": ("plugins/modules/*.py", "plugins/doc_fragments/*.py"),
    "unit tests": ("tests/unit/*.py", "tests/unit/plugins/**/*.py"),
    "playbook tests": (
        "tests/playbooks/*.py",
        "tests/integration/targets/**/*.yml",
        "tests/integration/targets/**/*.py",
    ),
    "controller": ("plugins/action/*.py", "plugins/plugin_utils/*.py", "plugins/filter/*.py"),
    "events": (
        "extensions/eda/**/*.py",
        "extensions/eda/**/*.yml",
        "meta/extensions.yml",
        "tests/events/*.py",
    ),
    "one cluster": ("plugins/module_utils/*.py", "plugins/module_utils/_element/*.py"),
    "two clusters": ("plugins/module_utils/_pairing/**/*.py",),
}

#: Python files that begin with their caption: licence comments, docstring, and only then the notice of privacy.
#: A module of Ansible has DOCUMENTATION in place of a docstring, so plugins/modules has none.
CAPTIONED = (
    ".ci/*.py",
    "extensions/eda/**/*.py",
    "plugins/action/*.py",
    "plugins/doc_fragments/*.py",
    "plugins/module_utils/**/*.py",
    "plugins/plugin_utils/*.py",
    "tests/**/*.py",
    "tools/*.py",
)

#: Text that is not prose of ours: names of files, and names and quotes that are contract or that the code prints.
CONTRACT = (
    r"[\w/.{},*-]*\w\.(?:py|yml|yaml|rst|md|j2|sh|txt|cfg|toml)\b",  # names of files
    r"elementsw-swap-[\w.-]*",  # checkpoints, and their attributes
    r"\bassume_dead\b",  # value of peer_unreachable
    r"\bunknown_peer\b|\bpeer_unknown\b|\bpeer_alive\b|\blink_lost\b",  # states and codes
    r"`dead`|V\(dead\)|\"dead[\",]|'dead'",  # a health, and the situations in tests that are named after it
    r"\bfailover_mov(?:ing|ed)\b|\bmove_shop\b",  # variables of the role failover, and a name in its guide
)

#: The lines that may stand before a docstring.
LICENCE = re.compile(r"#!|# (?:Copyright|GNU General Public License|SPDX-)")

_PAIR = r"(?:an? |the |this |that |these |those |each |every |both |all |one |two |existing |new |volume )*"
_PEER = r"(?:peer|cluster|side|site|alpha|beta|source|target)s?"

#: Pattern, what to write. The patterns ignore case; `(?-i:…)` does not.
WORDS = (
    # The direction of a pair is reversed.
    (rf"\bturn(?:s|ed|ing)? (?:{_PAIR}(?:pairs?|it|them|direction) )?round\b", "reverse, fail over"),
    (r"\b(?:a|the|this|each|one|planned|forced) turns?\b(?! (?:into|on|off|out))", "failover"),
    (r"\bof turns?\b|\bturns (?:of|under)\b", "failover"),
    (r"\b(?:planned|forced|interrupted) moves?\b", "failover"),
    (rf"\bmov(?:e|es|ed|ing) {_PAIR}(?:writable|pairs?|volumes?|sides?|sites?)\b", "fail over, reverse"),
    (r"\b(?:pairs?|volumes?) (?:(?:is|are|was|were|be|been) )(?:\w+ )?moved\b", "fail over, are reversed"),
    (r"\b(?:the|a) move\b(?! to)", "failover"),
    (r"\bway back\b", "failback"),
    (r"\bother way round\b", "in the opposite direction"),
    (r"\bswap(?:s|ped|ping)?\b", "reverse, fail over"),
    (r"(?-i:\b\w*[a-z]Turn(?:s|ed)?(?![a-z])|\bturn(?:s|ed)?_\w+|\w+_turn(?:s|ed)?\b)", "a name with failover"),
    # The peer does not answer.
    (r"(?<![a-z])dead(?![a-z])", "unreachable, failed, gone"),
    (rf"\b{_PEER} (?:has |have )?d(?:ies|ied)\b", "fails, is unreachable"),
    (r"\bliving (?:one|side|cluster|site|peer)", "reachable"),
    (rf"\b(?:peer|cluster|site) (?:\w+ )?lives\b|\b{_PEER} (?:is|was|be|stays) alive\b", "is up"),
    (rf"\b{_PEER} (?:is|was|stays|keeps|that is) silent\b|\bsilent {_PEER}\b|(?-i:\bSilent\b)", "unreachable"),
    (rf"\b{_PEER} (?:is|was|may be|has been|that is|that was) lost\b", "has failed, is unreachable"),
    (rf"\b(?:lost|loses an?|loses the) {_PEER}\b|\b{_PEER} has lost it\b", "failed, unreachable; loss of a site"),
    (r"\b(?:this|that) (?:cluster|side|site) alone\b|\bwork(?:s|ed|ing)? alone\b", "only this cluster"),
    (r"\b(?:^|[.;:] )alone(?:,| the| it| a)\b", "without the peer"),
    (r"(?-i:\balone_\w+|\b_?(?:refuse|classify)_alone\b)", "a name with local_only"),
    (r"\bout of reach\b", "unreachable"),
    # What the task requests, what was read.
    (r"(?<![a-z])(?:un)?wish(?:e[ds]|ing|ful)?(?![a-z])|(?-i:\w+Wish\b)", "desired, requested"),
    (r"\bwanted (?:side|source|target|state|set|direction|mode|pairs?|ones?|replication|copy)\b", "desired, requested"),
    (r"(?-i:\bclass (?:Found|Seen)\b|``(?:Found|Seen)``|: (?:Found|Seen)\b(?! ))", "Observed…"),
    (r"\bwhat (?:was|is) (?:found|seen)\b|\bas (?:it was|they were) found\b", "observed"),
    # A run, its rechecks, its messages.
    (r"\bsessions? (?:for|of) (?:the|a|one|this) (?:run|task)\b|(?-i:\bclass Session\b|: Session\b)", "run"),
    (
        r"\b(?:a|the|its|one|last|first|another|own|second|final|more|independent|quick) looks?\b(?! (?:like|up))",
        "recheck, read, check",
    ),
    (r"\blooks?(?:ed|ing)? (?:once more|again|anew)\b|\b(?:is|are|be|was|were) looked at\b", "recheck, read"),
    (r"(?<![a-z])carried(?![a-z])", "resume; passed to the next call"),
    (r"\bcopie[ds] (?:again|anew)\b|\bcopies again\b", "resync"),
    (r"(?<![a-z])told(?![a-z])", "reports, shows, is given"),
    (r"\bforetell(?:s|ing)?\b|\bforetold\b", "show, plan"),
    (r"\b(?:plain|own|few|many|same|in) words\b|\bwithout a word\b|\bno word\b", "message, text"),
    # Plain English.
    (r"(?<![a-z])shall(?![a-z])", "should, must, is requested"),
    (r"\bwhom\b", "which user, which cluster"),
    (r"(?<![a-z])somebody(?: else)?(?![a-z])", "another client, someone"),
    (r"(?<![a-z])nobody(?: else)?(?![a-z])", "no one"),
    (r"(?<![a-z])strangers?(?![a-z])", "a pair that you did not name"),
    (r"(?<![a-z])(?:anew|afresh)(?![a-z])", "again"),
    (r"\balike\b", "the same, both"),
    (r"\bbefall(?:s|en|ing)?\b|\bbefell\b", "happen, fail"),
    (r"\bbeats?\b(?! frequency)", "takes precedence over"),
    (r"\bcures?\b|\bcured\b", "fix, remedy"),
    (r"\bto the letter\b", "exactly"),
    (r"\bheed(?:s|ed|ing)?\b", "ignore, use"),
    (r"\bbear being\b|\bbears being\b", "must be idempotent"),
    (r"\bgoes by\b|\bgo by the\b|\bgoing by\b", "uses, decides by"),
    (r"\btouched\b", "changed"),
    (r"\b(?:vouch|thereupon|wherein|whence|thence|herein|lest)\b", "a plain word"),
    (r"\"\"\"The same\b", "what the function returns: a docstring stands alone"),
)


def files(globs: tuple[str, ...]) -> Iterator[pathlib.Path]:
    for pattern in globs:
        yield from sorted(path for path in ROOT.glob(pattern) if path.is_file())


def documentation(path: pathlib.Path) -> str:
    """The text to check, with as many lines before each part as the file has.

    Of a module these are its documentation strings: other tests check what it prints.
    """
    text = path.read_text(encoding="utf-8")
    if path.parent != ROOT / "plugins" / "modules" or path.suffix != ".py":
        return text
    tree = ast.parse(text)
    last = max(node.end_lineno or 0 for node in tree.body if isinstance(node, ast.Assign))
    return "\n".join(text.split("\n")[:last])


def to_replace(text: str) -> list[str]:
    """Each word to avoid as "LINE: the text → what to write". A phrase may span two lines."""
    for name in CONTRACT:
        text = re.sub(name, lambda match: "_" * len(match[0]), text, flags=re.IGNORECASE)
    # A line break and the indent, comment sign or quote mark that follows it count as one blank.
    flat = re.sub(r"\n[ \t]*(?:#:? |> )?(?=\S)", lambda match: "\x00" + " " * (len(match[0]) - 1), text)
    lines = []
    for pattern, instead in WORDS:
        spaced = pattern.replace(" ", r"[\x00 ]+")
        for match in re.finditer(spaced, flat, re.IGNORECASE | re.MULTILINE):
            shown = re.sub(r"[\x00\s]+", " ", match[0]).strip()
            lines.append((text.count("\n", 0, match.start()) + 1, shown, instead))
    return [f"{line}: {shown} → {instead}" for line, shown, instead in sorted(lines)]


@pytest.mark.parametrize("group", CHECKED)
def test_words(group: str) -> None:
    """A failure shows FILE:LINE, the text, and what to write. This file is left out: it has all of these words."""
    paths = [path for path in files(CHECKED[group]) if path != pathlib.Path(__file__).resolve()]
    report = [f"{path.relative_to(ROOT)}:{line}" for path in paths for line in to_replace(documentation(path))]
    assert report == [], "\n" + "\n".join(report)


@pytest.mark.parametrize("pattern", [glob for globs in (*CHECKED.values(), CAPTIONED) for glob in globs])
def test_every_glob_has_files(pattern: str) -> None:
    """A pattern that matches nothing would pass everything. A release has no hidden folders."""
    if pattern.startswith(".") and not (ROOT / pathlib.PurePath(pattern).parts[0]).is_dir():
        pytest.skip("not in a release")
    assert list(ROOT.glob(pattern)) != []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A pair is turned round by a failover.", "turned round"),
        ("Permission to turn an existing pair\n  round.", "turn an existing pair round"),
        ("a planned move", "planned move"),
        ("the peer is dead", "dead"),
        ("#: They shall\n#: be paired", "shall"),
        ("It is the last look before\nthe write", "last look"),
        ("in plain\n    words", "plain words"),
        ('    """The same for two."""', '"""The same'),
    ],
)
def test_a_word_to_avoid_is_reported(text: str, expected: str) -> None:
    assert any(f" {expected} →" in line for line in to_replace(text)), to_replace(text)


@pytest.mark.parametrize(
    "text",
    [
        "peer_unreachable: assume_dead",
        "the snapshot elementsw-swap-0123-1",
        "V(dead) when the volumes must be paired again",
        "a row in `decide/turn.py`",
        "look at the network, and look the ID up",
        "data is lost, and a lost reply",
        "in turn, it turns into a target",
        "leave the option alone",
        "The role prints what it found in the list.",
        "a move to another file",
    ],
)
def test_plain_english_passes(text: str) -> None:
    assert to_replace(text) == []


def begins_with_caption(path: pathlib.Path) -> bool:
    """Whether the first statement is a docstring, with nothing but the lines of the licence before it."""
    text = path.read_text(encoding="utf-8")
    module = ast.parse(text)
    before = text.split("\n")[: module.body[0].lineno - 1] if module.body else []
    return bool(ast.get_docstring(module)) and all(LICENCE.match(line) for line in before if line)


def test_files_begin_with_their_captions() -> None:
    assert [str(path.relative_to(ROOT)) for path in files(CAPTIONED) if not begins_with_caption(path)] == []

# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The documentation: checked, and built as a site that `.github/workflows/docs.yml` publishes.

antsibull-docs writes a page for each module, filter and role, and copies the guides. This adds the first page of
`docs/site/`, which takes the place of the generated index, with all pages in the order of the sidebar.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

from workshop import ROOT, WORK, StageFailure, copy_tree, make_environment, newest_interpreter, run, step

PACKAGES = ("ansible-core", "antsibull-docs", "netaddr", "requests", "sphinx", "sphinx-ansible-theme")
COLLECTION = "elementsw.replication"
SITE = WORK / "site"
REPOSITORY = "https://github.com/elementsw/ansible-replication"
#: Where pages show pictures from: they are also shown where no files of ours are. The site has its own copies.
PICTURES = "https://raw.githubusercontent.com/elementsw/ansible-replication/main/docs/"

#: What antsibull-docs writes on the page of each plugin, and what leads to the collection without Galaxy, as in README.md.
_FROM_REPOSITORY = {
    '"https://galaxy.ansible.com/ui/repo/published/{namespace}/{name}/"': f'"{REPOSITORY}"',
    '"ansible-galaxy collection install {namespace}.{name}"': f'"ansible-galaxy collection install git+{REPOSITORY}.git"',
}

#: What the site sets besides what `antsibull-docs sphinx-init` generates.
_SETTINGS = """
html_baseurl = "https://elementsw.github.io/ansible-replication/"
html_static_path = ["static"]
html_css_files = ["site.css"]
html_show_copyright = False
html_theme_options = {
    "navigation_depth": 2,
    "documentation_home_url": "https://elementsw.github.io/ansible-replication/",
    "topbar_links": {
        "Repository": "https://github.com/elementsw/ansible-replication",
        "Forum": "https://forum.ansible.com/c/help/6",
        "Issues": "https://github.com/elementsw/ansible-replication/issues",
    },
}
# Nothing is fetched: references to other documentation are left to `antsibull-docs lint-collection-docs`.
intersphinx_mapping = {}
suppress_warnings = ["ref.ref"]
"""
_CHANGELOG = """
.. _ansible_collections.elementsw.replication.changelog:

Changelog
=========

There is no release yet. What the next one has is in the
`fragments <https://github.com/elementsw/ansible-replication/tree/main/changelogs/fragments>`__ of its changelog.
"""
_FILTERS = """
.. _ansible_collections.elementsw.replication.site.filters:

Filters
=======

The roles and playbooks decide with these filters. They read no cluster, and playbooks of your own can use them, too.
"""


def docs() -> None:
    tools = make_environment("docs", newest_interpreter(), *PACKAGES)
    tree = copy_tree("docs")
    env = tools.variables(ANSIBLE_COLLECTIONS_PATH=str(tree.folder))
    antsibull = tools.command("antsibull-docs")
    step("antsibull-docs")
    checks = ["--plugin-docs", "--check-extra-docs-refs", "--disallow-unknown-collection-refs"]
    lint = [antsibull, "lint-collection-docs", *checks, "--validate-collection-refs", "self", "."]
    run(lint, cwd=tree.collection, env=env)
    step("documentation as HTML")
    shutil.rmtree(SITE, ignore_errors=True)
    (SITE / "rst").mkdir(parents=True, mode=0o700)
    layout = ["--use-current", "--squash-hierarchy"]
    names = ["--project", COLLECTION, "--title", COLLECTION, "--copyright", f"{COLLECTION} contributors"]
    look = ["--sphinx-theme", "sphinx_ansible_theme"]
    run([antsibull, "sphinx-init", *layout, *names, *look, "--dest-dir", str(SITE), COLLECTION], cwd=SITE, env=env)
    configuration = SITE / "antsibull-docs.cfg"
    configuration.write_text(from_its_repository(configuration.read_text(encoding="utf-8")), encoding="utf-8")
    write = [
        antsibull,
        "--config-file",
        configuration.name,
        "collection",
        "--fail-on-error",
        "--cleanup",
        "everything",
    ]
    run([*write, *layout, "--dest-dir", "rst", COLLECTION], cwd=SITE, env=env)
    compose(SITE, tree.collection)
    build = [tools.command("sphinx-build"), "-M", "html", "rst", "build", "-c", ".", "-W", "--keep-going"]
    run(build, cwd=SITE, env=env)
    print(f"Built {(SITE / 'build' / 'html' / 'index.html').relative_to(ROOT)}")


def from_its_repository(settings: str) -> str:
    """The settings of antsibull-docs with which pages say where the collection is; StageFailure if they have another form."""
    for generated, ours in _FROM_REPOSITORY.items():
        if generated not in settings:
            raise StageFailure(
                f"antsibull-docs.cfg has no {generated} any more: correct _FROM_REPOSITORY of site_pages.py"
            )
        settings = settings.replace(generated, ours)
    return settings


def compose(site: Path, collection: Path) -> None:
    """Make the first page and that of the filters, and copy the style and the pictures."""
    documents = collection / "docs"
    pages = site / "rst"
    with open(site / "conf.py", "a", encoding="utf-8") as settings:
        settings.write(_SETTINGS)
    (site / "static").mkdir()
    shutil.copy2(documents / "site" / "site.css", site / "static")
    if not (pages / "changelog.rst").exists():
        (pages / "changelog.rst").write_text(_CHANGELOG, encoding="utf-8")
    (pages / "filters.rst").write_text(_FILTERS + filters(sorted(pages.glob("*_filter.rst"))), encoding="utf-8")
    first = (documents / "site" / "index.rst").read_text(encoding="utf-8")
    sections = (documents / "docsite" / "extra-docs.yml").read_text(encoding="utf-8")
    (pages / "index.rst").write_text(first + "".join(all_pages(sections, pages)), encoding="utf-8")
    for page in (pages / "index.rst", *(pages / "docsite").glob("*.rst")):
        text = page.read_text(encoding="utf-8")
        for name in re.findall(rf":: {re.escape(PICTURES)}(.+)$", text, re.MULTILINE):
            copy = pages / "pictures" / name
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(documents / name, copy)
        page.write_text(text.replace(f":: {PICTURES}", ":: /pictures/"), encoding="utf-8")


def all_pages(sections: str, pages: Path) -> Iterator[str]:
    """The tables of contents of the first page, which are the sidebar: the guides first, then the reference."""
    for title, names in guides(sections):
        yield toctree(title, [f"docsite/{name}" for name in names])
    for title, kind in (("Modules", "_module"), ("Roles", "_role")):
        yield toctree(title, named(sorted(path.stem for path in pages.glob(f"*{kind}.rst")), kind))
    yield toctree("More", ["filters", "Changelog <changelog>"])


def filters(pages: list[Path]) -> str:
    """A line for each filter with what it does, which is the title of its page, and the sidebar below."""
    lines = [""]
    for page in pages:
        title = re.search(
            r"^elementsw\.replication\.(\w+) filter -- (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE
        )
        if not title:
            raise StageFailure(f"{page.name} has another title than pages of filters have")
        lines.append(f"- :doc:`{title[1]} <{page.stem}>`: {title[2][0].lower()}{title[2][1:]}")
    return "\n".join(lines) + "\n" + toctree("", named([page.stem for page in pages], "_filter"), hidden=True)


def guides(sections: str) -> Iterator[tuple[str, list[str]]]:
    """The sections of extra-docs.yml, each with its pages. The file is as simple as the pipeline needs, without PyYAML."""
    for section in re.split(r"^  - title: ", sections, flags=re.MULTILINE)[1:]:
        title, _line_break, rest = section.partition("\n")
        yield title, re.findall(r"^ +- (\w+)$", rest, re.MULTILINE)


def named(stems: list[str], kind: str) -> list[str]:
    """The entries of these pages, by the short name: the whole one does not fit into the sidebar."""
    return [f"{stem.removesuffix(kind)} <{stem}>" for stem in stems]


def toctree(title: str, entries: list[str], hidden: bool = False) -> str:
    options = [f":caption: {title}"] if title else []
    options.append(":hidden:" if hidden else ":maxdepth: 1")
    lines = [".. toctree::", *(f"   {option}" for option in options), "", *(f"   {entry}" for entry in entries)]
    return "\n" + "\n".join(lines) + "\n"

# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the site sets besides what antsibull-docs generates: `.ci/site_pages.py` appends this file to its conf.py."""

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

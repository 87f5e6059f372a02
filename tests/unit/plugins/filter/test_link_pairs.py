# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which list of volume pairs belongs to a link."""

from __future__ import annotations

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.elementsw.replication.plugins.filter.link_pairs import FilterModule, link_pairs

LINK = {"cluster": "alpha", "peer": "beta"}
OWN = [{"volume": "a"}]
TWO_PLACES = (
    "Give the volumes in the items of replication_links, or in protect_pairs or protect_pairs_file, and not both."
)
NONE_OF_ITS_OWN = "Give each of several items of replication_links its own pairs or pairs_file."


@pytest.mark.parametrize(
    ("link", "given", "expected"),
    [
        ({"pairs": OWN}, {}, (OWN, "", None)),
        ({"pairs": []}, {"several": True}, ([], "", None)),
        ({"pairs": OWN}, {"pairs": "", "file": None, "several": True}, (OWN, "", None)),
        ({"pairs_file": "a.csv"}, {"several": True}, ("", "a.csv", None)),
        # A list for all would pair the same volumes over the first link that has them.
        ({}, {"pairs": OWN}, (OWN, "", None)),
        ({}, {"file": "b.csv"}, ("", "b.csv", None)),
        ({}, {"pairs": OWN, "several": True}, (OWN, "", NONE_OF_ITS_OWN)),
        ({}, {"several": True}, ("", "", NONE_OF_ITS_OWN)),
        ({"pairs": " ", "pairs_file": None}, {"several": True}, ("", "", NONE_OF_ITS_OWN)),
        ({"pairs": OWN}, {"pairs": OWN}, (OWN, "", TWO_PLACES)),
        ({"pairs": OWN}, {"pairs": []}, (OWN, "", TWO_PLACES)),
        ({"pairs_file": "a.csv"}, {"file": "b.csv"}, ("", "a.csv", TWO_PLACES)),
        # Nothing at all is for the role to refuse.
        ({}, {}, ("", "", None)),
    ],
)
def test_the_list_of_a_link(link, given, expected):
    found = link_pairs({**LINK, **link}, **given)
    assert (found["pairs"], found["file"], found["problem"]) == expected


def test_input_that_is_not_as_documented():
    with pytest.raises(AnsibleFilterError, match="link_pairs: the input is of type list"):
        link_pairs([])


def test_ansible_finds_it_by_its_name():
    assert FilterModule().filters() == {"link_pairs": link_pairs}

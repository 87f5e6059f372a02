# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""No password and no pairing key comes out, whatever a cluster answers: it may well repeat what it was sent."""

from __future__ import annotations

import base64
import contextlib
import functools
import io
import json

import pytest

try:
    from ansible.module_utils.secrets import mask_secrets
except ImportError:  # ansible-core before 2.22 masks in the module, not where something is shown
    mask_secrets = str

MODULES = ("cluster_pair", "volume_pair", "pair_info")
USERNAME = "ansible"
PASSWORDS = {"alpha": 'Marker-of-alpha "7!x', "beta": "Marker-of-beta+9?ü"}
VOLUMES = [{"name": "orders-db"}, {"name": "catalogue"}]
ITEMS = [{"volume": "orders-db"}, {"volume": "catalogue"}]
LINK = [{"between": ["alpha", "beta"]}]
CLUSTER_HANDSHAKE = [("alpha", "StartClusterPairing"), ("beta", "CompleteClusterPairing")]
VOLUME_HANDSHAKE = [("alpha", "StartVolumePairing"), ("beta", "CompleteVolumePairing")]
#: The simulator puts the call's own parameters in: the pairing key, where there is one.
ECHO = "I was sent {params}"


def basic(username, password):
    """How credentials travel."""
    return base64.b64encode(f"{username}:{password}".encode()).decode()


def leaks(text, world):
    """The secrets that a text shows, as they are, within JSON, or in the form in which they travel."""
    forms = {}
    for secret in world.secrets:
        for form in (secret, json.dumps(secret)[1:-1], basic(USERNAME, secret)):
            forms[form] = secret
    return [secret for form, secret in forms.items() if form in text]


def cluster(name, password, **more):
    admin = {"username": USERNAME, "password": password, "access": ["administrator"]}
    return {"name": name, "volumes": VOLUMES, "admins": [admin], **more}


@pytest.fixture
def start(sites):
    def serve(**spec):
        return sites([cluster(name, password) for name, password in PASSWORDS.items()], **spec)

    return serve


def run(site, module, **options):
    """The result of a module that has let nothing out."""
    errors = io.StringIO()
    with contextlib.redirect_stderr(errors):
        result = site.run(module, **options)
    # What newer versions are told to mask wherever it is shown.
    result.pop("_ansible_new_secrets", None)
    assert leaks(mask_secrets(json.dumps(result, ensure_ascii=False)) + errors.getvalue(), site.world) == []
    return result


def test_what_is_searched_for(start):
    site = start(cluster_pairs=LINK)
    run(site, "volume_pair", pairs=ITEMS)
    known = set(site.world.secrets)
    keys = {call.params["volumePairingKey"] for call in site.world.calls_of("beta", "CompleteVolumePairing")}
    assert (len(keys), keys <= known, set(PASSWORDS.values()) <= known) == (2, True, True)
    for text in (*keys, *PASSWORDS.values(), f"x{basic(USERNAME, PASSWORDS['alpha'])}x"):
        assert leaks(json.dumps([text]), site.world) != []


def test_success(start):
    site = start()
    for module, options in (
        ("cluster_pair", {}),
        ("volume_pair", {"pairs": ITEMS}),
        ("pair_info", {}),
        ("volume_pair", {"pairs": ITEMS, "state": "absent"}),
        ("cluster_pair", {"state": "absent"}),
    ):
        for check in (True, False):
            assert not run(site, module, check=check, **options).get("failed")


ERRORS = (
    "xInvalidParameter",
    "xInvalidParameterType",
    "xMissingParameter",
    "xPairingAlreadyExists",
    "xPermissionDenied",
    "xUnknownAPIMethod",
    "xVolumeAlreadyPaired",
)


@pytest.mark.parametrize("name", ERRORS)
@pytest.mark.parametrize(("at", "method"), [*CLUSTER_HANDSHAKE, *VOLUME_HANDSHAKE])
def test_a_handshake_that_is_refused_with_what_was_sent(start, at, method, name):
    of_volumes = "Volume" in method
    site = start(cluster_pairs=LINK if of_volumes else [])
    site.world.faults.add(at, method, fault=name, message=ECHO, times=None)
    result = run(site, "volume_pair" if of_volumes else "cluster_pair", **({"pairs": ITEMS} if of_volumes else {}))
    assert result["failed"]
    assert result["error"]["cluster"] == at
    assert site.world.faults.unused() == []


@pytest.mark.parametrize("fault", ["html_200", "http_500", "http_502", "truncated", "no_result", "null"])
@pytest.mark.parametrize(("at", "method"), [CLUSTER_HANDSHAKE[0], VOLUME_HANDSHAKE[0]])
def test_a_key_whose_reply_is_odd(start, at, method, fault):
    of_volumes = "Volume" in method
    site = start(cluster_pairs=LINK if of_volumes else [])
    site.world.faults.add(at, method, fault=fault, message=ECHO, times=None, after_applying=True)
    result = run(site, "volume_pair" if of_volumes else "cluster_pair", **({"pairs": ITEMS} if of_volumes else {}))
    assert result["failed"]
    assert site.world.faults.unused() == []


def test_a_roll_back_that_is_refused_with_what_was_sent(start):
    site = start(cluster_pairs=LINK)
    site.world.faults.add("beta", "CompleteVolumePairing", fault="xInvalidParameter", message=ECHO, times=None)
    site.world.faults.add("alpha", "RemoveVolumePair", fault="xInvalidParameter", message=ECHO, times=None)
    assert len(run(site, "volume_pair", pairs=ITEMS)["error"]["left_behind"]) == len(ITEMS)


@pytest.mark.parametrize("at", PASSWORDS)
@pytest.mark.parametrize("write", [str, functools.partial(basic, USERNAME)], ids=["plain", "basic"])
@pytest.mark.parametrize("module", MODULES)
def test_a_password_that_a_cluster_repeats(start, module, at, write):
    site = start()
    said = f"no such administrator: {write(PASSWORDS[at])}"
    site.world.faults.add(at, "GetClusterInfo", fault="xUnknownUsername", message=said, times=None)
    options = {"pairs": ITEMS} if module == "volume_pair" else {}
    assert run(site, module, **options)["error"]["code"] == "permission"


@pytest.mark.parametrize("at", PASSWORDS)
def test_a_password_that_is_not_accepted(start, at):
    site = start()
    site.world.faults.add(at, fault="http_401", times=None)
    assert run(site, "pair_info")["error"]["code"] == "authentication"


# --- through ansible-playbook -----------------------------------------------------------------------------------------

#: By the source of a pair of clusters: the module that it is for, and what befalls it (at, method, kind, message).
STORIES = {
    "key-of-clusters": ("cluster_pair", ("peer", "CompleteClusterPairing", "xInvalidPairingKey", ECHO)),
    "key-of-volumes": ("volume_pair", ("peer", "CompleteVolumePairing", "xInvalidParameter", ECHO)),
    "cut-off": ("volume_pair", ("here", "StartVolumePairing", "truncated", None)),
    "no-entry": ("pair_info", ("here", None, "http_401", None)),
    "repeats": ("pair_info", ("peer", "GetClusterInfo", "xUnknownUsername", "not {password}, not {basic}")),
}
CODES = {
    "good": [None, None, None],
    "key-of-clusters": ["api_error", None, None],
    "key-of-volumes": [None, "api_error", None],
    "cut-off": [None, "bad_reply", None],
    "no-entry": [None, None, "authentication"],
    "repeats": [None, None, "permission"],
}


def test_a_playbook_at_its_loudest(sites, playbook, tmp_path, tmp_path_factory):
    passwords = {f"{name}{side}": f"Marker-{name}{side}+5?y" for name in CODES for side in ("", "-peer")}
    site = sites(
        [cluster(name, password) for name, password in passwords.items()],
        cluster_pairs=[
            {"between": [name, f"{name}-peer"]} for name, (module, _fault) in STORIES.items() if module == "volume_pair"
        ],
    )
    for name, (_module, (side, method, kind, message)) in STORIES.items():
        at = name if side == "here" else f"{name}-peer"
        site.world.faults.add(at, method, fault=kind, message=worded(message, passwords[at]), times=None)
    # Inventory and registered results, which newer versions mask only where they are shown, are not searched.
    known = tmp_path_factory.mktemp("known")
    done = playbook(site.running.inventory(), plays(known), known)
    results = json.loads((known / "results.json").read_text(encoding="utf-8"))
    found = {name: [result.get("error", {}).get("code") for result in results[name]] for name in CODES}
    assert found == CODES, done.stdout
    assert [result["changed"] for result in results["good"]] == [True, True, False]
    written = {str(path): path.read_text(encoding="utf-8") for path in tmp_path.rglob("*") if path.is_file()}
    assert str(tmp_path / "ansible.log") in written
    said = {"stdout": done.stdout, "stderr": done.stderr, **written}
    assert {where: told for where, text in said.items() if (told := leaks(text, site.world))} == {}


def worded(message, password):
    """A message with the password in it. Its {params} are the simulator's business."""
    return (message or "").replace("{password}", password).replace("{basic}", basic(USERNAME, password))


def plays(folder):
    """All three modules for the good pair of clusters, one for each of the others; and what came of it, in a file."""
    tasks = [
        {
            f"elementsw.replication.element_{module}": {
                "peer_host": "{{ inventory_hostname }}-peer",
                **({"pairs": ITEMS} if module == "volume_pair" else {}),
            },
            "when": f"inventory_hostname in {['good', *(name for name, story in STORIES.items() if story[0] == module)]}",
            "register": module,
            "ignore_errors": True,
        }
        for module in MODULES
    ]
    found = ", ".join(
        f"'{name}': [{', '.join(f'hostvars[{name!r}].{module}' for module in MODULES)}]" for name in CODES
    )
    content = f"{{{{ {{ {found} }} | to_json }}}}"
    write = {"ansible.builtin.copy": {"content": content, "dest": f"{folder}/results.json"}, "run_once": True}
    return [{"hosts": list(CODES), "gather_facts": False, "tasks": [*tasks, write]}]

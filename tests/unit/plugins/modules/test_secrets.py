# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""No password and no pairing key comes out, whatever a cluster answers: it may well repeat what it was sent."""

from __future__ import annotations

import base64
import contextlib
import io
import json
import threading
import urllib.parse
from concurrent.futures import ThreadPoolExecutor

import pytest

try:
    from ansible.module_utils.secrets import mask_secrets
except ImportError:  # ansible-core before 2.22 masks in the module, not where something is shown
    mask_secrets = str

MODULES = ("cluster_pair", "volume_pair", "failover_rehearsal", "pair_info")
USERNAME = "ansible"
PASSWORDS = {"alpha": 'Marker-of-alpha "7!x', "beta": "Marker-of-beta+9?ü"}
VOLUMES = [{"name": "orders-db"}, {"name": "catalogue"}]
ITEMS = [{"volume": "orders-db"}, {"volume": "catalogue"}]
# Run for the cluster of the targets. Its accounts have CHAP secrets, which every read of accounts shows.
DRILL = {"name": "drill", "here": "beta", "there": "alpha"}
LINK = [{"between": ["alpha", "beta"]}]
CLUSTER_HANDSHAKE = [("alpha", "StartClusterPairing"), ("beta", "CompleteClusterPairing")]
VOLUME_HANDSHAKE = [("alpha", "StartVolumePairing"), ("beta", "CompleteVolumePairing")]
#: The simulator puts the call's own parameters in: the pairing key, where there is one. And what that decodes to.
ECHO = "I was sent {params}"
ECHO_DECODED = "I was sent {params}, which is {key}"

#: How a secret may be written, the credentials of an administrator included.
FORMS = {
    "plain": str,
    "json": lambda secret: json.dumps(secret)[1:-1],
    "url": urllib.parse.quote,
    "url-whole": lambda secret: urllib.parse.quote(secret, safe=""),
    "url-form": urllib.parse.quote_plus,
    "hex": lambda secret: secret.encode().hex(),
    "HEX": lambda secret: secret.encode().hex().upper(),
    "base64": lambda secret: base64.b64encode(secret.encode()).decode().rstrip("="),
    "base64-url": lambda secret: base64.urlsafe_b64encode(secret.encode()).decode().rstrip("="),
    "basic": lambda secret: base64.b64encode(f"{USERNAME}:{secret}".encode()).decode().rstrip("="),
}


def leaks(text, secrets):
    """The secrets that a text shows, in whatever form, and in which."""
    return [(name, secret) for secret in secrets for name, write in FORMS.items() if write(secret) in text]


def cluster(name, password, **more):
    admin = {"username": USERNAME, "password": password, "access": ["administrator"]}
    hosts = {"accounts": [{"name": "hosts"}], "access_groups": [{"name": "hosts"}]}
    return {"name": name, "volumes": VOLUMES, "admins": [admin], **hosts, **more}


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
    # What newer versions are configured to mask wherever it is shown.
    result.pop("_ansible_new_secrets", None)
    assert leaks(mask_secrets(json.dumps(result, ensure_ascii=False)) + errors.getvalue(), site.world.secrets) == []
    return result


def test_what_is_searched_for(start):
    site = start(cluster_pairs=LINK)
    run(site, "volume_pair", pairs=ITEMS)
    known = set(site.world.secrets)
    keys = {call.params["volumePairingKey"] for call in site.world.calls_of("beta", "CompleteVolumePairing")}
    assert (len(keys), keys <= known, set(PASSWORDS.values()) <= known) == (2, True, True)
    for secret in (*keys, *PASSWORDS.values()):
        for name, write in FORMS.items():
            assert (name, secret) in leaks(f"x{write(secret)}x", known)


def test_success(start):
    site = start()
    secrets = {account.initiator_secret for account in site.world.cluster("beta").accounts.values()}
    assert secrets
    assert secrets <= set(site.world.secrets)
    for module, options in (
        ("cluster_pair", {}),
        ("volume_pair", {"pairs": ITEMS}),
        ("pair_info", {}),
        ("failover_rehearsal", {**DRILL, "point": "now", "account": "hosts", "access_group": "hosts"}),
        ("failover_rehearsal", {**DRILL, "state": "absent"}),
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


def test_a_key_that_is_repeated_decoded(start):
    """User name and password in it are credentials of the cluster that made it."""
    site = start()
    site.world.faults.add(
        "beta", "CompleteClusterPairing", fault="xInvalidPairingKey", message=ECHO_DECODED, times=None
    )
    assert "which is" in run(site, "cluster_pair")["error"]["message"]


@pytest.mark.parametrize("at", PASSWORDS)
@pytest.mark.parametrize("module", MODULES)
def test_a_password_that_a_cluster_repeats(start, module, at):
    site = start()
    said = f"no such administrator: {', '.join(write(PASSWORDS[at]) for write in FORMS.values())}"
    site.world.faults.add(at, "GetClusterInfo", fault="xUnknownUsername", message=said, times=None)
    options = {"volume_pair": {"pairs": ITEMS}, "failover_rehearsal": {"name": "drill"}}.get(module, {})
    assert run(site, module, **options)["error"]["code"] == "permission"


@pytest.mark.parametrize("at", PASSWORDS)
def test_a_password_that_is_not_accepted(start, at):
    site = start()
    site.world.faults.add(at, fault="http_401", times=None)
    assert run(site, "pair_info")["error"]["code"] == "authentication"


@pytest.mark.parametrize("at", PASSWORDS)
@pytest.mark.parametrize(("at_method", "module"), [("StartVolumePairing", "volume_pair"), (None, "cluster_pair")])
def test_a_reply_that_takes_too_long(start, at, at_method, module):
    site = start(cluster_pairs=LINK)
    site.world.faults.add(at, at_method or "RemoveClusterPair", fault="drip", seconds=0.3, times=None)
    options = {"pairs": ITEMS[:1], "direction": "to_peer" if at == "alpha" else "from_peer"} if at_method else {}
    result = run(site, module, timeout=1, **(options or {"state": "absent"}))
    # What was removed is gone; what was only begun is taken back.
    assert result.get("failed", False) == bool(at_method)


@pytest.mark.parametrize("certificate", ["self_signed", "wrong_name", "expired"])
@pytest.mark.parametrize("at", PASSWORDS)
def test_a_certificate_that_is_not_trusted(sites, at, certificate):
    site = sites(
        [
            cluster(name, secret, certificate=certificate if name == at else "valid")
            for name, secret in PASSWORDS.items()
        ]
    )
    assert run(site, "pair_info")["error"]["code"] == "tls"


# --- through ansible-playbook -----------------------------------------------------------------------------------------

#: By the source of a pair of clusters: the module that it is for, and what happens to it (at, method, what).
STORIES = {
    "key-of-clusters": (
        "cluster_pair",
        "peer",
        "CompleteClusterPairing",
        {"fault": "xInvalidPairingKey", "message": ECHO},
    ),
    "key-decoded": ("cluster_pair", "peer", "CompleteClusterPairing", {"fault": "xNotAKey", "message": ECHO_DECODED}),
    "key-of-volumes": ("volume_pair", "peer", "CompleteVolumePairing", {"fault": "xInvalidParameter", "message": ECHO}),
    "cut-off": ("volume_pair", "here", "StartVolumePairing", {"fault": "truncated"}),
    "too-slow": ("volume_pair", "here", "StartVolumePairing", {"fault": "drip", "seconds": 0.3}),
    "no-entry": ("pair_info", "here", None, {"fault": "http_401"}),
    "repeats": ("pair_info", "peer", "GetClusterInfo", {"fault": "xUnknownUsername", "message": "{every form}"}),
    "not-trusted": ("pair_info", "peer", None, None),
}
CODES = {
    "good": [None, None, "not_paired", None],
    "key-of-clusters": ["api_error", None, None, None],
    "key-decoded": ["api_error", None, None, None],
    "key-of-volumes": [None, "api_error", None, None],
    "cut-off": [None, "bad_reply", None, None],
    "too-slow": [None, "unreachable", None, None],
    "no-entry": [None, None, None, "authentication"],
    "repeats": [None, None, None, "permission"],
    "not-trusted": [None, None, None, "tls"],
}
#: A callback that prints every result as JSON, as those do that others read.
CALLBACK = """
from ansible.plugins.callback import CallbackBase

class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "every_result"
    CALLBACK_NEEDS_ENABLED = True

    def v2_runner_on_ok(self, result, **_more):
        self._display.display("JSON: " + self._dump_results(result._result, keep_invocation=True))

    def v2_runner_on_failed(self, result, **_more):
        self.v2_runner_on_ok(result)
"""


@pytest.fixture
def every_result(monkeypatch, tmp_path_factory):
    """A JSON callback for the playbooks that are run."""
    folder = tmp_path_factory.mktemp("callbacks")
    (folder / "every_result.py").write_text(CALLBACK, encoding="utf-8")
    monkeypatch.setenv("ANSIBLE_CALLBACK_PLUGINS", str(folder))
    monkeypatch.setenv("ANSIBLE_CALLBACKS_ENABLED", "every_result")


def leaks_by_place(done, folder, secrets):
    """What was said or written where, and shows a secret."""
    written = {str(path): path.read_text(encoding="utf-8") for path in folder.rglob("*") if path.is_file()}
    assert str(folder / "ansible.log") in written
    said = {"stdout": done.stdout, "stderr": done.stderr, **written}
    return {where: shown for where, text in said.items() if (shown := leaks(text, secrets))}


@pytest.mark.usefixtures("every_result")
def test_a_playbook_at_its_loudest(sites, playbook, tmp_path, tmp_path_factory):
    passwords = {f"{name}{side}": f"Marker-{name}{side}+5?y" for name in CODES for side in ("", "-peer")}
    quality = {"not-trusted-peer": "self_signed"}
    site = sites(
        [cluster(name, password, certificate=quality.get(name, "valid")) for name, password in passwords.items()],
        cluster_pairs=[
            {"between": [name, f"{name}-peer"]} for name, (module, *_what) in STORIES.items() if module == "volume_pair"
        ],
    )
    for name, (_module, side, method, what) in STORIES.items():
        at = name if side == "here" else f"{name}-peer"
        if what:
            site.world.faults.add(at, method, **worded(what, passwords[at]), times=None)
    inventory = site.running.inventory()
    inventory["element_clusters"]["hosts"]["too-slow"]["element_timeout"] = 1
    # Inventory and registered results, which newer versions mask only where they are shown, are not searched.
    known = tmp_path_factory.mktemp("known")
    done = playbook(inventory, plays(known), known)
    results = json.loads((known / "results.json").read_text(encoding="utf-8"))
    found = {name: [result.get("error", {}).get("code") for result in results[name]] for name in CODES}
    assert found == CODES, done.stdout
    assert [result["changed"] for result in results["good"]] == [True, True, False, False]
    assert "JSON: " in done.stdout
    assert leaks_by_place(done, tmp_path, site.world.secrets) == {}


def worded(what, password):
    """What happens to a call, with the password in its message, in each form. {params} and {key} are the simulator's business."""
    every_form = ", ".join(write(password) for write in FORMS.values())
    return {**what, "message": what.get("message", "").replace("{every form}", every_form) or None}


def plays(folder):
    """All modules for the good pair of clusters, one for each of the others; and what came of it, in a file."""
    tasks = [
        {
            f"elementsw.replication.element_{module}": {
                "peer_host": "{{ inventory_hostname }}-peer",
                **{"volume_pair": {"pairs": ITEMS}, "failover_rehearsal": {"name": "drill"}}.get(module, {}),
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


REPORT = [
    {
        "hosts": ["alpha"],
        "gather_facts": False,
        "tasks": [{"elementsw.replication.element_pair_info": {"peer_host": "beta"}, "register": "report"}],
    }
]


@pytest.mark.parametrize("pipelining", [False, True])
def test_what_is_handed_to_a_module(sites, playbook, tmp_path, tmp_path_factory, monkeypatch, pipelining):
    """The file that hands a module its arguments holds them in clear while it runs. With pipelining there is none."""
    monkeypatch.setenv("ANSIBLE_REMOTE_TMP", str(tmp_path / "handed"))
    site = sites([cluster(name, f"Marker-of-{name}-6hB") for name in PASSWORDS])
    site.world.faults.add("alpha", fault="slow", seconds=1)
    inventory = site.running.inventory()
    inventory["element_clusters"]["vars"]["ansible_pipelining"] = pipelining
    with ThreadPoolExecutor(1) as worker:
        running = worker.submit(playbook, inventory, REPORT, tmp_path_factory.mktemp("known"))
        while not (site.world.calls_of("beta") or running.done()):
            threading.Event().wait(0.01)
        handed = [path.read_text(encoding="utf-8") for path in tmp_path.rglob("AnsiballZ_*.py")]
        done = running.result()
    assert done.returncode == 0, done.stdout
    assert [bool(leaks(text, site.world.secrets)) for text in handed] == ([] if pipelining else [True])
    assert leaks_by_place(done, tmp_path, site.world.secrets) == {}


@pytest.mark.parametrize("pipelining", [False, True])
def test_what_is_kept(sites, playbook, tmp_path, tmp_path_factory, monkeypatch, pipelining):
    """Who asks for that file to be kept gets it: Ansible puts that before pipelining."""
    monkeypatch.setenv("ANSIBLE_REMOTE_TMP", str(tmp_path / "handed"))
    monkeypatch.setenv("ANSIBLE_KEEP_REMOTE_FILES", "1")
    site = sites([cluster(name, f"Marker-of-{name}-6hB") for name in PASSWORDS])
    inventory = site.running.inventory()
    inventory["element_clusters"]["vars"]["ansible_pipelining"] = pipelining
    done = playbook(inventory, REPORT, tmp_path_factory.mktemp("known"))
    assert done.returncode == 0, done.stdout
    shown = {where.rpartition("/")[2] for where in leaks_by_place(done, tmp_path, site.world.secrets)}
    assert shown == {"AnsiballZ_element_pair_info.py"}


#: A library that fails with a text that tells everything.
BROKEN = """
INET_PTON = 0

class AddrFormatError(Exception):
    pass

def IPAddress(*_args, **_more):
    raise RuntimeError({text!r})
"""


@pytest.mark.usefixtures("every_result")
def test_a_crash(start, playbook, tmp_path, tmp_path_factory, monkeypatch):
    libraries = tmp_path_factory.mktemp("libraries")
    (libraries / "netaddr.py").write_text(BROKEN.format(text=" and ".join(PASSWORDS.values())), encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(libraries))
    site = start()
    done = playbook(site.running.inventory(), REPORT, tmp_path_factory.mktemp("known"))
    assert done.returncode == 2, done.stdout
    assert "this is a defect of elementsw.replication" in done.stdout
    assert "in IPAddress" in done.stdout + done.stderr
    assert leaks_by_place(done, tmp_path, site.world.secrets) == {}

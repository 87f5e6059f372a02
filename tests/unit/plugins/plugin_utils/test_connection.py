# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The arguments that reach a module, seen by a module that hands them back, in a real run of ansible-playbook.

One run and one test serve all cases: starting Ansible costs more than a task, and ansible-test gives each test a
process of its own, fixtures included.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from ansible.parsing.vault import VaultLib, VaultSecret

from ansible_collections.elementsw.replication.plugins.module_utils._element.arguments import (
    CONNECTION,
    REQUIRED,
    connection_spec,
    peer_host_defaults,
)
from ansible_collections.elementsw.replication.plugins.plugin_utils import _connection

NEIGHBOUR = "invented-neighbour"
BRACES = "in{{ven}}ted-braces"
VAULT_SECRET = "invented-vault"

ALPHA = {"hostname": "192.0.2.10", "username": "ansible", "password": "invented-alpha"}
BETA = {"hostname": "198.51.100.20", "username": "ansible", "password": "invented-beta", "port": "8443"}
ONE_OFF = {"hostname": "203.0.113.30", "username": "other", "password": "invented-other"}

INVENTORY = """
app_servers:
  hosts: {aaa-server: , aab-server: }
site_a:
  hosts: {beta: , alpha: }
element_clusters:
  vars:
    ansible_connection: local
    ansible_python_interpreter: "{{ ansible_playbook_python }}"
    element_username: ansible
  hosts:
    alpha:
      element_hostname: 192.0.2.10
      element_password: invented-alpha
      element_timeout: 60
      element_ca_path: /etc/ssl/alpha.pem
    beta:
      mvip: 198.51.100.20
      site_port: 8443
      element_hostname: "{{ mvip }}"
      element_port: "{{ site_port }}"
      element_password: invented-beta
    vaulted:
      element_hostname: 198.51.100.21
      element_password: !vault |
{vault}
    braces:
      element_hostname: 198.51.100.22
      element_password: !unsafe "in{{ven}}ted-braces"
    no_password:
      element_hostname: 198.51.100.23
    empty_password:
      element_hostname: 198.51.100.23
      element_password: ""
    undefined:
      element_hostname: 198.51.100.24
      neighbour_password: invented-neighbour
      element_password: "{{ nowhere_defined }}"
    undefined_inside:
      element_hostname: 198.51.100.25
      neighbour_password: invented-neighbour
      element_password: "{{ through }}"
      through: "a{{ nowhere_defined }}b"
    omitted:
      element_hostname: 198.51.100.26
      neighbour_password: invented-neighbour
      element_password: "{{ omit }}"
    wrong:
      element_hostname: 198.51.100.27
      neighbour_password: invented-neighbour
      element_password: "{{ neighbour_password | no_such_filter }}"
    by_mvip:
      element_mvip: 198.51.100.28
      element_port: "{{ nowhere_defined }}"
    with_mvip:
      element_hostname: 198.51.100.29
      element_password: invented-with-mvip
      element_mvip: 203.0.113.29
    no_names:
      element_hostname: ""
      element_password: invented-nameless
    bare: {element_username: ~}
    locked:
      element_hostname: 198.51.100.31
      neighbour_password: invented-neighbour
      element_password: !vault |
{other_vault}
    locked_inside:
      element_hostname: 198.51.100.32
      neighbour_password: invented-neighbour
      vault_password: !vault |
{other_vault}
      element_password: "{{ vault_password | trim }}"
    locked_name:
      element_password: invented
      element_hostname: !vault |
{other_vault}
    spaced:
      element_hostname: " 198.51.100.33 "
      element_password: invented-spaced
      element_port: " 8443 "
      element_mvip: " [2001:db8::33] "
      element_cert_fingerprint: "sha256 Fingerprint={pinned}"
{empty_hosts}
{wrong_hosts}
"""

#: Forms of "not set" in a host variable, as AWX and templates make them.
EMPTY = {
    "empty": '""',
    "blank": '" "',
    "nothing": "~",
    "left_out": '"{{ nowhere_defined | default(omit) }}"',
    "left_out_at_last": '"{{ through }}", through: "{{ omit }}"',
    "empty_at_last": '"{{ through }}", through: ""',
}
#: All options but those that a connection requires.
OPTIONAL = [name for name in CONNECTION if name not in REQUIRED]
PINNED = ":".join(["79", "BF"] * 16)

ADDRESS_ALONE = "give the address alone, 198.51.100.40"
#: A variable, its value, what its message says about it.
WRONG = {
    "wrong_prefix": ("element_hostname", "198.51.100.40/24", f"'198.51.100.40/24' cannot be used; {ADDRESS_ALONE}"),
    "wrong_scheme": (
        "element_hostname",
        "https://198.51.100.40",
        f"'https://198.51.100.40' cannot be used; {ADDRESS_ALONE}",
    ),
    "wrong_port": (
        "element_hostname",
        "gamma:8443",
        "'gamma:8443' cannot be used; give the name alone, gamma, and 8443 as port (host variable element_port)",
    ),
    "wrong_path": ("element_hostname", "gamma/json-rpc", "'gamma/json-rpc' cannot be used; give the name alone, gamma"),
    "wrong_user": (
        "element_hostname",
        "admin:invented-neighbour@gamma",
        (
            "its value cannot be used; give the name alone, gamma, and the user as username "
            "(host variable element_username)"
        ),
    ),
    "wrong_template": (
        "element_hostname",
        "{{ '198.51.100.40' ~ '/24' }}",
        f"'198.51.100.40/24' cannot be used; {ADDRESS_ALONE}",
    ),
    "wrong_mvip": ("element_mvip", "198.51.100.40/24", f"'198.51.100.40/24' cannot be used; {ADDRESS_ALONE}"),
    "wrong_number": ("element_port", "https", "'https' cannot be used; give a number from 1 to 65535"),
    "wrong_flag": ("element_validate_certs", "maybe", "'maybe' cannot be used; give true or false"),
    "wrong_timeout": ("element_timeout", 0, "0 cannot be used; give a number of seconds from 1 to 86400"),
    "wrong_fingerprint": (
        "element_cert_fingerprint",
        "79:BF",
        (
            "'79:BF' cannot be used; give the SHA-256 fingerprint of the certificate, 64 hexadecimal digits with or "
            "without colons"
        ),
    ),
}

ACTION = """
from ansible_collections.elementsw.replication.plugins.plugin_utils._action_base import ConnectedAction


class ActionModule(ConnectedAction):
    pass
"""

MODULE = """#!/usr/bin/python
from ansible.module_utils.basic import AnsibleModule

module = AnsibleModule(
    dict((name, dict(type="raw", no_log=False)) for name in {options}), supports_check_mode=True
)
seen = dict((name, value) for name, value in module.params.items() if value is not None)
module.exit_json(changed=False, seen=seen, check_mode=module.check_mode)
"""


@dataclass(frozen=True)
class Case:
    """A task for a host, and the arguments its module should see or the sentence it should fail with."""

    args: dict[str, Any] = field(default_factory=dict)
    host: str = "alpha"
    task: dict[str, Any] = field(default_factory=dict)  # keywords
    play: dict[str, Any] = field(default_factory=dict)
    seen: dict[str, Any] | None = None  # None: not compared
    peer: dict[str, Any] | None = None  # None: no peer expected
    failure: str | None = None


def peer_of_host(**options: Any) -> dict[str, Any]:
    return {**peer_host_defaults(), **options}


OWN = {**ALPHA, "timeout": 60, "ca_path": "/etc/ssl/alpha.pem"}
TO_BETA = {"args": {"peer_host": "beta"}, "seen": OWN, "peer": peer_of_host(**BETA)}
UNREACHABLE = {"peer_unreachable": "assume_dead"}
LOCKED_HOSTS = {
    "locked": "element_password",
    "locked_inside": "element_password",
    "locked_name": "element_hostname",
}
LOCKED = (
    "host '{0}': the vault of the variable {1} cannot be opened; give its password with --vault-id or --ask-vault-pass"
)
UNRESOLVED = "host '{0}': the variable element_password cannot be resolved; correct what is undefined or wrong in it"

CASES = {
    "both_from_the_inventory": Case(**TO_BETA),
    "no_peer": Case(seen=OWN),
    "option_beats_host_variable": Case(
        {"peer_host": "beta", "hostname": "192.0.2.11", "timeout": 5},
        seen={**OWN, "hostname": "192.0.2.11", "timeout": 5},
        peer=peer_of_host(**BETA),
    ),
    "null_is_not_given": Case(
        {"peer_host": "beta", "hostname": None, "peer": None}, seen=OWN, peer=peer_of_host(**BETA)
    ),
    "play_variable_counts_here_only": Case(
        {"peer_host": "beta"},
        play={"vars": {"element_port": 444, "element_username": "play"}},
        seen={**OWN, "username": "play", "port": 444},
        peer=peer_of_host(**BETA),
    ),
    "task_variable_counts_here_only": Case(
        {"peer_host": "beta"},
        task={"vars": {"element_concurrency": 2, "element_password": "{{ 'invented-' ~ 'task' }}"}},
        seen={**OWN, "concurrency": 2, "password": "invented-task"},
        peer=peer_of_host(**BETA),
    ),
    "explicit_peer": Case({"peer": ONE_OFF}, seen=OWN, peer=ONE_OFF),
    "explicit_everything_on_localhost": Case(
        {**ALPHA, "peer": ONE_OFF},
        host="localhost",
        task={"vars": {"ansible_python_interpreter": "{{ ansible_playbook_python }}"}},
        seen=ALPHA,
        peer=ONE_OFF,
    ),
    "localhost_and_peer_host": Case(
        {**ALPHA, "peer_host": "beta"},
        host="localhost",
        task={"vars": {"ansible_python_interpreter": "{{ ansible_playbook_python }}"}},
        seen=ALPHA,
        peer=peer_of_host(**BETA),
    ),
    "both_forms_reach_the_module": Case(
        {"peer_host": "beta", "peer": ONE_OFF}, seen={**OWN, "peer_host": "beta"}, peer=ONE_OFF
    ),
    "delegate_to_localhost": Case(**TO_BETA, task={"delegate_to": "localhost"}),
    "delegate_to_the_peer": Case(**TO_BETA, task={"delegate_to": "beta"}),
    "run_once": Case(**TO_BETA, task={"run_once": True}),
    "check_mode": Case(**TO_BETA, task={"check_mode": True}),
    "in_the_background": Case(**TO_BETA, task={"async": 60, "poll": 1}),
    "templated_peer_host": Case(
        {"peer_host": "{{ partner }}"},
        task={"vars": {"partner": "beta"}},
        seen=OWN,
        peer=peer_of_host(**BETA),
    ),
    "peer_host_from_module_defaults": Case(
        play={"module_defaults": {"toy.probe.probe": {"peer_host": "beta", "timeout": 9}}},
        seen={**OWN, "timeout": 9},
        peer=peer_of_host(**BETA),
    ),
    "peer_host_from_group_defaults": Case(
        play={"module_defaults": {"group/toy.probe.element": {"peer_host": "beta"}}},
        seen=OWN,
        peer=peer_of_host(**BETA),
    ),
    "vaulted_secret_with_braces": Case(
        {"peer_host": "vaulted"},
        seen=OWN,
        peer=peer_of_host(hostname="198.51.100.21", username="ansible", password=BRACES),
    ),
    "vaulted_secret_with_braces_here": Case(
        {"peer_host": "alpha"},
        host="vaulted",
        seen={"hostname": "198.51.100.21", "username": "ansible", "password": BRACES},
        peer=peer_of_host(**OWN),
    ),
    "unsafe_secret_with_braces": Case(
        {"peer_host": "alpha"},
        host="braces",
        seen={"hostname": "198.51.100.22", "username": "ansible", "password": BRACES},
        peer=peer_of_host(**OWN),
    ),
    "an_mvip_beside_the_hostname": Case(
        {"peer_host": "with_mvip", "mvip": "192.0.2.99"},
        seen={**OWN, "mvip": "192.0.2.99"},
        peer=peer_of_host(
            hostname="198.51.100.29", username="ansible", password="invented-with-mvip", mvip="203.0.113.29"
        ),
    ),
    "a_peer_assumed_gone_is_only_named": Case(
        {"peer_host": "with_mvip", **UNREACHABLE},
        seen={**OWN, **UNREACHABLE},
        peer=peer_of_host(hostname="198.51.100.29", mvip="203.0.113.29"),
    ),
    "a_peer_assumed_gone_by_its_mvip": Case(
        {"peer_host": "by_mvip", **UNREACHABLE}, seen={**OWN, **UNREACHABLE}, peer=peer_of_host(mvip="198.51.100.28")
    ),
    "a_peer_assumed_gone_by_its_hostname": Case(
        {"peer_host": "no_password", **UNREACHABLE},
        seen={**OWN, **UNREACHABLE},
        peer=peer_of_host(hostname="198.51.100.23"),
    ),
    "what_is_not_needed_need_not_resolve": Case(
        {"peer_host": "undefined", **UNREACHABLE},
        seen={**OWN, **UNREACHABLE},
        peer=peer_of_host(hostname="198.51.100.24"),
    ),
    "a_peer_assumed_gone_without_a_name": Case(
        {"peer_host": "no_names", **UNREACHABLE},
        failure=(
            "host 'no_names' has no hostname and no mvip; set the host's variable element_hostname or element_mvip"
        ),
    ),
    "peer_is_this_host": Case(
        {"peer_host": "alpha"},
        failure="peer_host: 'alpha' is the host that this task runs for; name the other cluster",
    ),
    "unknown_peer": Case(
        {"peer_host": "betta"}, failure="peer_host: there is no host 'betta' in the inventory; did you mean beta?"
    ),
    "unknown_peer_like_none": Case(
        {"peer_host": "198.51.100.20"},
        failure=(
            "peer_host: there is no host '198.51.100.20' in the inventory; name one of its hosts, such as bare, beta, "
            "blank, blank_hostname, blank_password"
        ),
    ),
    "task_options_that_are_empty": Case(
        {
            "peer_host": "beta",
            "hostname": "",
            "username": " ",
            "port": "",
            "cert_fingerprint": "",
            "validate_certs": "",
            "mvip": " ",
        },
        seen=OWN,
        peer=peer_of_host(**BETA),
    ),
    "an_empty_ca_path_is_the_systems": Case(
        {"peer": {**ONE_OFF, "ca_path": "", "port": "", "cert_fingerprint": " ", "timeout": None}, "ca_path": ""},
        seen={**OWN, "ca_path": ""},
        peer={**ONE_OFF, "ca_path": ""},
    ),
    "blanks_around_values": Case(
        {"peer_host": "alpha"},
        host="spaced",
        seen={
            "hostname": " 198.51.100.33 ",
            "username": "ansible",
            "password": "invented-spaced",
            "port": " 8443 ",
            "mvip": " [2001:db8::33] ",
            "cert_fingerprint": f"sha256 Fingerprint={PINNED}",
        },
        peer=peer_of_host(**OWN),
    ),
    **{
        f"{form}_variables_here": Case(
            {"peer_host": "alpha"},
            host=form,
            seen={"hostname": "198.51.100.34", "username": "ansible", "password": "invented-form"},
            peer=peer_of_host(**OWN),
        )
        for form in EMPTY
    },
    **{
        f"{form}_variables_there": Case(
            {"peer_host": form},
            seen=OWN,
            peer=peer_of_host(hostname="198.51.100.34", username="ansible", password="invented-form"),
        )
        for form in EMPTY
    },
    **{
        f"{form}_{name}_there": Case(
            {"peer_host": f"{form}_{name}"},
            failure=f"host '{form}_{name}' has no {name}; set the host's variable element_{name}",
        )
        for form in EMPTY
        for name in REQUIRED
    },
    "omitted_here": Case(
        {"peer_host": "beta"},
        host="omitted",
        failure="host 'omitted' has no password; give the option password or set the host's variable element_password",
    ),
    "omitted_there": Case(
        {"peer_host": "omitted"},
        failure="host 'omitted' has no password; set the host's variable element_password",
    ),
    "omitted_and_given": Case(
        {"peer_host": "beta", "password": "invented"},
        host="omitted",
        seen={"hostname": "198.51.100.26", "username": "ansible", "password": "invented"},
        peer=peer_of_host(**BETA),
    ),
    **{
        f"{host}_here": Case(
            {"peer_host": "beta"}, host=host, failure=f"host '{host}': the variable {variable}: {said}"
        )
        for host, (variable, _value, said) in WRONG.items()
    },
    **{
        f"{host}_there": Case({"peer_host": host}, failure=f"host '{host}': the variable {variable}: {said}")
        for host, (variable, _value, said) in WRONG.items()
    },
    "wrong_name_of_a_peer_assumed_gone": Case(
        {"peer_host": "wrong_prefix", **UNREACHABLE},
        failure=(
            "host 'wrong_prefix': the variable element_hostname: '198.51.100.40/24' cannot be used; " + ADDRESS_ALONE
        ),
    ),
    "the_option_of_a_task_in_place_of_a_wrong_variable": Case(
        {"peer_host": "beta", "hostname": "198.51.100.40"},
        host="wrong_prefix",
        seen={"hostname": "198.51.100.40", "username": "ansible", "password": "invented-wrong"},
        peer=peer_of_host(**BETA),
    ),
    **{
        f"{host}_there": Case({"peer_host": host}, failure=LOCKED.format(host, variable))
        for host, variable in LOCKED_HOSTS.items()
    },
    **{
        f"{host}_here": Case({"peer_host": "beta"}, host=host, failure=LOCKED.format(host, variable))
        for host, variable in LOCKED_HOSTS.items()
    },
    "a_vault_that_is_not_needed": Case(
        {"peer_host": "beta", "password": "invented"},
        host="locked",
        seen={"hostname": "198.51.100.31", "username": "ansible", "password": "invented"},
        peer=peer_of_host(**BETA),
    ),
    "no_variable_here": Case(
        {"peer_host": "beta"},
        host="bare",
        failure="host 'bare' has no hostname; give the option hostname or set the host's variable element_hostname",
    ),
    "no_variable_there": Case(
        {"peer_host": "no_password"},
        failure="host 'no_password' has no password; set the host's variable element_password",
    ),
    "empty_variable_there": Case(
        {"peer_host": "empty_password"},
        failure="host 'empty_password' has no password; set the host's variable element_password",
    ),
    "localhost_as_peer": Case(
        {"peer_host": "localhost"},
        failure="host 'localhost' has no hostname; set the host's variable element_hostname",
    ),
    **{
        f"{host}_there": Case({"peer_host": host}, failure=UNRESOLVED.format(host))
        for host in ("undefined", "undefined_inside", "wrong")
    },
    **{
        f"{host}_here": Case({"peer_host": "beta"}, host=host, failure=UNRESOLVED.format(host))
        for host in ("undefined", "undefined_inside", "wrong")
    },
}


def test_all_cases(tmp_path, collections_path, command_path):
    results, output = _run(tmp_path, collections_path, command_path)
    outcomes = {name: _outcome(results[name]) for name in CASES}
    assert outcomes == {name: _expected(case) for name, case in CASES.items()}
    # -vvvv and the quoting of sources by newer versions included
    assert NEIGHBOUR not in output


def test_a_vault_without_any_password(tmp_path, collections_path, command_path):
    """Ansible-core before 2.19 decrypts a variable only when its text is used."""
    cases = {f"{way}_{host}": CASES[f"{host}_{way}"] for way in ("here", "there") for host in LOCKED_HOSTS}
    results, output = _run(tmp_path, collections_path, command_path, cases, vault=None)
    assert {name: _outcome(results[name]) for name in cases} == {name: _expected(case) for name, case in cases.items()}
    assert NEIGHBOUR not in output


def _outcome(result: dict[str, Any]) -> Any:
    """The sentence of a failure, or the arguments and the mode that the module saw."""
    if result.get("failed"):
        return result["msg"], result["changed"]
    return _as_text(result["seen"]), result["check_mode"]


def _expected(case: Case) -> Any:
    if case.failure is not None:
        return case.failure, False
    seen = case.seen if case.peer is None else {**case.seen, "peer": case.peer}
    return _as_text(seen), case.task.get("check_mode", False)


def _as_text(value: Any) -> Any:
    """Inventory values may stay text or become numbers, as the version of Jinja has it; the module casts either."""
    return {name: _as_text(item) for name, item in value.items()} if isinstance(value, dict) else str(value)


def _run(
    folder: Path,
    collections_path: Path,
    command_path: str,
    cases: dict[str, Case] = CASES,
    vault: str | None = "vault",
) -> tuple[dict[str, dict[str, Any]], str]:
    """All cases in one playbook: the results by name, and all that was printed. vault: the file with the password."""
    _write_collection(folder)
    _write_inventory(folder)
    (folder / "play.yml").write_text(json.dumps(_plays(folder / "results.json", cases)), encoding="utf-8")
    done = subprocess.run(
        ["ansible-playbook", "-vvvv", "-i", "inventory.yml", "play.yml"],
        cwd=folder,
        env={
            **os.environ,
            "PATH": command_path,
            "ANSIBLE_ASYNC_DIR": str(folder / "async"),
            "ANSIBLE_COLLECTIONS_PATH": f"{folder}{os.pathsep}{collections_path}",
            **({"ANSIBLE_VAULT_PASSWORD_FILE": str(folder / vault)} if vault else {}),
            "ANSIBLE_NOCOLOR": "1",
            "LC_ALL": "C.UTF-8",
        },
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    results = folder / "results.json"
    if not results.exists():
        pytest.fail(done.stdout)
    return json.loads(results.read_text(encoding="utf-8")), done.stdout


def _write_collection(folder: Path) -> None:
    root = folder / "ansible_collections" / "toy" / "probe"
    files = {
        "meta/runtime.yml": "action_groups: {element: [probe]}\n",
        "plugins/action/probe.py": ACTION,
        "plugins/modules/probe.py": MODULE.replace("{options}", repr([*connection_spec(), "peer_unreachable"])),
    }
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")


def _write_inventory(folder: Path) -> None:
    text = (
        INVENTORY.replace("{vault}", _vaulted(BRACES, VAULT_SECRET))
        .replace("{other_vault}", _vaulted("invented-locked", "invented-other-vault"))
        .replace("{pinned}", PINNED)
        .replace("{empty_hosts}", "\n".join(_empty_hosts()))
        .replace("{wrong_hosts}", "\n".join(_wrong_hosts()))
    )
    (folder / "inventory.yml").write_text(text, encoding="utf-8")
    (folder / "vault").write_text(VAULT_SECRET, encoding="utf-8")


def _vaulted(text: str, secret: str) -> str:
    vault = VaultLib([("default", VaultSecret(secret.encode()))]).encrypt(text).decode()
    return "\n".join(f"        {line}" for line in vault.splitlines())


def _empty_hosts() -> Iterator[str]:
    """For each form of "not set" a host without any optional option, and one without each that is required."""
    required = {"hostname": "198.51.100.34", "username": "ansible", "password": "invented-form"}
    for form, text in EMPTY.items():
        value, _comma, more = text.partition(", ")
        extra = [more] if more else []
        optional = [f"element_{name}: {value}" for name in OPTIONAL]
        given = [f"element_{name}: {given}" for name, given in required.items()]
        yield f"    {form}: {{{', '.join([*given, *optional, *extra])}}}"
        for missing in REQUIRED:
            given = [f"element_{name}: {value if name == missing else known}" for name, known in required.items()]
            yield f"    {form}_{missing}: {{{', '.join([*given, *extra])}}}"


def _wrong_hosts() -> Iterator[str]:
    known = {"element_hostname": "198.51.100.40", "element_password": "invented-wrong"}
    for host, (variable, value, _said) in WRONG.items():
        yield f"    {host}: {json.dumps({**known, variable: value})}"


def _plays(results: Path, cases: dict[str, Case]) -> list[dict[str, Any]]:
    plays = [
        {
            "hosts": case.host,
            "gather_facts": False,
            **case.play,
            "tasks": [
                {
                    "name": name,
                    "toy.probe.probe": case.args,
                    "register": name,
                    "ignore_errors": True,
                    **case.task,
                }
            ],
        }
        for name, case in cases.items()
    ]
    found = ", ".join(f"'{name}': hostvars['{case.host}']['{name}']" for name, case in cases.items())
    write = {"ansible.builtin.copy": {"content": f"{{{{ {{ {found} }} | to_json }}}}", "dest": str(results)}}
    return [*plays, {"hosts": "alpha", "gather_facts": False, "tasks": [write]}]


@pytest.mark.parametrize(
    ("name", "groups", "remedy"),
    [
        ("betta", {"all": ["alpha", "beta", "bela"]}, "did you mean beta or bela?"),
        ("Beta", {"all": ["alpha", "beta"], "sites": ["beta"]}, "did you mean beta?"),
        (
            "x",
            {"all": ["app-1", "alpha", "beta"], "clusters": ["alpha", "beta"]},
            "name one of its hosts, such as beta",
        ),
        (
            "x",
            {"all": ["beta", "app-1", "alpha"], "ungrouped": ["alpha"]},
            "name one of its hosts, such as app-1, beta",
        ),
        ("x", {"all": ["alpha"], "clusters": ["alpha"]}, "add the other cluster to the inventory, or give peer"),
    ],
)
def test_which_host_instead(name, groups, remedy):
    assert _connection._which_instead(name, "alpha", groups) == remedy


@pytest.mark.parametrize(
    ("args", "found"),
    [
        ({"password": "one"}, ["one"]),
        ({"password": "one", "peer": {"password": "two"}}, ["one", "two"]),
        ({"peer": {"password": "two"}}, ["two"]),
        ({"password": "", "peer": {"hostname": "192.0.2.1"}}, []),
        ({"password": 41, "peer": "hostname=192.0.2.1"}, []),
    ],
)
def test_secrets(args, found):
    assert _connection.secrets(args) == found

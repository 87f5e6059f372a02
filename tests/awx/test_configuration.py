# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What docs/awx/apply.yml writes into AWX, by the modules of awx.awx, and what AWX has to say about it."""

from __future__ import annotations

import json
import re
import textwrap

import awx_rules
import pytest
import yaml
from conftest import DOCS, PASSWORDS, PROJECT, ROOT, apply

PREFIX = "Element replication, "


@pytest.mark.usefixtures("_newest")
def test_a_second_run_changes_nothing(core, applied, tmp_path):
    before = applied.controller.state()
    second = apply(core, applied.address, tmp_path)
    assert applied.controller.state() == before
    assert not re.search("^changed: .*item=", second, re.MULTILINE), second


def test_apply_is_quiet(applied):
    assert not any(password in applied.output for password in PASSWORDS.values())
    assert not re.search(r"^\[(WARNING|DEPRECATION)", applied.output, re.MULTILINE), applied.output


def test_one_of_everything(controller):
    names = {endpoint: sorted(controller.named(endpoint)) for endpoint in controller.objects}
    assert names["hosts"] == ["alpha", "beta"]
    assert names["job_templates"] == [
        PREFIX + name
        for name in ("failover", "failover failed", "protect", "rehearse", "report", "status", "unprotect")
    ]
    assert names["workflow_job_templates"] == [
        PREFIX + name for name in ("fail over with approval", "rehearse with approval")
    ]
    assert names["schedules"] == [
        PREFIX + name for name in ("rehearse every quarter", "report every day", "status every day")
    ]


def test_no_secret_is_an_environment_or_extra_variable(controller):
    kind = controller.named("credential_types")["Element replication"]
    secret = {field["id"] for field in kind["inputs"]["fields"] if field.get("secret")}
    assert secret == {"site_a_password", "site_b_password"}
    for injected in ("env", "extra_vars"):
        text = str(kind["injectors"].get(injected, ""))
        assert not any(re.search(rf"(?<!\.){field}\b", text) for field in secret)


def test_no_verbosity_shows_what_is_secret():
    """The modules show their arguments from -vvv on."""
    tasks = yaml.safe_load((DOCS / "tasks" / "objects.yml").read_text(encoding="utf-8"))
    hidden = {name for task in tasks for name in task if name.startswith("awx.awx.") and task.get("no_log")}
    assert hidden == {"awx.awx.credential", "awx.awx.notification_template"}


def test_a_job_needs_no_repository(controller):
    """The one of a site that has failed does not answer, and AWX runs no job of a project whose update has failed."""
    (project,) = controller.named("projects").values()
    assert project["scm_update_on_launch"] is False


def test_templates_keep_to_the_rules(controller):
    for template in controller.named("job_templates").values():
        asked = {key for key, value in template.items() if key.startswith("ask_") and value}
        assert (asked, template["allow_simultaneous"], template["job_slice_count"], template.get("limit", "")) == (
            {"ask_job_type_on_launch"},
            False,
            1,
            "",
        )
        assert not {"timeout", "job_tags", "skip_tags"} & set(template)
        assert controller.associated_names(template, "credentials", "credentials") == ["Element clusters"]
    assert not any(each["allow_simultaneous"] for each in controller.named("workflow_job_templates").values())


def declared(name: str) -> set[str]:
    """The variables of a playbook of the collection: those of its role, those that it reads itself."""
    text = (ROOT / "playbooks" / f"{name}.yml").read_text(encoding="utf-8")
    texts = [text, *(path.read_text(encoding="utf-8") for path in (ROOT / "playbooks" / "tasks").glob("*.yml"))]
    found = set(re.findall(r"\b(?:replication|status|unprotect)_[a-z_]+", " ".join(texts)))
    # In the pattern of names that the playbook reads.
    for prefix, names in re.findall(r"\^(status|unprotect)_\(([a-z_|?]+)\)\$", text):
        found |= {f"{prefix}_{each.replace('?', '')}" for each in names.split("|")}
    roles = {"unprotect": ["protect"], "status": ["protect"], "report": ["protect", "report"]}.get(name, [name])
    for role in roles:
        spec = yaml.safe_load((ROOT / "roles" / role / "meta" / "argument_specs.yml").read_text(encoding="utf-8"))
        found |= set(spec["argument_specs"]["main"]["options"])
    return found


def test_every_variable_is_one_of_the_playbook(controller):
    for name, template in controller.named("job_templates").items():
        if name == PREFIX + "failover failed":
            continue
        known = declared(name.removeprefix(PREFIX)) | {"replication_confirm"}
        asked = {question["variable"] for question in controller.survey(template)["spec"]}
        given = set(yaml.safe_load(template.get("extra_vars") or "{}"))
        assert (asked | given) - known == set(), name
        wrapper = (PROJECT / template["playbook"]).read_text(encoding="utf-8")
        assert ("replication_confirm" in asked) == ("replication_confirm" in wrapper)


@pytest.mark.parametrize(
    ("workflow", "template"), [("fail over with approval", "failover"), ("rehearse with approval", "rehearse")]
)
def test_a_workflow_asks_what_its_template_asks(controller, workflow, template):
    of_workflow = controller.survey(controller.named("workflow_job_templates")[PREFIX + workflow])
    assert of_workflow == controller.survey(controller.named("job_templates")[PREFIX + template])


def graph(controller, name: str) -> dict[tuple[str, str], set[str]]:
    """Which nodes follow which, and when."""
    workflow = controller.named("workflow_job_templates")[PREFIX + name]["id"]
    every = controller.objects["workflow_job_template_nodes"].values()
    nodes = {each["id"]: each for each in every if each["workflow_job_template"] == workflow}
    following = {}
    for node in nodes.values():
        for kind in ("success", "failure", "always"):
            numbers = controller.associated.get(f"{node['url']}{kind}_nodes/", [])
            if numbers:
                following[node["identifier"], kind] = {nodes[number]["identifier"] for number in numbers}
    return following


def test_nothing_is_written_before_the_approval(controller):
    assert graph(controller, "fail over with approval") == {
        ("status_before", "always"): {"approve"},
        ("approve", "success"): {"failover"},
        ("failover", "always"): {"status_after"},
        ("failover", "failure"): {"failover_failed"},
        ("status_after", "always"): {"report"},
    }
    assert graph(controller, "rehearse with approval") == {
        ("approve", "success"): {"rehearse"},
        ("rehearse", "success"): {"status_after"},
    }
    approvals = controller.named("workflow_approval_templates")
    assert {name: each["timeout"] for name, each in approvals.items()} == {
        "Approve the failover": 86400,
        "Approve the rehearsal": 604800,
    }


ARTIFACTS = {
    "replication_healthy": False,
    "replication_summary": "1 of 2 pairs protected\nsecond line",
    "replication_problems": [{"severity": "error", "message": "the pair is paused", "remedy": "resume it"}],
}


@pytest.mark.parametrize(
    ("of_job", "subject", "text"),
    [
        (
            {"artifacts": ARTIFACTS},
            "status FAILED: 1 of 2 pairs protected",
            "Error: the pair is paused\nWhat to do: resume it",
        ),
        ({"artifacts": {}}, "status FAILED: see the job", "It failed before it had read the clusters"),
        # A workflow has no artifacts, and AWX sends an empty mail for what cannot be rendered.
        ({}, "status FAILED: see the job", "It failed before it had read the clusters, or is a workflow"),
    ],
)
def test_mail_says_what_the_job_has_found(controller, of_job, subject, text):
    messages = controller.named("notification_templates")["Element replication, mail"]["messages"]["error"]
    job = {"name": PREFIX + "status", "job_explanation": "", **of_job}
    env = awx_rules.ImmutableSandboxedEnvironment()
    assert env.from_string(messages["message"]).render(job=job, url="there") == PREFIX + subject
    assert text in env.from_string(messages["body"]).render(job=job, url="there")


def test_every_mail_can_be_rendered_for_a_workflow(controller):
    messages = controller.named("notification_templates")["Element replication, mail"]["messages"]
    env = awx_rules.ImmutableSandboxedEnvironment()
    for event in awx_rules.EVENTS:
        for text in messages[event].values():
            assert env.from_string(text).render(job={"name": "W", "job_explanation": "a node failed"}, url="there")


def test_the_rules_refuse():
    """The rules are worth something: each of these is refused."""
    field = {"id": "a", "label": "A", "type": "string"}
    assert awx_rules.credential_type({"fields": [{**field, "id": "2a"}]}, {})
    assert awx_rules.credential_type({"fields": [field, field]}, {})
    assert awx_rules.credential_type({"fields": [{**field, "type": "boolean", "secret": True}]}, {})
    assert awx_rules.credential_type({"fields": [field]}, {"env": {"ANSIBLE_A": "1"}})
    assert awx_rules.credential_type({"fields": [field]}, {"env": {"B": "{{ b }}"}})
    assert awx_rules.credential_type({"fields": [field]}, {"file": {"template": "", "template.b": ""}})
    assert awx_rules.survey(
        {
            "name": "",
            "description": "",
            "spec": [{"variable": "a", "question_name": "A", "type": "choice", "required": True}],
        }
    )
    assert awx_rules.rrule("DTSTART:20270101T050000Z RRULE:FREQ=DAILY")
    assert awx_rules.notification_template({}, {"success": {"message": "{{ job.artifacts.missing }}"}})


def test_the_folder_of_the_project_is_what_a_project_needs():
    assert awx_rules.playbooks(PROJECT) == [
        f"playbooks/{name}.yml"
        for name in ("failover", "failover_failed", "protect", "rehearse", "report", "status", "unprotect")
    ]
    assert (PROJECT / yaml.safe_load((DOCS / "settings.yml").read_text(encoding="utf-8"))["awx_pairs_file"]).is_file()


def test_the_guide_shows_the_inventory(controller):
    guide = (ROOT / "docs" / "docsite" / "rst" / "guide_awx.rst").read_text(encoding="utf-8")
    (block,) = re.findall(r"\.\. code-block:: yaml\n\n((?: {4}.*\n)+)", guide)
    shown = yaml.safe_load(textwrap.dedent(block))["element_clusters"]
    hosts = {name: json.loads(host["variables"]) for name, host in controller.named("hosts").items()}
    assert (shown["hosts"], shown["vars"]) == (
        hosts,
        json.loads(controller.named("groups")["element_clusters"]["variables"]),
    )


@pytest.mark.parametrize("readme", ["docs/awx/README.md", "extensions/patterns/element_replication/README.md"])
def test_every_link_leads_somewhere(readme):
    text = (ROOT / readme).read_text(encoding="utf-8")
    repository = "https://github.com/elementsw/ansible-replication/blob/main/"
    targets = [
        target for target in re.findall(r"\]\(([^)]+)\)", text) if "://" not in target or target.startswith(repository)
    ]
    for target in targets:
        inside, _hash, heading = target.removeprefix(repository).partition("#")
        folder = ROOT if target.startswith(repository) else (ROOT / readme).parent
        path = folder / inside if inside else ROOT / readme
        assert path.exists(), target
        if heading:
            titles = re.findall("^#+ (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
            assert heading in {title.lower().replace(" ", "-") for title in titles}, target

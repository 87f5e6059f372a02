# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""As much of the API of AWX as the modules of awx.awx use: it keeps objects, finds them by name, and refuses what AWX refuses."""

from __future__ import annotations

import contextlib
import copy
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import awx_rules

API = "/api/v2/"
ENCRYPTED = "$encrypted$"
#: Sub-resources that hold one object in place of a list.
SURVEY = "survey_spec"
APPROVAL = "create_approval_template"
#: The type of what can be found among the unified job templates, by its endpoint.
UNIFIED = {"job_templates": "job_template", "workflow_job_templates": "workflow_job_template", "projects": "project"}
RELATED = (SURVEY, "hosts", "children", "update")

Answer = tuple[int, Any]


class Controller:
    """Objects by endpoint and ID, as their records in AWX, and what is associated with them."""

    def __init__(self, project: Path) -> None:
        self.objects: dict[str, dict[int, dict[str, Any]]] = {"organizations": {}}
        self.associated: dict[str, list[int]] = {}
        self.surveys: dict[str, dict[str, Any]] = {}
        self._project = project
        self._last_id = 0
        self._add("organizations", {"name": "Default"})

    def named(self, endpoint: str) -> dict[str, dict[str, Any]]:
        """The objects of an endpoint by their names, or by their identifiers."""
        return {each.get("name") or each["identifier"]: each for each in self.objects[endpoint].values()}

    def state(self) -> str:
        return json.dumps([self.objects, self.associated, self.surveys], sort_keys=True)

    def associated_names(self, item: dict[str, Any], kind: str, endpoint: str) -> list[str]:
        numbers = self.associated.get(f"{item['url']}{kind}/", [])
        return sorted(self.objects[endpoint][number].get("name", "") for number in numbers)

    def survey(self, item: dict[str, Any]) -> dict[str, Any]:
        return self.surveys[f"{item['url']}{SURVEY}/"]

    def answer(self, method: str, target: str, body: dict[str, Any]) -> Answer:
        url = urlsplit(target)
        parts = [part for part in url.path[len(API) :].split("/") if part]
        if len(parts) == 1:
            return self._list(method, parts[0], dict(parse_qsl(url.query)), body)
        endpoint, number = parts[0], int(parts[1])
        if endpoint == "project_updates":
            return 200, {"id": number, "status": "successful", "scm_revision": "1"}
        if number not in self.objects.get(endpoint, {}):
            return 404, {"detail": "Not found."}
        if len(parts) == 3:
            return self._related(method, url.path, parts[2], endpoint, number, body)
        item = self.objects[endpoint][number]
        if method == "PATCH":
            changed = {**item, **body}
            refused = self._refused(endpoint, changed)
            if refused:
                return 400, {"__all__": refused}
            item.update({key: value for key, value in body.items() if value != ENCRYPTED})
        return 200, self._shown(endpoint, item)

    def _list(self, method: str, endpoint: str, query: dict[str, str], body: dict[str, Any]) -> Answer:
        if method == "POST":
            refused = self._refused(endpoint, body)
            return (400, {"__all__": refused}) if refused else (201, self._shown(endpoint, self._add(endpoint, body)))
        found = [self._shown(of, item) for of, item in self._candidates(endpoint) if _matches(item, query)]
        return 200, {"count": len(found), "next": None, "results": found}

    def _candidates(self, endpoint: str) -> Iterator[tuple[str, dict[str, Any]]]:
        for of in UNIFIED if endpoint == "unified_job_templates" else [endpoint]:
            for item in self.objects.get(of, {}).values():
                yield of, item

    def _add(self, endpoint: str, fields: dict[str, Any]) -> dict[str, Any]:
        self._last_id += 1
        item = {
            **fields,
            "id": self._last_id,
            "url": f"{API}{endpoint}/{self._last_id}/",
            "type": UNIFIED.get(endpoint, endpoint),
        }
        if endpoint == "projects":
            item |= {"scm_revision": "1", "summary_fields": {"current_update": {"id": self._last_id}}}
        self.objects.setdefault(endpoint, {})[self._last_id] = item
        return item

    def _related(self, method: str, path: str, kind: str, endpoint: str, number: int, body: dict[str, Any]) -> Answer:
        if kind == SURVEY:
            return self._survey(method, path, body)
        if kind == APPROVAL:
            approval = self._add("workflow_approval_templates", body)
            self.objects[endpoint][number]["unified_job_template"] = approval["id"]
            return 201, approval
        members = self.associated.setdefault(path, [])
        if method == "POST":
            if body.get("disassociate"):
                members.remove(body["id"])
            else:
                members.append(body["id"])
            return 204, None
        return 200, {"count": len(members), "next": None, "results": [{"id": each} for each in members]}

    def _survey(self, method: str, path: str, body: dict[str, Any]) -> Answer:
        if method == "POST":
            refused = awx_rules.survey(body)
            if refused:
                return 400, {"error": "; ".join(refused)}
            self.surveys[path] = body
        return 200, self.surveys.get(path, {})

    def _shown(self, endpoint: str, item: dict[str, Any]) -> dict[str, Any]:
        shown = copy.deepcopy(item)
        related = {kind: f"{item['url']}{kind}/" for kind in RELATED}
        if endpoint == "workflow_job_template_nodes" and item.get("unified_job_template") in self.objects.get(
            "workflow_approval_templates", {}
        ):
            related["unified_job_template"] = f"{API}workflow_approval_templates/{item['unified_job_template']}/"
        if endpoint == "credentials":
            fields = self.objects["credential_types"][item["credential_type"]]["inputs"]["fields"]
            secret = {field["id"] for field in fields if field.get("secret")}
            shown["inputs"] = {name: ENCRYPTED if name in secret else value for name, value in item["inputs"].items()}
        return {"summary_fields": {}, **shown, "related": related}

    def _refused(self, endpoint: str, fields: dict[str, Any]) -> list[str]:
        if endpoint == "credential_types":
            return awx_rules.credential_type(fields["inputs"], fields["injectors"])
        if endpoint == "credentials":
            return awx_rules.credential(
                fields["inputs"], self.objects["credential_types"][fields["credential_type"]]["inputs"]
            )
        if endpoint == "schedules":
            return awx_rules.rrule(fields["rrule"]) + self._answers_refused(fields)
        if endpoint == "notification_templates":
            return awx_rules.notification_template(fields["notification_configuration"], fields["messages"])
        if endpoint == "job_templates" and fields["playbook"] not in awx_rules.playbooks(self._project):
            return ["Playbook not found for project."]
        return []

    def _answers_refused(self, schedule: dict[str, Any]) -> list[str]:
        """A schedule must answer the survey, and may answer nothing else."""
        of_id = schedule["unified_job_template"]
        template = next(item for _of, item in self._candidates("unified_job_templates") if item["id"] == of_id)
        spec = self.survey(template)
        unasked = set(schedule["extra_data"]) - {question["variable"] for question in spec["spec"]}
        not_allowed = [f"Variables {name} are not allowed on launch" for name in unasked]
        return awx_rules.answers(spec, schedule["extra_data"]) + not_allowed


def _matches(item: dict[str, Any], query: dict[str, str]) -> bool:
    either = {key.removeprefix("or__"): value for key, value in query.items() if key.startswith("or__")}
    exact = {key: value for key, value in query.items() if not key.startswith("or__")}
    return all(str(item.get(key)) == value for key, value in exact.items()) and (
        not either or any(str(item.get(key)) == value for key, value in either.items())
    )


@contextlib.contextmanager
def serve(controller: Controller) -> Iterator[str]:
    """The address at which it answers."""
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        def _handle(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(length)) if length else {}
            with lock:
                status, answer = controller.answer(self.command, self.path, body)
            data = b"" if answer is None else json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.send_header("X-API-Product-Name", "AWX")
            self.send_header("X-API-Product-Version", "24.6.1")
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST = do_PATCH = do_DELETE = _handle  # noqa: N815

        def log_message(self, *_arguments: Any) -> None:
            """Nothing: the output is that of the tests."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()

# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection elementsw.replication: it can change without notice.
"""The options that reach this cluster and its peer. Kept in step with `_element/arguments.py` by a test."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  hostname: &hostname
    description:
      - The management virtual IP address (MVIP) of the cluster, or a DNS name of it.
      - IPv4 and IPv6 addresses are accepted, the latter with or without brackets.
      - Its host variable is C(element_hostname).
    type: str
  username: &username
    description:
      - A cluster administrator. Pairing needs the access of an administrator on both clusters.
      - Its host variable is C(element_username).
    type: str
  password: &password
    description:
      - The password of O(username).
      - Its host variable is C(element_password). Keep it in a vault.
      - Ansible masks a password wherever its text occurs in a result, also within names and numbers. So a
        short or common word as the password makes results hard to read.
    type: str
  port:
    <<: &port
      description:
        - The TCP port of the API, from 1 to 65535.
        - Its host variable is C(element_port).
      type: int
    default: 443
  validate_certs:
    <<: &validate_certs
      description:
        - Whether the certificate of the cluster must be issued by a trusted authority for the name used here.
        - Before switching this off, consider O(ca_path) and O(cert_fingerprint). Whoever can read the traffic of an
          unchecked connection can read the password.
        - Its host variable is C(element_validate_certs).
      type: bool
    default: true
  ca_path: &ca_path
    description:
      - A file with the certificates of the authorities to trust in place of the system's.
      - It beats E(REQUESTS_CA_BUNDLE) and the like.
      - An empty text means the system's authorities. In O(peer), that keeps this cluster's file from being used.
      - Its host variable is C(element_ca_path).
    type: path
  cert_fingerprint: &cert_fingerprint
    description:
      - The SHA-256 fingerprint of the cluster's certificate, 64 hexadecimal digits with or without colons.
      - When given, this certificate and no other is trusted, whatever its name or issuer.
      - Its host variable is C(element_cert_fingerprint).
    type: str
  api_version:
    <<: &api_version
      description:
        - The version of the API to talk to, as a quoted text. V("10.0") is the oldest with every method used here.
        - Its host variable is C(element_api_version).
      type: str
    default: "10.0"
  timeout:
    <<: &timeout
      description:
        - The time in seconds in which a single request is connected, in which its reply begins, and in which all of the
          reply arrives once it has begun. How long to wait for an outcome is another matter.
        - Its host variable is C(element_timeout).
      type: int
    default: 30
  use_proxy:
    <<: &use_proxy
      description:
        - Whether the environment variables that name a proxy are honoured.
        - Its host variable is C(element_use_proxy).
      type: bool
    default: true
  concurrency:
    <<: &concurrency
      description:
        - How many calls may be in flight to the cluster at once, from 1 to 32.
        - Its host variable is C(element_concurrency).
      type: int
    default: 6
  mvip: &mvip
    description:
      - The management virtual IP address (MVIP) of the cluster, as other clusters list it.
      - Only needed when O(hostname) is another way to the cluster, such as an address behind NAT, a forwarder, or a name that
        may not resolve on the day on which it counts. Nothing is sent to it.
      - By this address a cluster is recognised while it does not answer, before O(hostname) and what that resolves to.
        V(readiness) in O(elementsw.replication.element_pair_info#module:gather) says whether it is needed.
      - An empty text means that it is not given.
      - Its host variable is C(element_mvip).
    type: str
  peer_host:
    description:
      - The other cluster, as the name of its inventory host. That host's variables C(element_hostname),
        C(element_username), C(element_password) and so on say how to reach it.
      - What these variables leave open has the option's default, never this cluster's value.
      - Variables of the play or the task count for this cluster only.
      - Mutually exclusive with O(peer). One of the two is required, but for
        M(elementsw.replication.element_pair_info).
    type: str
  peer:
    description:
      - The other cluster, as the options that reach it, for when it is not a host of the inventory.
      - O(peer.port), O(peer.validate_certs), O(peer.ca_path), O(peer.timeout), O(peer.use_proxy), O(peer.concurrency)
        and O(peer.api_version) are this cluster's when they are not given. The others never are.
      - O(peer.hostname), O(peer.username) and O(peer.password) are required. With
        O(elementsw.replication.element_volume_pair#module:peer_unreachable=assume_dead) nothing is sent to the peer, and one of
        O(peer.hostname) and O(peer.mvip) is enough.
      - Host variables do not count for this form.
      - Mutually exclusive with O(peer_host). One of the two is required, but for
        M(elementsw.replication.element_pair_info).
    type: dict
    suboptions:
      hostname: *hostname
      username: *username
      password: *password
      port: *port
      validate_certs: *validate_certs
      ca_path: *ca_path
      cert_fingerprint: *cert_fingerprint
      api_version: *api_version
      timeout: *timeout
      use_proxy: *use_proxy
      concurrency: *concurrency
      mvip: *mvip
notes:
  - Connection options that a task does not give come from the host variables of the same name with C(element_) in
    front. O(hostname), O(username) and O(password) must come from either.
  - Set C(ansible_pipelining=true) for the clusters. Without it Ansible writes all arguments of a module, passwords
    included, into a temporary file while the module runs, and a cancelled run leaves that file behind.
"""

# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options of the connections to this cluster and its peer. Kept in step with `_element/arguments.py` by a test."""

# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  hostname: &hostname
    description:
      - The management virtual IP address (MVIP) of the cluster, or a DNS name of it.
      - IPv4 and IPv6 addresses are accepted, the latter with or without brackets. A scheme, a port, a path or a prefix
        length is an error.
      - Its host variable is C(element_hostname).
    type: str
  username: &username
    description:
      - A cluster administrator. Pairing requires administrator access on both clusters.
      - Its host variable is C(element_username).
    type: str
  password: &password
    description:
      - The password of O(username).
      - Its host variable is C(element_password). Keep it in a vault.
      - Ansible masks a password wherever its text occurs in a result, also within names and numbers. Therefore a
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
        - Before switching this off, consider O(ca_path) and O(cert_fingerprint). Anyone who can intercept an
          unchecked connection can read the password.
        - Its host variable is C(element_validate_certs).
      type: bool
    default: true
  ca_path: &ca_path
    description:
      - A file with the certificates of the authorities to trust instead of the system's, in PEM form, or a folder with
        such files that C(openssl rehash) has prepared. It is read where the module runs. A path without certificates is
        an error before any request.
      - It takes precedence over environment variables such as E(REQUESTS_CA_BUNDLE).
      - An empty string means the system's authorities. In O(peer), it prevents the use of this cluster's file.
      - Its host variable is C(element_ca_path).
    type: path
  cert_fingerprint: &cert_fingerprint
    description:
      - The SHA-256 fingerprint of the cluster's certificate, 64 hexadecimal digits with or without colons. The line
        that C(openssl x509 -fingerprint -sha256) prints is accepted too.
      - When given, only this certificate is trusted, whatever its name or issuer.
      - Its host variable is C(element_cert_fingerprint).
    type: str
  api_version:
    <<: &api_version
      description:
        - The version of the API to use, as a quoted string. V("10.0") is the oldest with every method used here.
        - Its host variable is C(element_api_version).
      type: str
    default: "10.0"
  timeout:
    <<: &timeout
      description:
        - The time in seconds in which a single request is connected, in which its reply begins, and in which the
          whole reply arrives once it has begun. It does not limit the wait for the desired state.
        - Its host variable is C(element_timeout).
      type: int
    default: 30
  use_proxy:
    <<: &use_proxy
      description:
        - Whether to use the proxy that environment variables name.
        - Its host variable is C(element_use_proxy).
      type: bool
    default: true
  concurrency:
    <<: &concurrency
      description:
        - How many calls may run on the cluster at the same time, from 1 to 32.
        - Its host variable is C(element_concurrency).
      type: int
    default: 6
  mvip: &mvip
    description:
      - The management virtual IP address (MVIP) of the cluster, as other clusters list it.
      - Only needed when O(hostname) is another address of the cluster, such as one behind NAT, a forwarder, or a name
        that may not resolve after the loss of a site. Nothing is sent to it.
      - It identifies a cluster that does not answer. It takes precedence over O(hostname) and the addresses to which
        that resolves. V(readiness) in O(elementsw.replication.element_pair_info#module:gather) says whether it is
        needed.
      - An empty string means that it is not given.
      - Its host variable is C(element_mvip).
    type: str
  peer_host:
    description:
      - The other cluster, as the name of its inventory host. That host's variables C(element_hostname),
        C(element_username), C(element_password) and so on define the connection.
      - An option without such a variable has its default, never this cluster's value.
      - Variables of the play or the task apply only to this cluster.
      - Mutually exclusive with O(peer). One of the two is required, except in
        M(elementsw.replication.element_pair_info).
    type: str
  peer:
    description:
      - The other cluster, as the options of its connection, for a cluster that is not a host of the inventory.
      - O(peer.port), O(peer.validate_certs), O(peer.ca_path), O(peer.timeout), O(peer.use_proxy), O(peer.concurrency)
        and O(peer.api_version) default to this cluster's values. The others do not.
      - O(peer.hostname), O(peer.username) and O(peer.password) are required. With
        O(elementsw.replication.element_volume_pair#module:peer_unreachable=assume_dead) nothing is sent to the peer,
        and either O(peer.hostname) or O(peer.mvip) is enough.
      - Host variables do not apply to this form.
      - Mutually exclusive with O(peer_host). One of the two is required, except in
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
  - Connection options that a task does not set come from the host variables of the same name with the prefix
    C(element_). O(hostname), O(username) and O(password) must come from one of the two.
  - A host variable that is empty, null or omitted counts as not set. So does an empty connection option of a task,
    except O(ca_path).
  - Set C(ansible_pipelining=true) for the clusters. Without it Ansible writes all arguments of a module, passwords
    included, into a temporary file while the module runs, and a cancelled run does not delete that file.
"""

"""What the texts promise about each other and about the plan; the programs themselves are asked elsewhere."""

import base64
import json
from pathlib import Path
from typing import Literal

import pytest
import yaml

import documents
from documents import cluster_configuration, encryption, kubeadm
from documents.kubeconfig import kubeconfig, server
from documents.places import ENCRYPTION, KUBEADM, PKI
from plan import Node, Plan
from tests.unit.documents.topologies import (
    ALL_ETCD,
    DEDICATED,
    FIVE,
    IPV6,
    NGINX,
    PACKAGES,
    WHOLE_MACHINES,
    local,
)

KEY = base64.b64encode(bytes(range(32))).decode()
OTHER_KEY = base64.b64encode(bytes(range(1, 33))).decode()


def texts(plan: Plan, node: int = 0) -> dict[str, str]:
    return {file.path: file.content for file in documents.files(plan, plan.nodes[node])}


def kubeadm_documents(plan: Plan, node: int = 0) -> dict[str, dict[str, object]]:
    return {document["kind"]: document for document in yaml.safe_load_all(texts(plan, node)[KUBEADM])}


def api_server_flags(plan: Plan) -> dict[str, str]:
    return {flag["name"]: flag["value"] for flag in _api_server(plan)["extraArgs"]}


def _api_server(plan: Plan) -> dict[str, list[dict[str, str]]]:
    section = cluster_configuration.configuration(plan)["apiServer"]
    loaded: dict[str, list[dict[str, str]]] = yaml.safe_load(json.dumps(section))
    return loaded


def providers(text: str) -> list[str]:
    return [next(iter(provider)) for provider in yaml.safe_load(text)["resources"][0]["providers"]]


@pytest.mark.parametrize("plan", [local(), local(WHOLE_MACHINES, IPV6), local(FIVE, ALL_ETCD)])
def test_nodes_differ_only_in_what_is_theirs_so_that_all_may_write_the_shared_configuration(plan: Plan) -> None:
    first, second = kubeadm_documents(plan, 0), kubeadm_documents(plan, 1)
    assert first["ClusterConfiguration"] == second["ClusterConfiguration"]
    assert first["KubeletConfiguration"] == second["KubeletConfiguration"]
    assert first["InitConfiguration"] != second["InitConfiguration"]


@pytest.mark.parametrize(
    "change",
    [{"audit": {"level": "Request"}}, {"encryption": "none"}],
    ids=["audit level", "encryption"],
)
def test_a_changed_file_of_the_api_server_changes_its_static_pod(change: dict[str, object]) -> None:
    assert _api_server(local())["extraEnvs"] != _api_server(local({"controlPlane": change}))["extraEnvs"]


def test_a_setting_that_the_api_server_does_not_read_leaves_its_static_pod_alone() -> None:
    other = local({"endpoint": {"balancer": "nginx"}, "controlPlane": {"kubeReserved": {"memory": "1Gi"}}})
    assert _api_server(local()) == _api_server(other)


def test_the_audit_log_rotates_as_the_settings_say() -> None:
    flags = api_server_flags(
        local({"controlPlane": {"audit": {"maxAgeDays": 5, "maxBackups": 6, "maxSizeMegabytes": 7}}})
    )
    assert [flags[f"audit-log-{what}"] for what in ("maxage", "maxbackup", "maxsize")] == ["5", "6", "7"]


def test_api_servers_dial_every_member_or_only_their_own_as_the_settings_say() -> None:
    every = [f"https://10.88.0.{n}:2379" for n in (11, 12, 13)]
    assert cluster_configuration.etcd_endpoints(local()) == ["https://127.0.0.1:2379"]
    assert cluster_configuration.etcd_endpoints(local(ALL_ETCD)) == every
    assert cluster_configuration.etcd_endpoints(local(ALL_ETCD, IPV6))[0] == "https://[fd00:88::11]:2379"


def test_encryption_writes_with_secretbox_and_reads_plaintext_last() -> None:
    assert providers(encryption.configuration(keys=[KEY])) == ["secretbox", "identity"]


def test_encryption_that_is_switched_off_can_still_read_what_it_wrote() -> None:
    assert providers(encryption.configuration(keys=[KEY], encryption="none")) == ["identity", "secretbox"]


def test_an_earlier_key_keeps_its_name_when_a_new_one_comes_first() -> None:
    rotated = yaml.safe_load(encryption.configuration(keys=[OTHER_KEY, KEY]))
    names = [key["name"] for key in rotated["resources"][0]["providers"][0]["secretbox"]["keys"]]
    assert names == [encryption.key_name(OTHER_KEY), encryption.key_name(KEY)]


@pytest.mark.parametrize("key", [base64.b64encode(b"short").decode(), "not base64!", ""])
def test_a_key_of_the_wrong_size_is_refused_without_being_shown(key: str) -> None:
    with pytest.raises(ValueError, match="32") as refused:
        encryption.configuration(keys=[key])
    assert not key or key not in str(refused.value)


def test_no_rendered_file_is_a_secret_and_every_secret_is_for_root_alone() -> None:
    plan = local()
    for node in plan.nodes:
        secret = documents.secret_files(plan, node)
        assert {file.mode for file in secret} == {0o600}
        assert not {file.path for file in secret} & {file.path for file in documents.files(plan, node)}
        assert {ENCRYPTION, f"{PKI}/sa.key", f"{PKI}/ca.key", "/etc/kubernetes/admin.conf"} <= {f.path for f in secret}


def test_only_the_authority_that_signs_on_nodes_sends_its_key_there() -> None:
    plan = local()
    keys = {file.path for file in documents.secret_files(plan, plan.nodes[0])}
    assert not {f"{PKI}/etcd/ca.key", f"{PKI}/front-proxy-ca.key"} & keys


def test_an_external_authority_sends_no_key_to_any_node() -> None:
    plan = local({"certificates": {"authorities": "external"}})
    assert f"{PKI}/ca.key" not in {file.path for file in documents.secret_files(plan, plan.nodes[0])}


def test_every_file_has_one_owner_and_comes_in_the_order_of_its_path() -> None:
    plan = local(WHOLE_MACHINES)
    node = plan.nodes[0]
    for listed in (
        [f.path for f in documents.files(plan, node)],
        [f.path for f in documents.secret_files(plan, node)],
        [f.path for f in documents.certificate_files(plan, node)],
    ):
        assert listed == sorted(set(listed))


def test_dedicated_balancers_get_nothing_of_kubernetes_and_nodes_nothing_of_the_balancer() -> None:
    plan = local(WHOLE_MACHINES, DEDICATED)
    balancer = documents.dedicated_hosts(plan)[0]
    steps = {file.step for file in documents.files(plan, balancer)}
    assert steps == {"system", "time", "balancer", "address"}
    assert documents.secret_files(plan, balancer) == ()
    assert [f.path for f in documents.certificate_files(plan, balancer)] == ["/etc/haproxy/ca.crt"]
    assert not {file.step for file in documents.files(plan, plan.nodes[0])} & {"balancer", "address"}


def test_dedicated_balancers_listen_where_the_api_server_would() -> None:
    plan = local(WHOLE_MACHINES, DEDICATED)
    rendered = {f.path: f.content for f in documents.files(plan, documents.dedicated_hosts(plan)[0])}
    assert "bind *:6443" in rendered["/etc/haproxy/haproxy.cfg"]
    assert "server cp3 10.88.0.13:6443" in rendered["/etc/haproxy/haproxy.cfg"]


def test_hosts_of_one_address_have_distinct_priorities_and_name_all_others_as_peers() -> None:
    plan = local(FIVE)
    rendered = [texts(plan, n)["/etc/keepalived/keepalived.conf"] for n in range(5)]
    priorities = [line for text in rendered for line in text.splitlines() if line.strip().startswith("priority")]
    assert len(set(priorities)) == 5
    for node, text in zip(plan.nodes, rendered, strict=True):
        peers = text.split("unicast_peer {")[1].split("}")[0].split()
        assert peers == [str(other.address) for other in plan.nodes if other != node]
        assert "nopreempt" in text
        assert "state BACKUP" in text


def test_machines_on_this_computer_leave_its_kernel_clock_and_disk_alone() -> None:
    rendered = texts(local())
    assert rendered["/etc/sysctl.d/90-quorate.conf"] == "net.ipv4.ip_forward = 1\n"
    assert "/etc/modules-load.d/quorate.conf" not in rendered
    assert "-x" in rendered["/etc/default/chrony"]
    kubelet = kubeadm_documents(local())["KubeletConfiguration"]
    assert (kubelet["cgroupDriver"], kubelet["failCgroupV1"], kubelet["failSwapOn"]) == ("cgroupfs", False, False)


def test_whole_machines_get_systemd_cgroups_and_are_refused_swap_and_cgroup_v1() -> None:
    kubelet = kubeadm_documents(local(WHOLE_MACHINES))["KubeletConfiguration"]
    assert (kubelet["cgroupDriver"], kubelet["failSwapOn"]) == ("systemd", True)
    assert "failCgroupV1" not in kubelet
    assert kubelet["evictionHard"] == {
        "memory.available": "100Mi",
        "nodefs.available": "10%",
        "nodefs.inodesFree": "5%",
        "imagefs.available": "15%",
        "imagefs.inodesFree": "5%",
    }
    ignored = kubeadm_documents(local(WHOLE_MACHINES))["InitConfiguration"]["nodeRegistration"]
    assert isinstance(ignored, dict)
    assert not {"SystemVerification", "NumCPU", "Mem", "Swap"} & set(ignored["ignorePreflightErrors"])


def test_the_kernel_is_set_as_a_kubelet_that_may_not_touch_it_demands() -> None:
    rendered = texts(local(WHOLE_MACHINES))["/etc/sysctl.d/90-quorate.conf"]
    assert kubeadm_documents(local(WHOLE_MACHINES))["KubeletConfiguration"]["protectKernelDefaults"] is True
    assert {"vm.overcommit_memory = 1", "kernel.panic = 10", "kernel.keys.root_maxbytes = 25000000"} <= set(
        rendered.splitlines()
    )


@pytest.mark.parametrize(("plan", "folder"), [(local(), "/usr/local/bin"), (local(PACKAGES), "/usr/bin")])
def test_units_start_programs_from_where_their_source_puts_them(plan: Plan, folder: str) -> None:
    rendered = texts(plan)
    for name in ("etcd", "containerd", "kubelet"):
        assert f"ExecStart={folder}/{name}" in rendered[f"/etc/systemd/system/{name}.service"]


def test_images_of_a_store_are_neither_pulled_nor_thrown_away() -> None:
    stored, pulled = kubeadm_documents(local()), kubeadm_documents(local(PACKAGES))
    policies = [d["InitConfiguration"]["nodeRegistration"] for d in (stored, pulled)]
    assert [p["imagePullPolicy"] for p in policies if isinstance(p, dict)] == ["Never", "IfNotPresent"]
    thresholds = [d["KubeletConfiguration"]["imageGCHighThresholdPercent"] for d in (stored, pulled)]
    assert thresholds == [100, 85]


@pytest.mark.acceptance("T04")
def test_parts_of_a_node_ask_their_own_api_server_and_people_ask_the_endpoint() -> None:
    plan = local()
    node = plan.nodes[1]
    for name in ("kubelet", "controller-manager", "scheduler"):
        assert server(plan, node, f"/etc/kubernetes/{name}.conf") == "https://10.88.0.12:6443"
    for name in ("admin", "super-admin"):
        assert server(plan, node, f"/etc/kubernetes/{name}.conf") == "https://api.local.quorate.internal:8443"


def test_a_kubeconfig_carries_everything_inside() -> None:
    text = kubeconfig(
        cluster="local", server="https://api:8443", user="ops", authority_pem="A", certificate_pem="C", key_pem="K"
    )
    read = yaml.safe_load(text)
    assert read["current-context"] == "ops@local"
    assert read["users"][0]["user"] == {"client-certificate-data": "Qw==", "client-key-data": "Sw=="}
    assert read["clusters"][0]["cluster"] == {"certificate-authority-data": "QQ==", "server": "https://api:8443"}


def test_the_manifest_tells_the_agent_who_is_who() -> None:
    plan = local(WHOLE_MACHINES, DEDICATED)
    node = json.loads(documents.manifest(plan, plan.nodes[0]))
    balancer = json.loads(documents.manifest(plan, documents.dedicated_hosts(plan)[1]))
    assert (node["role"], node["balancer"], node["virtualIp"]) == ("control-plane", None, None)
    assert (balancer["role"], balancer["balancer"]) == ("balancer", "haproxy")
    assert balancer["virtualIp"]["address"] == "10.88.0.10"
    assert {"address": "10.88.0.10", "names": ["api.local.quorate.internal"]} in node["hosts"]
    assert [m["peerUrl"] for m in node["members"]] == [f"https://10.88.0.{n}:2380" for n in (11, 12, 13)]


def test_kubernetes_packages_are_pinned_to_the_version_of_the_settings() -> None:
    plan = local(WHOLE_MACHINES, PACKAGES, NGINX)
    wanted = json.loads(documents.manifest(plan, plan.nodes[0]))["artifacts"]["packages"]
    versions = {package["name"]: package["version"] for package in wanted}
    assert versions["kubelet"] == versions["kubeadm"] == versions["kubectl"] == "1.36.3"
    assert versions["etcd-server"] == versions["etcd-client"] == "3.6.10"
    assert {"nginx", "libnginx-mod-stream", "keepalived", "curl", "containerd.io"} <= set(versions)
    # containerd.io brings its own runc and conflicts with the distribution's.
    assert "runc" not in versions


def test_a_node_of_a_store_gets_the_packages_that_it_needs_and_no_others() -> None:
    def file(name: str, *needed_by: str) -> dict[str, object]:
        path = f"packages/debian-12/{name}_1_amd64.deb"
        package = {"release": "debian-12", "name": name, "version": "1", "neededBy": needed_by}
        return {"path": path, "sha256": "0" * 64, "kind": "package", **package}

    digests = [
        file("runc", "runc"),
        file("libjansson4", "nftables"),
        file("nginx", "nginx"),
        file("curl", "keepalived"),
    ]
    artifacts = {"source": "store", "store": "file:///opt/quorate/store", "manifest": "unused", "digests": digests}
    plan = local(WHOLE_MACHINES, {"artifacts": artifacts}, DEDICATED)

    def names(node: Node) -> list[str]:
        found = json.loads(documents.manifest(plan, node))["artifacts"]["digests"]
        return [file["name"] for file in found]

    assert names(plan.nodes[0]) == ["runc", "libjansson4"]
    assert names(documents.dedicated_hosts(plan)[0]) == ["libjansson4", "curl"]


def test_equal_plans_give_equal_texts() -> None:
    assert [documents.files(local(), n) for n in local().nodes] == [documents.files(local(), n) for n in local().nodes]
    assert kubeadm.configuration(local(), local().nodes[0]).encode() == texts(local())[KUBEADM].encode()


def test_no_text_names_this_machine() -> None:
    everything = "".join(texts(local()).values()) + documents.manifest(local(), local().nodes[0])
    assert str(Path.cwd()) not in everything


def test_the_outline_of_the_encryption_says_what_the_document_will_contain() -> None:
    key = base64.b64encode(bytes(32)).decode()
    modes: tuple[Literal["secretbox", "none"], ...] = ("secretbox", "none")
    for mode in modes:
        document = yaml.safe_load(encryption.configuration(keys=[key], encryption=mode))
        written = [
            {"resources": entry["resources"], "providers": [{kind: {} for kind in p} for p in entry["providers"]]}
            for entry in document["resources"]
        ]
        assert encryption.outline(mode) == written

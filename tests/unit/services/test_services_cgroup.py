"""Who keeps a process, by the texts of /proc under every manager."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ollama_top.model.server import Keeper
from ollama_top.services.cgroup import cgroup2_mount, cgroup_path, membership

ID = "0123456789abcdef" * 4
SHORT = "0123456789ab"
USER = "/user.slice/user-1000.slice/user@1000.service"

KEPT = {
    "install.sh": ("/system.slice/ollama.service", Keeper.SYSTEMD, "ollama.service"),
    "snap": ("/system.slice/snap.ollama.listener.service", Keeper.SYSTEMD, "snap.ollama.listener.service"),
    "instance": (
        "/system.slice/system-ollama.slice/ollama@gpu1.service",
        Keeper.SYSTEMD,
        "ollama@gpu1.service",
    ),
    "escaped": (r"/system.slice/my\x2dollama.service", Keeper.SYSTEMD, r"my\x2dollama.service"),
    "delegated": ("/system.slice/ollama.service/runners/1", Keeper.SYSTEMD, "ollama.service"),
    "named like a container": (
        "/system.slice/ollama-docker.service",
        Keeper.SYSTEMD,
        "ollama-docker.service",
    ),
    "LXC's own service": ("/system.slice/lxc.service", Keeper.SYSTEMD, "lxc.service"),
    "user manager": (f"{USER}/app.slice/ollama.service", Keeper.SYSTEMD_USER, "ollama.service"),
    "user manager, old": (f"{USER}/ollama.service", Keeper.SYSTEMD_USER, "ollama.service"),
    "ssh session": ("/user.slice/user-1000.slice/session-3.scope", Keeper.MANUAL, None),
    "terminal": (f"{USER}/app.slice/app-org.gnome.Terminal.slice/vte-spawn-1.scope", Keeper.MANUAL, None),
    "tmux": (f"{USER}/tmux-spawn-1.scope", Keeper.MANUAL, None),
    "snap, by hand": (f"{USER}/app.slice/snap.ollama.ollama-1.scope", Keeper.MANUAL, None),
    "no systemd": ("/", Keeper.MANUAL, None),
    "init": ("/init.scope", Keeper.MANUAL, None),
    "docker, systemd driver": (f"/system.slice/docker-{ID}.scope", Keeper.CONTAINER, SHORT),
    "docker, cgroupfs driver": (f"/docker/{ID}", Keeper.CONTAINER, SHORT),
    "docker, rootless": (f"{USER}/user.slice/docker-{ID}.scope", Keeper.CONTAINER, SHORT),
    "docker, systemd within": (
        f"/system.slice/docker-{ID}.scope/system.slice/ollama.service",
        Keeper.CONTAINER,
        SHORT,
    ),
    "podman": (f"/machine.slice/libpod-{ID}.scope/container", Keeper.CONTAINER, SHORT),
    "podman, rootless": (f"{USER}/user.slice/libpod-{ID}.scope/container", Keeper.CONTAINER, SHORT),
    "podman, quadlet": (f"/system.slice/ollama.service/libpod-payload-{ID}", Keeper.CONTAINER, SHORT),
    "podman, cgroupfs": (f"/libpod_parent/libpod-{ID}", Keeper.CONTAINER, SHORT),
    "nerdctl": (f"/system.slice/nerdctl-{ID}.scope", Keeper.CONTAINER, SHORT),
    "k8s, containerd": (
        f"/kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-pod1_2.slice/cri-containerd-{ID}.scope",
        Keeper.CONTAINER,
        SHORT,
    ),
    "k8s, cri-o": (f"/kubepods.slice/kubepods-pod1_2.slice/crio-{ID}.scope", Keeper.CONTAINER, SHORT),
    "k8s, cgroupfs": (f"/kubepods/burstable/pod1-2-3/{ID}", Keeper.CONTAINER, SHORT),
    "seen from a neighbour": (f"/../docker-{ID}.scope", Keeper.CONTAINER, SHORT),
    "lxc": ("/lxc.payload.web/system.slice/ollama.service", Keeper.CONTAINER, "web"),
    "lxc, old": ("/lxc/web", Keeper.CONTAINER, "web"),
    "proxmox": ("/lxc/101/ns/system.slice/ollama.service", Keeper.CONTAINER, "101"),
    "openrc": ("/openrc.ollama", Keeper.OPENRC, "ollama"),
    "nspawn": ("/machine.slice/machine-deb.scope/payload", Keeper.CONTAINER, "deb"),
    "nspawn service": ("/machine.slice/systemd-nspawn@deb.service/payload", Keeper.CONTAINER, "deb"),
}


@pytest.mark.parametrize(("path", "keeper", "unit"), KEPT.values(), ids=KEPT)
def test_keepers(path: str, keeper: Keeper, unit: str | None) -> None:
    found = membership(path)
    assert (found.keeper, found.unit) == (keeper, unit)


V1 = """12:memory:{other}
11:cpu,cpuacct:{other}
1:name=systemd:{path}
"""


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("0::/system.slice/ollama.service\n", "/system.slice/ollama.service"),
        ("0::/\n", None),
        ("0::/a:b/c::d.service\n", "/a:b/c::d.service"),
        (V1.format(other="/user.slice", path="/system.slice/ollama.service"), "/system.slice/ollama.service"),
        (V1.format(other="/", path="/") + "0::/\n", None),
        (V1.format(other="/", path="/") + "0::/system.slice/x.service\n", "/system.slice/x.service"),
        (  # docker on a machine with both versions: only the first knows the container
            V1.format(other=f"/docker/{ID}", path=f"/docker/{ID}") + "0::/system.slice/docker.service\n",
            f"/docker/{ID}",
        ),
        ("", None),
        ("garbage\n::\n:", None),
    ],
)
def test_paths_of_both_versions(text: str, path: str | None) -> None:
    assert cgroup_path(text) == path


V2_MOUNT = "30 24 0:26 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate\n"


@pytest.mark.parametrize(
    ("mountinfo", "mount"),
    [
        (V2_MOUNT, "/sys/fs/cgroup"),
        (f"22 1 8:1 / / rw - ext4 /dev/sda1 rw\n{V2_MOUNT}", "/sys/fs/cgroup"),
        ("30 24 0:26 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n", "/sys/fs/cgroup/unified"),
        (r"30 24 0:26 / /a\040b\134c rw - cgroup2 none rw", "/a b\\c"),
        ("30 24 0:26 / /größe rw - cgroup2 none rw", "/größe"),
        ("30 24 0:26 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n", None),
        ("x - cgroup2 y\n", None),
        (" - cgroup2 ", None),
        ("", None),
    ],
)
def test_where_version_2_is_mounted(mountinfo: str, mount: str | None) -> None:
    assert cgroup2_mount(mountinfo) == mount


@given(
    st.text()
    | st.lists(st.sampled_from(["/", ".service", "docker-", ID, "lxc", "user@1", ":", "\n"])).map("".join)
)
def test_any_text_has_a_keeper(text: str) -> None:
    found = membership(text)
    assert found.unit != ""
    assert (found.unit is None) == (found.keeper is Keeper.MANUAL)
    assert cgroup_path(text) != ""
    cgroup2_mount(text)

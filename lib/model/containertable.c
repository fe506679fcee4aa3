/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The paths in which container runtimes put what they start, with either driver. */
#include "model/containertable.h"

#define PAYLOAD CONTAINER_PAYLOAD
#define SUPERVISOR CONTAINER_SUPERVISOR

/* clang-format off */
const struct container_pattern container_patterns[] = {
	/* What watches over a container lies beside it, in namespaces of the host. */
	{ .pattern = "libpod-conmon-<{hex64}>.scope", .runtime = "podman", .role = SUPERVISOR },
	{ .pattern = "libpod-conmon-<{hex64}>", .runtime = "podman", .role = SUPERVISOR },
	{ .pattern = "crio-conmon-<{hex64}>.scope", .runtime = "cri-o", .role = SUPERVISOR },
	{ .pattern = "crio-conmon-<{hex64}>", .runtime = "cri-o", .role = SUPERVISOR },
	{ .pattern = "{any}.service/runtime", .runtime = "podman", .role = SUPERVISOR },
	{ .pattern = "lxc.monitor.<{name}>", .runtime = "lxc", .role = SUPERVISOR },
	{ .pattern = "lxc.monitor/<{name}>", .runtime = "lxc", .role = SUPERVISOR },
	{ .pattern = "machine-<{name}>.scope/supervisor", .runtime = "nspawn", .role = SUPERVISOR },
	{ .pattern = "systemd-nspawn@<{name}>.service/supervisor", .runtime = "nspawn", .role = SUPERVISOR },

	/* Unit names of systemd drivers: PREFIX-ID.scope. */
	{ .pattern = "docker-<{hex64}>.scope", .runtime = "docker", .role = PAYLOAD },
	{ .pattern = "cri-containerd-<{hex64}>.scope", .runtime = "containerd", .role = PAYLOAD },
	{ .pattern = "nerdctl-<{hex64}>.scope", .runtime = "containerd", .role = PAYLOAD },
	{ .pattern = "crio-<{hex64}>.scope", .runtime = "cri-o", .role = PAYLOAD },
	{ .pattern = "libpod-<{hex64}>.scope", .runtime = "podman", .role = PAYLOAD },
	{ .pattern = "runsc-<{name}>.scope", .runtime = "gvisor", .role = PAYLOAD },
	{ .pattern = "runc-<{name}>.scope", .runtime = "runc", .role = PAYLOAD },
	{ .pattern = "crun-<{name}>.scope", .runtime = "crun", .role = PAYLOAD },

	/* "SLICE:PREFIX:ID" is made for a systemd driver; a cgroupfs driver takes it as a path. */
	{ .pattern = "{any}:cri-containerd:<{hex64}>", .runtime = "containerd", .role = PAYLOAD },
	{ .pattern = "{any}:nerdctl:<{hex64}>", .runtime = "containerd", .role = PAYLOAD },
	{ .pattern = "{any}:crio:<{hex64}>", .runtime = "cri-o", .role = PAYLOAD },
	{ .pattern = "{any}:libpod:<{hex64}>", .runtime = "podman", .role = PAYLOAD },
	{ .pattern = "{any}:{runtime}:<{hex64}>", .role = PAYLOAD },

	/* cgroupfs drivers that write their name. */
	{ .pattern = "crio-<{hex64}>", .runtime = "cri-o", .role = PAYLOAD },
	{ .pattern = "libpod-payload-<{hex64}>", .runtime = "podman", .role = PAYLOAD },
	{ .pattern = "libpod-<{hex64}>", .runtime = "podman", .role = PAYLOAD },
	{ .pattern = "libpod_parent/{hex64}", .role = CONTAINER_NONE }, /* a pod */
	{ .pattern = "docker/pod{uid}/<{hex64}>", .runtime = "docker", .role = PAYLOAD },
	{ .pattern = "docker/<{hex64}>", .runtime = "docker", .role = PAYLOAD },
	{ .pattern = "actions_job/<{hex64}>", .runtime = "docker", .role = PAYLOAD },
	{ .pattern = "pod{uid}/<{hex64}>", .runtime = "containerd", .role = PAYLOAD },
	{ .pattern = "/default/<{name}>", .runtime = "containerd", .namespace = "default", .role = PAYLOAD },
	{ .pattern = "/k8s.io/<{name}>", .runtime = "containerd", .namespace = "k8s.io", .role = PAYLOAD },
	{ .pattern = "/ecs/{any}/<{hex64}>", .runtime = "ecs", .role = PAYLOAD },
	{ .pattern = "/ecs/{any}/{any}/<{hex64}>", .runtime = "ecs", .role = PAYLOAD },
	{ .pattern = "/ecs/{any}/<{hex32}-{number}>", .runtime = "ecs", .role = PAYLOAD },
	{ .pattern = "/ecs/{any}/{any}/<{hex32}-{number}>", .runtime = "ecs", .role = PAYLOAD },
	{ .pattern = "nomad/<{uuid}>", .runtime = "nomad", .role = PAYLOAD },
	{ .pattern = "nomad.slice/<{uuid}.{name}>.scope", .runtime = "nomad", .role = PAYLOAD },
	{ .pattern = "nomad.slice/{any}/<{uuid}.{name}>.scope", .runtime = "nomad", .role = PAYLOAD },

	/* Those that know their containers by name. */
	{ .pattern = "lxc.payload.<{name}>", .runtime = "lxc", .role = PAYLOAD },
	{ .pattern = "lxc.payload/<{name}>", .runtime = "lxc", .role = PAYLOAD },
	{ .pattern = "lxc/<{name}>", .runtime = "lxc", .role = PAYLOAD },
	{ .pattern = "machine-qemu\\x2d{number}\\x2d<{name}>.scope", .runtime = "qemu", .role = PAYLOAD },
	{ .pattern = "machine-lxc\\x2d{number}\\x2d<{name}>.scope", .runtime = "libvirt-lxc", .role = PAYLOAD },
	{ .pattern = "machine-<{name}>.scope", .runtime = "nspawn", .role = PAYLOAD },
	{ .pattern = "systemd-nspawn@<{name}>.service", .runtime = "nspawn", .role = PAYLOAD },

	/* Packaged applications: each start of one has a scope of its own. */
	{ .pattern = "snap.<{name}-{uuid}>.scope", .runtime = "snap", .role = PAYLOAD },
	{ .pattern = "snap.<{name}.{uuid}>.scope", .runtime = "snap", .role = PAYLOAD },
	{ .pattern = "snap.<{name}>.service", .runtime = "snap", .role = PAYLOAD },
	{ .pattern = "app-flatpak-<{name}-{number}>.scope", .runtime = "flatpak", .role = PAYLOAD },

	/* Whatever else has an id of this form: any OCI runtime's scope, docker's --cgroup-parent. */
	{ .pattern = "{runtime}-<{hex64}>.scope", .role = PAYLOAD },
	{ .pattern = "<{hex64}>", .runtime = "docker", .role = PAYLOAD },
};
const size_t container_n_patterns = ARRAY_SIZE(container_patterns);

const struct pod_pattern pod_patterns[] = {
	{ .pattern = "pod<{uid}>", .is_kubernetes = true },
	{ .pattern = "{any}-pod<{uid}>.slice", .is_kubernetes = true },
	{ .pattern = "{any}-pod<{uid}>.slice:{any}", .is_kubernetes = true, .is_own_component = true },
	{ .pattern = "machine-libpod_pod_<{hex64}>.slice" },
	{ .pattern = "user-libpod_pod_<{hex64}>.slice" },
	{ .pattern = "libpod_parent/<{hex64}>" },
};
const size_t pod_n_patterns = ARRAY_SIZE(pod_patterns);
/* clang-format on */

#!/bin/bash
# boot.sh DIRECTORY TREE
#
# Becomes PID 1 of a machine: this one's files under a throw-away overlay in
# DIRECTORY, with the contents of TREE copied over them. Runs as PID 1 of new
# mount, PID, network, UTS, IPC and cgroup namespaces and execs systemd. All
# that is mounted and written here is gone when the last process ends.
set -euo pipefail
directory=$1 tree=$2
root=$directory/root

mount --make-rprivate /
mount -t tmpfs -o size=1g,mode=755 tmpfs "$directory"
mkdir "$root" "$directory/upper" "$directory/work"
mount -t overlay -o "lowerdir=/,upperdir=$directory/upper,workdir=$directory/work" overlay "$root"
cp -a "$tree"/* "$root"

# A quiet machine with an identity of its own: only the services that a user
# manager needs, and none that touches the kernel which it shares with the host.
systemd-id128 new > "$root/etc/machine-id"
echo haul-test > "$root/etc/hostname"
: > "$root/etc/fstab"
rm -rf "$root"/etc/systemd/system/*.wants "$root"/etc/systemd/user/*.wants "$root/var/log/journal"
rm -rf "$root"/var/lib/systemd/linger
units=$root/etc/systemd/system
for unit in systemd-{networkd,resolved,timesyncd,udevd,udev-trigger,sysctl,binfmt,firstboot,modules-load}.service \
            systemd-{remount-fs,random-seed}.service systemd-journald-audit.socket modprobe@.service getty.target \
            e2scrub_reap.service {sys-kernel-{debug,tracing,config},sys-fs-fuse-connections,dev-hugepages}.mount; do
    ln -sf /dev/null "$units/$unit"
done
cat > "$units/haul-test.target" <<UNIT
[Unit]
Description=A machine for tests
Requires=basic.target dbus.socket
Wants=dbus.service systemd-logind.service systemd-user-sessions.service
After=basic.target dbus.service systemd-logind.service systemd-user-sessions.service
AllowIsolate=yes
UNIT
ln -sf haul-test.target "$units/default.target"

mount -t proc proc "$root/proc"
# Most sysctls belong to the whole machine: this PID 1 must not set them.
mount --bind "$root/proc/sys" "$root/proc/sys"
mount -o remount,bind,ro "$root/proc/sys"
mount -t sysfs -o ro,nosuid,nodev,noexec sysfs "$root/sys"
mount -t cgroup2 -o nosuid,nodev,noexec cgroup2 "$root/sys/fs/cgroup"
mount -t tmpfs -o mode=755,nosuid,nodev tmpfs "$root/run"
mount -t tmpfs -o mode=1777,nosuid,nodev tmpfs "$root/tmp"
mount -t tmpfs -o mode=755,size=64k tmpfs "$root/dev"
for device in null zero full random urandom tty; do
    touch "$root/dev/$device"
    mount --bind "/dev/$device" "$root/dev/$device"
done
mkdir "$root/dev/pts" "$root/dev/shm"
mount -t devpts -o newinstance,ptmxmode=0666,mode=620,gid=5 devpts "$root/dev/pts"
mount -t tmpfs -o mode=1777 tmpfs "$root/dev/shm"
ln -s pts/ptmx "$root/dev/ptmx"
ln -s /proc/self/fd "$root/dev/fd"
for number in 0:stdin 1:stdout 2:stderr; do
    ln -s "/proc/self/fd/${number%:*}" "$root/dev/${number#*:}"
done
mkdir "$root/run/systemd" "$root/.host"
echo -n haul-test > "$root/run/systemd/container"

cd "$root"
pivot_root . .host
umount -l /.host
# As on a real machine: later mounts reach the services' own mount namespaces.
mount --make-rshared /
exec env -i container=haul-test PATH=/usr/sbin:/usr/bin:/sbin:/bin TERM=dumb \
    /lib/systemd/systemd --log-target=journal --show-status=no

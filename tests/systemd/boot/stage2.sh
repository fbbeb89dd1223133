# The future PID 1, in all its new namespaces and still on the host's root: mounts, leaves the host, boots.
# $1 root of the overlay  $2 terminal for the console  $3 systemd
set -eu
R=$1 TTY=$2 SYSTEMD=$3
mount -t proc -o nosuid,nodev,noexec proc "$R/proc"
# Nothing of the host's kernel may be changed from inside.
mount --bind "$R/proc/sys" "$R/proc/sys"
mount -o remount,bind,ro,nosuid,nodev,noexec "$R/proc/sys"
if [ -e "$R/proc/sysrq-trigger" ]; then
    mount --bind "$R/proc/sysrq-trigger" "$R/proc/sysrq-trigger"
    mount -o remount,bind,ro "$R/proc/sysrq-trigger"
fi
if ! mount -t sysfs -o ro,nosuid,nodev,noexec sysfs "$R/sys" 2>/dev/null; then
    mount --rbind /sys "$R/sys"
    mount -o remount,bind,ro "$R/sys"
fi
mount -t cgroup2 -o nosuid,nodev,noexec cgroup2 "$R/sys/fs/cgroup"
mount -t tmpfs -o mode=0755,nosuid tmpfs "$R/dev"
for n in null:3 zero:5 full:7 random:8 urandom:9; do
    mknod -m 666 "$R/dev/${n%:*}" c 1 "${n#*:}"
done
mknod -m 666 "$R/dev/tty" c 5 0
mkdir "$R/dev/pts" "$R/dev/shm"
mount -t devpts -o newinstance,ptmxmode=0666,mode=620,gid=5,nosuid,noexec devpts "$R/dev/pts"
ln -s pts/ptmx "$R/dev/ptmx"
ln -s /proc/self/fd "$R/dev/fd"
for n in 0:stdin 1:stdout 2:stderr; do ln -s "/proc/self/fd/${n%:*}" "$R/dev/${n#*:}"; done
mount -t tmpfs -o mode=1777,nosuid,nodev tmpfs "$R/dev/shm"
: > "$R/dev/console"
mount --bind "$TTY" "$R/dev/console"
mount -t tmpfs -o mode=0755,nosuid,nodev tmpfs "$R/run"
if [ -d "$R/var/log/journal" ]; then mount -t tmpfs tmpfs "$R/var/log/journal"; fi
cd "$R"
pivot_root . .
umount -l .
cd /
mount --make-rshared /
drop=-sys_module,-sys_rawio,-sys_time,-sys_boot,-syslog,-mac_admin,-mac_override,-audit_read,-audit_control
exec env -i container=sandbox PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
    setpriv --bounding-set "$drop" -- "$SYSTEMD" --unit=sandbox.target \
    --log-level=info --log-target=console --show-status=0 < /dev/console > /dev/console 2>&1

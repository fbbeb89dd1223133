# The future PID 1, in its new namespaces but for the cgroup's; /proc is still the host's.
# $1 root of the overlay  $2 cgroup  $3 terminal for the console  $4 file for our PID  $5 systemd
set -eu
read -r pid _ < /proc/self/stat          # our PID as the host sees it
echo 0 > "$2/cgroup.procs"               # 0 is this process; before the cgroup namespace
printf '%s\n' "$pid" > "$4.new"
mv "$4.new" "$4"
exec unshare --cgroup -- sh "$(dirname "$0")/stage2.sh" "$1" "$3" "$5"

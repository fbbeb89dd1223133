# In small what stage1.sh and stage2.sh do, in a mount namespace of its own: fails where they would.
set -e
mount -t tmpfs tmpfs /mnt
mkdir /mnt/upper /mnt/work /mnt/root /mnt/cgroup
mount -t overlay overlay -o lowerdir=/,upperdir=/mnt/upper,workdir=/mnt/work /mnt/root
touch /mnt/root/trial
test -e /mnt/upper/trial
mount -t proc proc /mnt/root/proc
mount -t cgroup2 cgroup2 /mnt/cgroup
test -w /mnt/cgroup/cgroup.procs
mount -t devpts -o newinstance devpts /mnt/root/dev

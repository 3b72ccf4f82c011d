/**
 * What the worker runs, in the image berth/volume. `/volumes` is the directory of volumes. All may be repeated.
 *
 * XFS, because it grows while mounted with CAP_SYS_ADMIN alone, and its root is empty: an engine fills an empty
 * volume from the image. (ext4 wants CAP_SYS_RESOURCE to grow, which not every machine gives, and has a
 * `lost+found`.) In the form every kernel since 5.10 reads.
 */

/** ID BYTES [OPTION…]: the file, with an empty file system, under its name only once it is whole. */
export const makeDisk = `
id=$1; bytes=$2; shift 2
file=/volumes/$id/disk
test ! -e "$file" || exit 0
truncate -s "$bytes" "$file.new"
mkfs.xfs -q -f "$@" -c options=/usr/share/xfsprogs/mkfs/lts_5.10.conf "$file.new" >&2
mv "$file.new" "$file"
`;

/** ID…: each on a loop device, under its own name in /dev. Says of each what it was: \`attached\` or \`detached\`. */
export const attachDisks = `
mkdir -p /dev/berth
for id in "$@"; do
  file=/volumes/$id/disk
  device=$(losetup --noheadings --output NAME --associated "$file" | head -n 1)
  was=attached
  if [ -z "$device" ]; then
    was=detached
    device=$(losetup --find --show "$file") || { echo "$id failed"; continue; }
  fi
  [ "$(readlink "/dev/berth/$id")" = "$device" ] || was=detached
  ln -sfn "$device" "/dev/berth/$id"
  echo "$id $was"
done
`;

/** ID */
export const detachDisk = `
losetup --noheadings --output NAME --associated "/volumes/$1/disk" | while read -r device; do
  losetup --detach "$device"
done
rm -f "/dev/berth/$1"
`;

/** ID BYTES, the volume mounted at /mounted: grows file, device and file system, in use or not. */
export const growDisk = `
truncate -s ">$2" "/volumes/$1/disk"
losetup --set-capacity "$(readlink -f "/dev/berth/$1")"
xfs_growfs -d /mounted >&2
df -B1 --output=size,used /mounted | tail -n 1
`;

/** DIR…: bytes in all and used of each. */
export const measureDisks = `
for dir in "$@"; do echo "$dir $(df -B1 --output=size,used,fstype "$dir" | tail -n 1)"; done
`;

/** DIR…: the same of directories without a disk of their own, whose size is not theirs. */
export const measureDirectories = `
for dir in "$@"; do echo "$dir $(du -sxB1 "$dir" | cut -f 1)"; done
`;

/** Whether this machine can do any of it. */
export const probeDisks = `
test -c /dev/loop-control || { echo 'it has no loop devices (/dev/loop-control)' >&2; exit 1; }
losetup --find >/dev/null || { echo 'no loop device can be had' >&2; exit 1; }
`;

/**
 * Every time stamp in a baked layer is this or earlier, so that two bakes of the same packages give the same
 * bytes. The archive itself cannot be pinned by snapshot.debian.org everywhere (it is not mirrored, and its
 * rate limits make `up` fail), so the package list with versions is kept in each image instead, and images
 * are taken as they are until their recipe changes.
 */
export const SOURCE_DATE_EPOCH = 1767225600;

const secretName =
  /(^|_)(PASSWORD|PASSWD|PASSPHRASE|SECRET|SECRETS|TOKEN|API_?KEY|ACCESS_?KEY|PRIVATE_?KEY|CREDENTIALS?|AUTH)(_|$)/i;
/** Names that only look so: paths to secrets, and public keys of well-known base images. */
const harmlessName = /(_FILE|_PATH|_DIR|_URL|_TTL|_EXPIRY|_LENGTH)$|^GPG_KEYS?$|PUBLIC/i;

/** Whether a variable of this name usually holds a secret. */
export function looksSecret(name: string): boolean {
  return secretName.test(name) && !harmlessName.test(name);
}

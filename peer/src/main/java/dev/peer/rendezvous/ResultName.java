package dev.peer.rendezvous;

import dev.peer.core.id.Digest;
import dev.peer.core.id.RepoId;
import dev.peer.core.id.RunKey;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/**
 * What a result is found by: SHA-256 over repository and run key. Half the size of the key's text,
 * the same for every name, and no one can choose names that fall together in a hash table.
 */
record ResultName(long a, long b, long c, long d) {

  static ResultName of(RepoId repo, RunKey key) {
    MessageDigest sha256 = Digest.sha256();
    sha256.update(key.hex().getBytes(StandardCharsets.US_ASCII));
    sha256.update(repo.text().getBytes(StandardCharsets.UTF_8));
    ByteBuffer hash = ByteBuffer.wrap(sha256.digest());
    return new ResultName(hash.getLong(), hash.getLong(), hash.getLong(), hash.getLong());
  }

  @Override
  public int hashCode() {
    return Long.hashCode(a);
  }
}

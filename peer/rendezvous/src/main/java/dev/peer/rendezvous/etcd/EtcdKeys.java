package dev.peer.rendezvous.etcd;

import com.google.protobuf.ByteString;
import dev.peer.core.id.Digest;
import dev.peer.core.id.PeerId;
import dev.peer.core.id.RepoId;
import dev.peer.core.id.RunKey;
import dev.peer.core.record.MalformedException;
import dev.peer.rendezvous.LeaseHolder;
import dev.peer.wire.InstanceId;
import dev.peer.wire.PercentEncoding;
import dev.peer.wire.ResultState;

/** The keys in etcd; see the package. A prefix ends with the slash before the variable part. */
final class EtcdKeys {

  private static final String ROOT = "peer/1/";
  private static final String LEASES = ROOT + "leases/";
  private static final String RESULTS = ROOT + "results/";
  private static final String IMAGES = ROOT + "images/";

  /** Behind a key, it makes the next one. */
  private static final ByteString AFTER = ByteString.copyFrom(new byte[1]);

  private EtcdKeys() {}

  static ByteString leases() {
    return key(LEASES);
  }

  static ByteString leasesOf(PeerId peer) {
    return key(LEASES + encoded(peer) + "/");
  }

  static ByteString lease(LeaseHolder holder) {
    return key(LEASES + encoded(holder));
  }

  static ByteString results() {
    return key(RESULTS);
  }

  static ByteString resultsOf(RepoId repo) {
    return key(RESULTS + PercentEncoding.encode(repo.text()) + "/");
  }

  static ByteString holders(RepoId repo, RunKey key, ResultState state) {
    return resultsOf(repo).concat(key(key.hex() + "/" + state.text() + "/"));
  }

  static ByteString result(RepoId repo, RunKey key, ResultState state, LeaseHolder holder) {
    return holders(repo, key, state).concat(key(encoded(holder)));
  }

  static ByteString holders(Digest image) {
    return key(IMAGES + image.hex() + "/");
  }

  static ByteString image(Digest image, LeaseHolder holder) {
    return holders(image).concat(key(encoded(holder)));
  }

  /** Where all processes of the peer say that the result passed. */
  static ByteString ofPeer(RepoId repo, Result result) {
    String peer = encoded(result.holder().peer());
    return holders(repo, result.key(), result.state()).concat(key(peer + "/"));
  }

  /** The parts of a result's key, except for the repository. */
  record Result(RunKey key, ResultState state, LeaseHolder holder) {}

  /**
   * Reads the key of a result.
   *
   * @throws MalformedException if it is none of ours
   */
  static Result result(ByteString key) throws MalformedException {
    String[] parts = key.toStringUtf8().split("/", -1);
    if (parts.length != 8 || !isResult(key)) {
      throw new MalformedException("a key of etcd: one of a result expected");
    }
    try {
      return new Result(RunKey.ofHex(parts[4]), ResultState.parse(parts[5]), holder(key));
    } catch (IllegalArgumentException e) {
      throw new MalformedException("a key of etcd: " + e.getMessage(), e);
    }
  }

  /** The key that comes next after this one. */
  static ByteString after(ByteString key) {
    return key.concat(AFTER);
  }

  static boolean isResult(ByteString key) {
    return key.startsWith(results());
  }

  /** The end of the range of keys that begin with the prefix. */
  static ByteString end(ByteString prefix) {
    // The character after the slash.
    return prefix.substring(0, prefix.size() - 1).concat(key("0"));
  }

  /**
   * Whose key it is.
   *
   * @throws MalformedException if it is none of ours
   */
  static LeaseHolder holder(ByteString key) throws MalformedException {
    String[] parts = key.toStringUtf8().split("/", -1);
    if (parts.length < 2) {
      throw new MalformedException("a key of etcd: a holder expected at its end");
    }
    try {
      return new LeaseHolder(
          new PeerId(PercentEncoding.decode(parts[parts.length - 2])),
          new InstanceId(parts[parts.length - 1]));
    } catch (IllegalArgumentException e) {
      throw new MalformedException("a key of etcd: " + e.getMessage(), e);
    }
  }

  private static String encoded(LeaseHolder holder) {
    return encoded(holder.peer()) + "/" + holder.instance().text();
  }

  private static String encoded(PeerId peer) {
    return PercentEncoding.encode(peer.text());
  }

  private static ByteString key(String text) {
    return ByteString.copyFromUtf8(text);
  }
}

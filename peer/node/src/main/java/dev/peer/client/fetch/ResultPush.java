package dev.peer.client.fetch;

import dev.peer.client.BoundedHttpClient;
import dev.peer.client.Timeouts;
import dev.peer.core.find.Holder;
import dev.peer.core.id.RunKey;
import dev.peer.core.record.Content;
import dev.peer.core.sign.Attestation;
import dev.peer.tls.Request;
import dev.peer.tls.TlsClient;
import dev.peer.tls.TlsIdentity;
import dev.peer.wire.MediaTypes;
import dev.peer.wire.PeerPath;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.LongConsumer;

/** Hands results over to one peer that keeps copies. */
public final class ResultPush implements AutoCloseable {

  private static final int HELD = 204;
  private static final int AWAITED = 202;

  private final URI address;
  private final Timeouts patience;
  private final BoundedHttpClient asker;

  /** What came of it. */
  public sealed interface Outcome {

    /** The peer has verified and kept it. */
    record Taken() implements Outcome {}

    /** The peer held it before. */
    record Held() implements Outcome {}

    /**
     * The peer does not take it.
     *
     * @param why its reason, one line
     */
    record Refused(String why) implements Outcome {}
  }

  /**
   * Opens no connection yet.
   *
   * @param peer the peer that must answer, at the first of its addresses
   */
  public ResultPush(TlsIdentity identity, Holder peer, Timeouts patience) {
    this.address = peer.addresses().getFirst();
    this.patience = patience;
    this.asker =
        new BoundedHttpClient(TlsClient.ofPeer(identity, peer.id(), patience.connect()), patience);
  }

  /**
   * Hands one over.
   *
   * @param bundle the size and digest that the bundle's file has
   * @param progress told how many more of the bundle's bytes are under way, again and again
   * @throws IOException if the peer cannot be reached, or the file cannot be read
   */
  public Outcome push(
      RunKey key, Attestation attestation, Content bundle, Path bundleFile, LongConsumer progress)
      throws IOException, InterruptedException {
    byte[] bytes = attestation.bytes();
    BoundedHttpClient.Answer offered =
        put(
            new PeerPath.Result(key),
            MediaTypes.ATTESTATION,
            Request.Body.of(bytes),
            patience.transfer(bytes.length));
    if (offered.status() == HELD) {
      return new Outcome.Held();
    }
    if (offered.status() != AWAITED) {
      return new Outcome.Refused(offered.why());
    }
    BoundedHttpClient.Answer given =
        put(
            new PeerPath.Blob(bundle.digest()),
            MediaTypes.BUNDLE,
            new FileBody(bundleFile, bundle.size(), progress),
            patience.transfer(bundle.size()));
    return given.status() == HELD ? new Outcome.Taken() : new Outcome.Refused(given.why());
  }

  private BoundedHttpClient.Answer put(
      PeerPath path, String mediaType, Request.Body body, Duration limit)
      throws IOException, InterruptedException {
    return asker.put(URI.create(address + path.text()), mediaType, body, limit);
  }

  /** Call it before the process ends. Cuts off transfers in progress. */
  @Override
  public void close() {
    asker.close();
  }
}

package dev.peer.network;

import dev.peer.client.Timeouts;
import dev.peer.client.fetch.ImageFetch;
import dev.peer.client.fetch.NamedAddress;
import dev.peer.client.rendezvous.RendezvousLookup;
import dev.peer.core.find.FetchException;
import dev.peer.core.find.Holder;
import dev.peer.core.find.LookupResult;
import dev.peer.core.id.Digest;
import dev.peer.core.progress.Notices;
import dev.peer.core.sign.ImageVerifier;
import dev.peer.tls.TlsIdentity;
import dev.peer.vm.image.ImageException;
import dev.peer.vm.image.ImageStore;
import dev.peer.vm.image.Origin;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Where guest images come from that are not on this machine: other peers. */
public final class ImageSource implements AutoCloseable {

  private static final String STEP = "pull";

  private final ImageStore images;
  private final TlsIdentity identity;
  private final Optional<RendezvousLookup> lookup;
  private final Supplier<ImageVerifier> verifier;
  private final Notices notices;
  private final ImageFetch fetch;

  /**
   * Opens no connection yet. The lookup stays its owner's to close.
   *
   * @param verifier supplies the current verifier of attestations
   */
  ImageSource(
      ImageStore images,
      TlsIdentity identity,
      Optional<RendezvousLookup> lookup,
      Supplier<ImageVerifier> verifier,
      Notices notices) {
    this.images = images;
    this.identity = identity;
    this.lookup = lookup;
    this.verifier = verifier;
    this.notices = notices;
    this.fetch = new ImageFetch(identity, Timeouts.DEFAULT);
  }

  /** Requires that a signer vouches for a local image that came from a peer. */
  public void requireCounting(Digest image) throws ImageException, IOException {
    new ImageTrust(images, Optional.of(verifier.get())).require(image);
  }

  /** Pulls the image from the holders that the rendezvous names. */
  public void pull(Digest image, Origin origin)
      throws ImageException, IOException, InterruptedException {
    notices.step(STEP);
    if (lookup.isEmpty()) {
      throw ImagePull.missing(image, "PEER_RENDEZVOUS is not set, so no peer can be asked");
    }
    switch (lookup.get().find(image)) {
      case LookupResult.Found found -> from(image, origin, found.holders());
      case LookupResult.Absent _ ->
          throw ImagePull.missing(image, "no peer that the rendezvous knows holds it");
      case LookupResult.Unavailable unavailable ->
          throw ImagePull.missing(
              image, "the rendezvous cannot be asked for its holders: " + unavailable.why());
    }
  }

  /** Pulls the image, which was asked for by name, from the peer at an address. */
  public void pull(Digest image, URI address)
      throws ImageException, IOException, InterruptedException {
    notices.step(STEP);
    Holder holder;
    try {
      holder = NamedAddress.ask(identity, address, Timeouts.DEFAULT);
    } catch (FetchException e) {
      throw ImagePull.missing(image, e.getMessage());
    }
    notices.say(address.getAuthority() + " is " + holder.id());
    from(image, Origin.PULLED, List.of(holder));
  }

  private void from(Digest image, Origin origin, List<Holder> holders)
      throws ImageException, IOException, InterruptedException {
    new ImagePull(images, fetch, verifier.get(), notices).pull(image, origin, holders);
  }

  /** Must be done before the process ends. */
  @Override
  public void close() {
    fetch.close();
  }
}

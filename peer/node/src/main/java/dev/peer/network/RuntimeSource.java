package dev.peer.network;

import dev.peer.client.fetch.HolderFetch;
import dev.peer.client.rendezvous.RendezvousLookup;
import dev.peer.core.find.FetchException;
import dev.peer.core.find.Holder;
import dev.peer.core.find.LookupResult;
import dev.peer.core.id.Digest;
import dev.peer.core.id.RepoId;
import dev.peer.core.progress.Notices;
import dev.peer.core.record.PreparedRuntime;
import dev.peer.core.record.RuntimeId;
import dev.peer.core.sign.Attestation;
import dev.peer.core.sign.RuntimeVerifier;
import dev.peer.core.sign.VerificationException;
import dev.peer.core.sign.VerifiedRuntime;
import dev.peer.vm.snapshot.Voucher;
import dev.peer.vm.snapshot.VoucherJudge;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Where prepared runtimes come from: other peers. One counts only by the signature of a maker whom
 * the rules admit, whoever its holder is, and its bytes only by the digest that the maker signed.
 */
public final class RuntimeSource implements VoucherJudge {

  private final Optional<RendezvousLookup> lookup;
  private final HolderFetch fetch;
  private final LocalRuntimes here;
  private final Supplier<RuntimeVerifier> verifier;
  private final Notices notices;

  /**
   * Opens no connection yet. Lookup and fetch stay their owner's to close.
   *
   * @param here those whose chunks are not moved again
   * @param verifier supplies the current verifier of attestations
   */
  public RuntimeSource(
      Optional<RendezvousLookup> lookup,
      HolderFetch fetch,
      LocalRuntimes here,
      Supplier<RuntimeVerifier> verifier,
      Notices notices) {
    this.lookup = lookup;
    this.fetch = fetch;
    this.here = here;
    this.verifier = verifier;
    this.notices = notices;
  }

  /**
   * A runtime whose maker counts.
   *
   * @param holders the peers that serve it, the best first
   */
  public record Offer(VerifiedRuntime verified, List<Holder> holders) {

    /** Copies the holders. */
    public Offer {
      holders = List.copyOf(holders);
    }
  }

  /**
   * What other peers say of the runtimes of a repository and a guest image.
   *
   * @param makers the peers that say that they make one, the first to say so first
   * @param answered whether a rendezvous said so
   */
  public record Supply(List<Offer> offers, List<Holder> makers, boolean answered) {

    /** Nobody was asked, or answered. */
    public static final Supply NOTHING = new Supply(List.of(), List.of(), false);

    /** Copies the lists. */
    public Supply {
      offers = List.copyOf(offers);
      makers = List.copyOf(makers);
    }
  }

  /** Judges by the current authorities, lists and rules. */
  @Override
  public List<RuntimeId> verify(Set<RepoId> repos, Voucher voucher) throws VerificationException {
    return verifier.get().verify(voucher.attestation(), repos, voucher.since()).runtimes();
  }

  /** What peers offer and make for a disk, as {@link #supply(RepoId, Digest)} does. */
  public Supply supply(PreparedRuntime.Disk disk) throws InterruptedException {
    Supply all = supply(disk.repo(), disk.image());
    return new Supply(of(disk, all.offers()), all.makers(), all.answered());
  }

  /** What one peer offers for a disk, as {@link #supply(RepoId, Digest)} does. */
  public List<Offer> offers(Holder holder, PreparedRuntime.Disk disk) throws InterruptedException {
    return of(disk, offers(List.of(holder), disk.repo(), disk.image()));
  }

  /** Runs with another PEER_DISK start from the others. */
  private static List<Offer> of(PreparedRuntime.Disk disk, List<Offer> offers) {
    return offers.stream()
        .filter(offer -> offer.verified().runtime().disk().bytes() == disk.bytes())
        .toList();
  }

  /**
   * The runtimes of a repository that peers offer, prepared with a guest image, and the peers that
   * make one. Names each holder of one that does not count, and why; no rendezvous, and no answer,
   * is no offer.
   */
  public Supply supply(RepoId repo, Digest image) throws InterruptedException {
    if (lookup.isEmpty()) {
      return Supply.NOTHING;
    }
    return switch (lookup.get().findRuntimes(repo, image)) {
      case LookupResult.Found found ->
          new Supply(offers(found.holders(), repo, image), found.running(), true);
      case LookupResult.Absent _ -> new Supply(List.of(), List.of(), true);
      case LookupResult.Unavailable _ -> Supply.NOTHING;
    };
  }

  private List<Offer> offers(List<Holder> holders, RepoId repo, Digest image)
      throws InterruptedException {
    Map<Digest, Offer> offers = new LinkedHashMap<>();
    for (Holder holder : holders) {
      try {
        for (Attestation attestation : fetch.runtimes(holder, repo, image)) {
          verified(attestation, holder, repo, image)
              .ifPresent(verified -> add(verified, holder, offers));
        }
      } catch (FetchException e) {
        notices.say("no runtime comes from the holder " + holder.id() + ": " + e.getMessage());
      }
    }
    return List.copyOf(offers.values());
  }

  /** Empty where it does not count, which is said. */
  private Optional<VerifiedRuntime> verified(
      Attestation attestation, Holder holder, RepoId repo, Digest image) {
    try {
      VerifiedRuntime verified = verifier.get().verify(attestation, repo, fetch.servers(holder));
      Digest stated = verified.runtime().disk().image();
      if (!stated.equals(image)) {
        throw new VerificationException(
            "it was prepared with the guest image " + stated + ", not " + image);
      }
      return Optional.of(verified);
    } catch (VerificationException e) {
      notices.say("a runtime of the holder " + holder.id() + " is refused: " + e.getMessage());
      return Optional.empty();
    }
  }

  private static void add(VerifiedRuntime verified, Holder holder, Map<Digest, Offer> offers) {
    offers.merge(
        verified.runtime().content().digest(),
        new Offer(verified, List.of(holder)),
        (one, other) -> {
          List<Holder> all = new ArrayList<>(one.holders());
          all.addAll(other.holders());
          return new Offer(one.verified(), all);
        });
  }

  /**
   * How many bytes of a runtime must be moved here at least, because they are not in runtimes that
   * are here, if what the best holder says of its delta or its chunks is true.
   */
  public long toMove(Offer offer) throws IOException, InterruptedException {
    try (LocalRuntimes.Held held = held(offer)) {
      return pull(offer, held).toMove();
    }
  }

  /**
   * Fetches the content of a runtime, of which chunks may be here in other runtimes, from several
   * holders at once.
   *
   * @param file what it has of the content already counts
   * @return whether the file is the content that the maker signed, every byte of it
   */
  public boolean fetch(Offer offer, Path file) throws IOException, InterruptedException {
    notices.step("pull");
    try (LocalRuntimes.Held held = held(offer)) {
      return pull(offer, held).pull(file);
    }
  }

  private LocalRuntimes.Held held(Offer offer) {
    return here.hold(offer.verified().runtime().disk().repo(), offer.holders(), fetch, notices);
  }

  private RuntimePull pull(Offer offer, LocalRuntimes.Held held) {
    return new RuntimePull(fetch, offer.verified().runtime(), held, offer.holders(), notices);
  }
}

package dev.peer.network;

import dev.peer.client.Timeouts;
import dev.peer.client.fetch.CountedOutput;
import dev.peer.client.fetch.HolderFetch;
import dev.peer.client.rendezvous.RendezvousLookup;
import dev.peer.core.find.Fetch;
import dev.peer.core.find.FetchException;
import dev.peer.core.find.FetchException.Fault;
import dev.peer.core.find.Holder;
import dev.peer.core.find.LookupResult;
import dev.peer.core.id.Digest;
import dev.peer.core.id.PeerId;
import dev.peer.core.progress.Notices;
import dev.peer.core.record.PreparedRuntime;
import dev.peer.core.record.RuntimeId;
import dev.peer.core.sign.Attestation;
import dev.peer.core.sign.RuntimeVerifier;
import dev.peer.core.sign.VerificationException;
import dev.peer.core.sign.VerifiedRuntime;
import dev.peer.vm.snapshot.DiskName;
import dev.peer.vm.snapshot.Voucher;
import dev.peer.vm.snapshot.VoucherJudge;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Where prepared runtimes come from: other peers. One counts only by the signature of a maker whom
 * the rules admit, whoever its holder is, and its bytes only by the digest that the maker signed.
 */
public final class RuntimeSource implements VoucherJudge {

  /** How often a holder whose transfers break off is asked. */
  private static final int ROUNDS = 3;

  private final Optional<RendezvousLookup> lookup;
  private final HolderFetch fetch;
  private final Supplier<RuntimeVerifier> verifier;
  private final Notices notices;

  /**
   * Opens no connection yet. Lookup and fetch stay their owner's to close.
   *
   * @param verifier supplies the current verifier of attestations
   */
  RuntimeSource(
      Optional<RendezvousLookup> lookup,
      HolderFetch fetch,
      Supplier<RuntimeVerifier> verifier,
      Notices notices) {
    this.lookup = lookup;
    this.fetch = fetch;
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

  /** Judges by the current authorities, lists and rules. */
  @Override
  public List<RuntimeId> verify(DiskName name, Voucher voucher) throws VerificationException {
    return verifier.get().verify(voucher.attestation(), name.repo(), voucher.since()).runtimes();
  }

  /**
   * The runtimes that peers offer for a disk. Names each holder of one that does not count, and
   * why; no rendezvous, and no answer, is no offer.
   */
  public List<Offer> offers(PreparedRuntime.Disk disk) throws InterruptedException {
    if (lookup.isEmpty()
        || !(lookup.get().findRuntimes(disk.repo(), disk.image())
            instanceof LookupResult.Found found)) {
      return List.of();
    }
    Map<Digest, Offer> offers = new LinkedHashMap<>();
    for (Holder holder : found.holders()) {
      try {
        for (Attestation attestation : fetch.runtimes(holder, disk.repo(), disk.image())) {
          add(attestation, holder, disk, offers);
        }
      } catch (FetchException e) {
        notices.say("no runtime comes from the holder " + holder.id() + ": " + e.getMessage());
      }
    }
    return List.copyOf(offers.values());
  }

  private void add(
      Attestation attestation,
      Holder holder,
      PreparedRuntime.Disk disk,
      Map<Digest, Offer> offers) {
    try {
      VerifiedRuntime verified =
          verifier.get().verify(attestation, disk.repo(), fetch.servers(holder));
      PreparedRuntime.Disk stated = verified.runtime().disk();
      if (!stated.image().equals(disk.image())) {
        throw new VerificationException(
            "it was prepared with the guest image " + stated.image() + ", not " + disk.image());
      }
      if (stated.bytes() != disk.bytes()) {
        // Runs with another PEER_DISK start from it.
        return;
      }
      offers.merge(
          verified.runtime().content().digest(),
          new Offer(verified, List.of(holder)),
          (one, other) -> {
            List<Holder> all = new ArrayList<>(one.holders());
            all.addAll(other.holders());
            return new Offer(one.verified(), all);
          });
    } catch (VerificationException e) {
      notices.say("a runtime of the holder " + holder.id() + " is refused: " + e.getMessage());
    }
  }

  /**
   * Fetches the content of a runtime: each holder goes on where the one before stopped.
   *
   * @param file which does not exist yet
   * @return whether the file is the content that the maker signed, every byte of it
   */
  public boolean fetch(Offer offer, Path file) throws IOException, InterruptedException {
    PreparedRuntime runtime = offer.verified().runtime();
    notices.step("pull");
    PullProgress progress = new PullProgress(runtime.content().size(), notices);
    List<Holder> left = new ArrayList<>(offer.holders());
    Set<PeerId> givers = new LinkedHashSet<>();
    for (int round = 0; round < ROUNDS && !left.isEmpty(); round++) {
      for (Holder holder : List.copyOf(left)) {
        try {
          from(holder, runtime, file, givers, progress);
          if (Digest.of(file).equals(runtime.content().digest())) {
            return true;
          }
          notices.say(
              "the runtime of "
                  + givers.stream().map(PeerId::text).collect(Collectors.joining(", "))
                  + " is refused: its bytes are not those that were signed");
          Files.delete(file);
          // Whose bytes are wrong is known only if it gave all of them.
          if (givers.size() == 1) {
            left.removeIf(one -> givers.contains(one.id()));
          }
          givers.clear();
        } catch (FetchException e) {
          notices.say("no more of the runtime comes from " + holder.id() + ": " + e.getMessage());
          if (e.fault() != Fault.UNREACHABLE) {
            left.remove(holder);
          }
          if (e.fault() == Fault.WRONG) {
            Files.deleteIfExists(file);
            givers.clear();
          }
        }
      }
    }
    return false;
  }

  /** Adds the holder to the givers, if bytes of it are in the file. */
  private void from(
      Holder holder, PreparedRuntime runtime, Path file, Set<PeerId> givers, PullProgress progress)
      throws FetchException, IOException, InterruptedException {
    long there = sizeOf(file);
    if (there == runtime.content().size()) {
      // The transfer broke off behind the last byte.
      return;
    }
    notices.awaiting("from " + holder.id());
    try (Fetch.Download download = fetch.runtime(holder, runtime, there)) {
      progress.at(download.from());
      if (download.from() == 0) {
        givers.clear();
      }
      try (OutputStream out = CountedOutput.onto(file, download.from(), progress)) {
        download.into(out, Timeouts.DEFAULT.stall());
      } finally {
        if (sizeOf(file) > download.from()) {
          givers.add(holder.id());
        }
      }
    }
  }

  private static long sizeOf(Path file) throws IOException {
    return Files.exists(file) ? Files.size(file) : 0;
  }
}

package dev.peer.core.find;

import dev.peer.core.find.FetchException.Fault;
import dev.peer.core.id.PeerId;
import dev.peer.core.id.RepoId;
import dev.peer.core.id.RunKey;
import dev.peer.core.progress.Notices;
import dev.peer.core.scratch.ScratchDirectory;
import dev.peer.core.sign.IncomingRecord;
import dev.peer.core.sign.VerificationException;
import dev.peer.core.sign.VerifiedAttestation;
import dev.peer.core.sign.VerifiedRecord;
import dev.peer.core.store.Store;
import dev.peer.core.store.StoredRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Fetches one result from the holders that a rendezvous names. The first attestation that verifies
 * decides which bundle it is. If a holder's answer does not hold, or does not come, it says so with
 * the holder's name and reports it to the rendezvous that named it.
 */
final class ResultPull {

  private final RepoId repo;
  private final RunKey key;
  private final Store store;
  private final Holders holders;
  private final ResultRules rules;
  private final Notices notices;

  /** The holders that have not failed yet. */
  private final List<Holder> left = new ArrayList<>();

  private final Set<PeerId> reported = new HashSet<>();
  private boolean refused;
  private boolean allAboutTime = true;

  /** Asks no holder yet. */
  ResultPull(
      RepoId repo, RunKey key, Store store, Holders holders, ResultRules rules, Notices notices) {
    this.repo = repo;
    this.key = key;
    this.store = store;
    this.holders = holders;
    this.rules = rules;
    this.notices = notices;
  }

  /** Whether a holder sent a result that does not hold, or does not count here. */
  boolean refused() {
    return refused;
  }

  /**
   * The result, if one of these holders gives it.
   *
   * @param named the holders to ask, the best first
   */
  Optional<Replayable> take(List<Holder> named) throws IOException, InterruptedException {
    left.addAll(named);
    notices.step("fetch");
    boolean asked = !left.isEmpty();
    for (Optional<Candidate> one = attestation(); one.isPresent(); one = attestation()) {
      try (Candidate candidate = one.get()) {
        Optional<Replayable> result =
            counts(candidate) ? takeTogether(candidate) : Optional.empty();
        if (result.isPresent()) {
          return result;
        }
        // Others may have signed another result of the same run.
        left.remove(candidate.holder());
      }
      notices.step("fetch");
    }
    if (asked && allAboutTime) {
      notices.say(
          "hint: by the clock here, "
              + Instant.now()
              + ", the certificate of each holder has expired or is yet to begin: see whether the"
              + " clock is right");
    }
    return Optional.empty();
  }

  private boolean counts(Candidate candidate) {
    Optional<String> refusal = rules.acceptance().refusal(candidate.attestation().record());
    if (refusal.isEmpty()) {
      return true;
    }
    notices.say(
        "the result of " + candidate.holder().id() + " does not count here: " + refusal.get());
    refused = true;
    allAboutTime = false;
    return false;
  }

  /**
   * A holder whose attestation holds.
   *
   * @param begun the bundle, where it comes with the attestation
   */
  private record Candidate(
      Holder holder, VerifiedAttestation attestation, Optional<Fetch.Download> begun)
      implements AutoCloseable {

    /** The same, to be asked for the bundle. */
    Candidate asked() {
      return new Candidate(holder, attestation, Optional.empty());
    }

    @Override
    public void close() {
      begun.ifPresent(Fetch.Download::close);
    }
  }

  private Optional<Candidate> attestation() throws InterruptedException {
    notices.awaiting(
        "an answer of " + names(left.stream().map(Holder::id).collect(Collectors.toSet())));
    return new Hedge<Holder, Candidate, FetchException>(
            holders.hedge(),
            holder -> {
              try {
                return new Hedge.Answer.Given<>(ask(holder));
              } catch (VerificationException e) {
                return new Hedge.Answer.Failed<>(wrong(e));
              } catch (FetchException e) {
                return new Hedge.Answer.Failed<>(e);
              }
            },
            this::failed,
            Candidate::close)
        .first(List.copyOf(left));
  }

  private Candidate ask(Holder holder)
      throws VerificationException, FetchException, InterruptedException {
    Fetch.Reply reply = holders.fetch().result(holder, key);
    boolean holds = false;
    try {
      VerifiedAttestation attestation =
          rules.verifier().verify(reply.attestation(), key, holders.fetch().servers(holder));
      holds = true;
      return new Candidate(holder, attestation, reply.bundle());
    } finally {
      if (!holds) {
        reply.close();
      }
    }
  }

  private Optional<Replayable> takeTogether(Candidate candidate)
      throws IOException, InterruptedException {
    List<Holder> others = new ArrayList<>(left);
    others.remove(candidate.holder());
    Set<PeerId> givers = new LinkedHashSet<>();
    SharedChunks source = sourceOf(candidate);
    try (source) {
      return take(candidate, candidate.holder(), others, source, givers);
    } catch (VerificationException e) {
      boolean ofOne = givers.size() == 1 && !source.used();
      if (givers.isEmpty() || ofOne) {
        PeerId giver = ofOne ? givers.iterator().next() : candidate.holder().id();
        failed(named(giver, candidate.holder(), others), wrong(e));
        return Optional.empty();
      }
      refused = true;
      String how = givers.size() == 1 ? " gave in parts" : " gave together";
      notices.say("what " + names(givers) + how + " is refused: " + e.getMessage());
      return takeWhole(candidate, givers, others);
    }
  }

  /** No file is opened for a bundle that is on its way already. */
  private SharedChunks sourceOf(Candidate candidate) {
    return candidate.begun().isPresent()
        ? SharedChunks.none(holders.fetch(), notices)
        : SharedChunks.of(holders.fetch(), candidate.attestation().bundle(), store, repo, notices);
  }

  /** The wrong bytes could be anyone's, so each holder sends all bytes, the last one first. */
  private Optional<Replayable> takeWhole(
      Candidate candidate, Set<PeerId> givers, List<Holder> others)
      throws IOException, InterruptedException {
    for (PeerId giver : List.copyOf(givers).reversed()) {
      Holder holder = named(giver, candidate.holder(), others);
      try {
        SharedChunks source = SharedChunks.none(holders.fetch(), notices);
        Optional<Replayable> result =
            take(candidate.asked(), holder, List.of(), source, new LinkedHashSet<>());
        if (result.isPresent()) {
          return result;
        }
      } catch (VerificationException e) {
        failed(holder, wrong(e));
      }
    }
    return Optional.empty();
  }

  /**
   * Gets the bundle and verifies it on its way.
   *
   * @param source where its bytes come from
   * @param givers receives the peers whose bytes it was made of
   * @return empty if not all of it came
   */
  private Optional<Replayable> take(
      Candidate candidate,
      Holder first,
      List<Holder> others,
      SharedChunks source,
      Set<PeerId> givers)
      throws VerificationException, IOException, InterruptedException {
    ScratchDirectory staged = store.stage();
    try {
      VerifiedAttestation attestation = candidate.attestation();
      BundlePull pull =
          new BundlePull(
              source, attestation.bundle(), holders.hedge(), notices, givers, candidate.begun());
      Optional<VerifiedRecord> verified = receive(attestation, pull, first, others, staged.path());
      if (verified.isEmpty()) {
        staged.close();
        return Optional.empty();
      }
      notices.step("store");
      StoredRecord stored = store.keep(verified.get());
      Delivery delivery =
          Delivery.of(List.copyOf(givers).getLast(), attestation.bundle(), source.here());
      return Optional.of(new Replayable(verified.get(), stored, Optional.of(delivery), staged));
    } catch (VerificationException | IOException | InterruptedException | RuntimeException e) {
      staged.close();
      throw e;
    }
  }

  private Optional<VerifiedRecord> receive(
      VerifiedAttestation attestation,
      BundlePull pull,
      Holder first,
      List<Holder> others,
      Path directory)
      throws VerificationException, IOException, InterruptedException {
    Path unpacked = Files.createDirectory(directory.resolve("unpacked"));
    try (IncomingRecord incoming =
        rules.verifier().receive(attestation, directory.resolve("bundle"), unpacked)) {
      if (!pull.pull(incoming, first, others, this::failed)) {
        return Optional.empty();
      }
      notices.step("verify");
      return Optional.of(incoming.finish());
    }
  }

  private void failed(Holder holder, FetchException e) {
    left.remove(holder);
    notices.say(describe(holder.id(), e));
    refused |= e.fault() == Fault.WRONG;
    allAboutTime &= e.isAboutTime();
    // If this clock may be wrong, report nobody.
    if (!e.isAboutTime() && reported.add(holder.id())) {
      holders.lookup().report(repo, key, holder.id(), e.fault());
    }
  }

  private static String describe(PeerId holder, FetchException e) {
    return switch (e.fault()) {
      case UNREACHABLE -> "the holder " + holder + " cannot be reached: " + e.getMessage();
      case REFUSED -> "the holder " + holder + " does not give the result: " + e.getMessage();
      case WRONG -> "the result of " + holder + " is refused: " + e.getMessage();
    };
  }

  private static FetchException wrong(VerificationException e) {
    return new FetchException(Fault.WRONG, e.getMessage(), e);
  }

  /** A peer can appear once for each of its processes: any of them stands for it. */
  private static Holder named(PeerId id, Holder first, List<Holder> others) {
    return others.stream().filter(other -> other.id().equals(id)).findFirst().orElse(first);
  }

  private static String names(Set<PeerId> peers) {
    return peers.stream().map(PeerId::text).sorted().collect(Collectors.joining(", "));
  }
}

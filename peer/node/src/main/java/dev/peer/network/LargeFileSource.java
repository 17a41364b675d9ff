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
import dev.peer.core.id.PeerId;
import dev.peer.core.id.RepoId;
import dev.peer.core.progress.Notices;
import dev.peer.core.record.Content;
import dev.peer.lfs.KeptObjects;
import dev.peer.lfs.ObjectDirectory;
import dev.peer.report.Facts;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Where files of Git LFS come from that are not on this machine: other peers. A file that a holder
 * gives counts only by its size and SHA-256, whoever the holder is; one that gives another is not
 * asked again.
 */
public final class LargeFileSource {

  private final KeptObjects kept;
  private final Optional<RendezvousLookup> lookup;
  private final HolderFetch fetch;
  private final Notices notices;

  /** Opens no connection yet. Lookup and fetch stay their owner's to close. */
  LargeFileSource(
      KeptObjects kept, Optional<RendezvousLookup> lookup, HolderFetch fetch, Notices notices) {
    this.kept = kept;
    this.lookup = lookup;
    this.fetch = fetch;
    this.notices = notices;
  }

  /**
   * Gets as many contents as the peers give, each whole or not at all.
   *
   * @return why some may still be missing
   */
  public String pull(RepoId repo, Collection<Content> missing)
      throws IOException, InterruptedException {
    notices.step("pull");
    if (lookup.isEmpty()) {
      return "PEER_RENDEZVOUS is not set, so no peer can be asked";
    }
    return switch (lookup.get().findLargeFiles(repo)) {
      case LookupResult.Found found when !found.holders().isEmpty() -> {
        new Pull(repo, found.holders()).pull(missing);
        yield "no holder gives it; asked "
            + found.holders().stream()
                .map(holder -> holder.id().text())
                .distinct()
                .sorted()
                .collect(Collectors.joining(", "));
      }
      case LookupResult.Found _, LookupResult.Absent _ ->
          "no peer that the rendezvous knows has files of Git LFS of " + repo;
      case LookupResult.Unavailable unavailable ->
          "the rendezvous cannot be asked for its holders: " + unavailable.why();
    };
  }

  /** One repository's contents, from the holders that are left. */
  private final class Pull {

    private final RepoId repo;
    private final List<Holder> left;
    private final Set<PeerId> refusing = new HashSet<>();

    Pull(RepoId repo, List<Holder> holders) {
      this.repo = repo;
      this.left = new ArrayList<>(holders);
    }

    void pull(Collection<Content> missing) throws IOException, InterruptedException {
      long bytes = missing.stream().mapToLong(Content::size).sum();
      notices.say(
          "getting "
              + missing.size()
              + " files of Git LFS ("
              + Facts.mebibytes(bytes)
              + ") from peers");
      PullProgress progress = new PullProgress(bytes, notices);
      long before = 0;
      for (Content content : missing) {
        progress.at(before);
        pull(content, progress);
        before += content.size();
      }
    }

    private void pull(Content content, PullProgress progress)
        throws IOException, InterruptedException {
      for (Holder holder : List.copyOf(left)) {
        try {
          from(holder, content, progress);
          return;
        } catch (FetchException e) {
          failed(holder, e);
        }
      }
    }

    private void from(Holder holder, Content content, PullProgress progress)
        throws FetchException, IOException, InterruptedException {
      notices.awaiting("from " + holder.id());
      try (KeptObjects.NewObject added = kept.take(repo, content);
          Fetch.Download download = fetch.largeFile(holder, repo, content)) {
        try (OutputStream out = new CountedOutput(Files.newOutputStream(added.file()), progress)) {
          download.into(out, Timeouts.DEFAULT.stall());
        }
        added.keep();
      } catch (ObjectDirectory.DamagedException e) {
        throw new FetchException(
            Fault.WRONG, holder.id() + " gave other bytes than " + content.digest() + " has", e);
      }
    }

    /** A holder need not have every file. */
    private void failed(Holder holder, FetchException e) {
      if (e.fault() == Fault.REFUSED) {
        if (refusing.add(holder.id())) {
          notices.say(
              "the holder " + holder.id() + " does not give a file of Git LFS: " + e.getMessage());
        }
        return;
      }
      notices.say("no more files of Git LFS come from " + holder.id() + ": " + e.getMessage());
      left.remove(holder);
      lookup.orElseThrow().reportLargeFiles(repo, holder.id(), e.fault());
    }
  }
}

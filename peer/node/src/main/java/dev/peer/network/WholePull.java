package dev.peer.network;

import dev.peer.client.Timeouts;
import dev.peer.client.fetch.CountedOutput;
import dev.peer.client.fetch.HolderFetch;
import dev.peer.core.find.Fetch;
import dev.peer.core.find.FetchException;
import dev.peer.core.find.FetchException.Fault;
import dev.peer.core.find.Holder;
import dev.peer.core.id.Digest;
import dev.peer.core.id.PeerId;
import dev.peer.core.progress.Notices;
import dev.peer.core.record.Content;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Gets all bytes of a runtime's content, from one holder after the other. */
final class WholePull {

  /** How often a holder whose transfers break off is asked. */
  private static final int ROUNDS = 3;

  private final HolderFetch.RuntimeFetch fetch;
  private final Content content;
  private final List<Holder> left;
  private final Notices notices;

  /** The peers whose bytes are in the file. */
  private final Set<PeerId> givers = new LinkedHashSet<>();

  /** Whether bytes of several peers were wrong together: from then on each must give all. */
  private boolean mixed;

  /**
   * Asks no holder yet.
   *
   * @param holders the best first
   */
  WholePull(
      HolderFetch.RuntimeFetch fetch, Content content, List<Holder> holders, Notices notices) {
    this.fetch = fetch;
    this.content = content;
    this.left = new ArrayList<>(holders);
    this.notices = notices;
  }

  /**
   * Gets it: each holder goes on where the one before stopped.
   *
   * @param file may have the first bytes already
   * @return whether the file is the content that the maker signed, every byte of it
   */
  boolean pull(Path file) throws IOException, InterruptedException {
    for (int round = 0; round < ROUNDS && !left.isEmpty(); round++) {
      for (Holder holder : List.copyOf(left)) {
        try {
          from(holder, file);
          if (Digest.of(file).equals(content.digest())) {
            return true;
          }
          Files.delete(file);
          RuntimePull.sayRefused("the runtime of " + RuntimePull.names(givers), notices);
          // Whose bytes are wrong is known only if it gave all of them.
          mixed |= givers.size() > 1;
          if (givers.size() == 1) {
            left.removeIf(one -> givers.contains(one.id()));
          }
          givers.clear();
        } catch (FetchException e) {
          notices.say("no more of the runtime comes from " + holder.id() + ": " + e.getMessage());
          if (e.fault() != Fault.UNREACHABLE) {
            left.remove(holder);
          }
          if (e.fault() == Fault.WRONG || mixed) {
            Files.deleteIfExists(file);
            givers.clear();
          }
        }
      }
    }
    return false;
  }

  /** Adds the holder to the givers, if bytes of it are in the file. */
  private void from(Holder holder, Path file)
      throws FetchException, IOException, InterruptedException {
    long there = Files.exists(file) ? Files.size(file) : 0;
    if (there == content.size()) {
      // The transfer broke off behind the last byte.
      return;
    }
    notices.awaiting("from " + holder.id());
    PullProgress progress = new PullProgress(content.size(), notices);
    try (Fetch.Download download = fetch.content(holder, content, there)) {
      progress.at(download.from());
      if (download.from() == 0) {
        givers.clear();
      }
      try (OutputStream out = CountedOutput.onto(file, download.from(), progress)) {
        download.into(out, Timeouts.DEFAULT.stall());
      } finally {
        if (Files.size(file) > download.from()) {
          givers.add(holder.id());
        }
      }
    }
  }
}

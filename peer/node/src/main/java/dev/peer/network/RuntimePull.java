package dev.peer.network;

import dev.peer.client.Timeouts;
import dev.peer.client.fetch.CountedOutput;
import dev.peer.client.fetch.HolderFetch;
import dev.peer.core.find.Fetch;
import dev.peer.core.find.FetchException;
import dev.peer.core.find.FetchException.Fault;
import dev.peer.core.find.Holder;
import dev.peer.core.find.SharedChunks;
import dev.peer.core.id.Digest;
import dev.peer.core.id.PeerId;
import dev.peer.core.progress.Notices;
import dev.peer.core.record.Content;
import dev.peer.core.record.PreparedRuntime;
import dev.peer.core.store.HeldChunks;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** The content of one runtime on its way here, from one holder after the other. */
final class RuntimePull {

  /** How often a holder whose transfers break off is asked. */
  private static final int ROUNDS = 3;

  private final HolderFetch fetch;
  private final PreparedRuntime runtime;
  private final Content content;
  private final Notices notices;
  private final PullProgress progress;

  /** The peers whose bytes are in the file. */
  private final Set<PeerId> givers = new LinkedHashSet<>();

  /** Whether bytes of several peers were wrong together: from then on each must give all. */
  private boolean mixed;

  RuntimePull(HolderFetch fetch, PreparedRuntime runtime, Notices notices) {
    this.fetch = fetch;
    this.runtime = runtime;
    this.content = runtime.content();
    this.notices = notices;
    progress = new PullProgress(content.size(), notices);
  }

  /**
   * Gets it.
   *
   * @param held chunks that need not be moved
   * @param file which does not exist yet
   * @return whether the file is the content that the maker signed, every byte of it
   */
  boolean pull(HeldChunks held, List<Holder> holders, Path file)
      throws IOException, InterruptedException {
    SharedChunks source = source(held);
    List<Holder> left = new ArrayList<>(holders);
    for (int round = 0; round < ROUNDS && !left.isEmpty(); round++) {
      for (Holder holder : List.copyOf(left)) {
        try {
          from(holder, source, file);
          if (Digest.of(file).equals(content.digest())) {
            return true;
          }
          Files.delete(file);
          if (source.used()) {
            sayRefused("what " + names() + " gave in parts");
            source = source(HeldChunks.none());
          } else {
            sayRefused("the runtime of " + names());
            // Whose bytes are wrong is known only if it gave all of them.
            mixed |= givers.size() > 1;
            if (givers.size() == 1) {
              left.removeIf(one -> givers.contains(one.id()));
            }
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

  private SharedChunks source(HeldChunks held) {
    return new SharedChunks(
        fetch.runtimes(runtime.disk().repo(), runtime.disk().image()),
        SharedChunks.Kind.RUNTIME,
        held,
        notices);
  }

  private void sayRefused(String what) {
    notices.say(what + " is refused: its bytes are not those that were signed");
  }

  private String names() {
    return givers.stream().map(PeerId::text).collect(Collectors.joining(", "));
  }

  /** Adds the holder to the givers, if bytes of it are in the file. */
  private void from(Holder holder, SharedChunks source, Path file)
      throws FetchException, IOException, InterruptedException {
    long there = sizeOf(file);
    if (there == content.size()) {
      // The transfer broke off behind the last byte.
      return;
    }
    notices.awaiting("from " + holder.id());
    try (Fetch.Download download = source.content(holder, content, there)) {
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

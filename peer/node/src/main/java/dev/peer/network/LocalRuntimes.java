package dev.peer.network;

import dev.peer.client.fetch.HolderFetch;
import dev.peer.core.access.AccessRules;
import dev.peer.core.access.Verb;
import dev.peer.core.chunk.ChunkList;
import dev.peer.core.find.Holder;
import dev.peer.core.id.RepoId;
import dev.peer.core.progress.Notices;
import dev.peer.core.store.ListedChunks;
import dev.peer.vm.snapshot.ServedRuntimes;
import java.io.IOException;
import java.util.List;
import java.util.function.Supplier;

/**
 * The runtimes that are here, whose chunks need not be moved.
 *
 * <p>A holder learns from what it is asked for which chunks are here, and with a list that lies it
 * can find that out of any chunk. So the runtimes of another repository count only where each
 * holder could fetch them from this peer as well.
 *
 * @param rules supplies the current rules for fetching from this peer
 */
public record LocalRuntimes(ServedRuntimes kept, Supplier<AccessRules> rules) {

  /** In how many of them chunks are looked for. */
  private static final int MOST = 16;

  /** Holds those that count for a runtime of a repository, if it comes from these holders. */
  Held hold(RepoId repo, List<Holder> holders, HolderFetch fetch, Notices notices) {
    AccessRules now = rules.get();
    try {
      return new Held(
          kept.hold(
              repo,
              other ->
                  holders.stream()
                      .map(fetch::asCaller)
                      .allMatch(
                          caller ->
                              caller.isPresent() && now.admits(Verb.FETCH, caller.get(), other)),
              MOST),
          notices);
    } catch (IOException e) {
      sayUnread(notices, e);
      return new Held(List.of(), notices);
    }
  }

  private static void sayUnread(Notices notices, IOException e) {
    notices.say("the runtimes that are here are not looked at for chunks: " + e.getMessage());
  }

  /** Runtimes that nothing drops before this is closed. */
  record Held(List<ServedRuntimes.Claim> runtimes, Notices notices) implements AutoCloseable {

    boolean isEmpty() {
      return runtimes.isEmpty();
    }

    /** Those of a repository and a guest image, the last used first. */
    List<ServedRuntimes.Claim> of(ServedRuntimes.Name name) {
      return runtimes.stream().filter(runtime -> runtime.name().equals(name)).toList();
    }

    /** Those of some chunks that are here; none, and a notice, if that cannot be read. */
    ListedChunks find(ChunkList wanted) {
      try {
        return ListedChunks.find(
            wanted,
            runtimes.stream()
                .map(runtime -> new ListedChunks.Listed(runtime.content(), runtime.chunks()))
                .toList());
      } catch (IOException e) {
        sayUnread(notices, e);
        return ListedChunks.none();
      }
    }

    @Override
    public void close() throws IOException {
      for (ServedRuntimes.Claim runtime : runtimes) {
        runtime.hold().close();
      }
    }
  }
}

package dev.peer.core.find;

import dev.peer.core.find.FetchException.Fault;
import dev.peer.core.id.PeerId;
import dev.peer.core.progress.Notices;
import dev.peer.core.record.Content;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;

/**
 * One bundle on its way into a file: where a transfer breaks off or stalls, another holder of the
 * same bundle goes on from the byte that was reached. Whether the bytes are right shows only when
 * all of them are there, and is for others to check.
 */
final class BundlePull {

  /** How often a holder whose transfer broke off is asked. */
  private static final int ROUNDS = 2;

  /** Without a byte while another holder can still be asked; nothing is lost by turning to it. */
  private static final Duration PAUSE = Duration.ofMillis(500);

  private static final Duration LAST_PAUSE = Duration.ofSeconds(10);

  private final Fetch fetch;
  private final Content bundle;
  private final Path file;
  private final Duration hedge;
  private final Notices notices;
  private final Set<PeerId> givers = new LinkedHashSet<>();

  BundlePull(Fetch fetch, Content bundle, Path file, Duration hedge, Notices notices) {
    this.fetch = fetch;
    this.bundle = bundle;
    this.file = file;
    this.hedge = hedge;
    this.notices = notices;
  }

  /** Whose bytes the file is made of. */
  Set<PeerId> givers() {
    return givers;
  }

  /**
   * Gets all of it, if the holders give it.
   *
   * @param attester the holder that attested it; it is asked first
   * @param others may have the same bundle or another one
   * @param failed told of each failure; that another holder has another bundle is none
   */
  boolean pull(Holder attester, List<Holder> others, BiConsumer<Holder, FetchException> failed)
      throws IOException, InterruptedException {
    List<Holder> able = new ArrayList<>(others);
    able.addFirst(attester);
    for (int round = 0; round < ROUNDS; round++) {
      List<Holder> waiting = new ArrayList<>(able);
      while (!waiting.isEmpty()) {
        Optional<Source> source =
            open(
                waiting,
                (holder, e) -> {
                  waiting.remove(holder);
                  able.remove(holder);
                  if (holder.equals(attester) || e.fault() != Fault.REFUSED) {
                    failed.accept(holder, e);
                  }
                });
        if (source.isPresent()) {
          Holder holder = source.get().holder();
          waiting.remove(holder);
          try {
            take(source.get(), waiting.isEmpty() ? LAST_PAUSE : PAUSE);
            return true;
          } catch (FetchException e) {
            if (e.fault() != Fault.UNREACHABLE) {
              able.remove(holder);
            }
            failed.accept(holder, e);
          }
        }
      }
    }
    return false;
  }

  private record Source(Holder holder, Fetch.Download download) {}

  private Optional<Source> open(List<Holder> holders, BiConsumer<Holder, FetchException> failed)
      throws IOException, InterruptedException {
    long there = there();
    return new Hedge<Holder, Source, FetchException>(
            hedge,
            holder -> {
              try {
                return new Hedge.Answer.Given<>(
                    new Source(holder, fetch.bundle(holder, bundle, there)));
              } catch (FetchException e) {
                return new Hedge.Answer.Failed<>(e);
              }
            },
            failed,
            source -> source.download().close())
        .first(List.copyOf(holders));
  }

  private void take(Source source, Duration pause)
      throws FetchException, IOException, InterruptedException {
    PeerId holder = source.holder().id();
    try (Fetch.Download download = source.download()) {
      long from = download.from();
      if (from == 0) {
        givers.clear();
      } else {
        notices.say("going on with " + holder + " at byte " + from + " of the bundle");
      }
      notices.awaiting("from " + holder);
      AtomicLong there = new AtomicLong(from);
      try {
        download.into(file, pause, more -> notices.moved(there.addAndGet(more), bundle.size()));
        givers.add(holder);
      } catch (FetchException e) {
        if (e.fault() == Fault.WRONG) {
          cut(from);
        } else if (there() > from) {
          givers.add(holder);
        }
        throw e;
      }
    }
  }

  private long there() throws IOException {
    return Files.exists(file) ? Files.size(file) : 0;
  }

  /** Removes the bytes of a holder that must not be used. */
  private void cut(long size) throws IOException {
    if (Files.exists(file)) {
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
        channel.truncate(size);
      }
    }
  }
}

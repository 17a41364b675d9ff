package dev.peer.core.find;

import dev.peer.core.find.FetchException.Fault;
import dev.peer.core.id.PeerId;
import dev.peer.core.progress.Notices;
import dev.peer.core.record.Content;
import dev.peer.core.sign.IncomingRecord;
import dev.peer.core.sign.VerificationException;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;

/**
 * One bundle on its way here: where a transfer breaks off or stalls, another holder of the same
 * bundle goes on from the byte that was reached. Whether the bytes are right shows only when all of
 * them are there, and is for the taker to check.
 */
final class BundlePull {

  /** How often a holder whose transfer broke off is asked. */
  private static final int ROUNDS = 2;

  /** Without a byte while another holder can still be asked; nothing is lost by turning to it. */
  private static final Duration PAUSE = Duration.ofMillis(500);

  private static final Duration LAST_PAUSE = Duration.ofSeconds(10);

  private final SharedChunks source;
  private final Content bundle;
  private final Duration hedge;
  private final Notices notices;
  private final Set<PeerId> givers;
  private final Optional<Fetch.Download> begun;

  /**
   * Asks no holder yet.
   *
   * @param givers receives the peers whose bytes the bundle is made of, as they come
   * @param begun its bytes, where they are on their way from the attester
   */
  BundlePull(
      SharedChunks source,
      Content bundle,
      Duration hedge,
      Notices notices,
      Set<PeerId> givers,
      Optional<Fetch.Download> begun) {
    this.source = source;
    this.bundle = bundle;
    this.hedge = hedge;
    this.notices = notices;
    this.givers = givers;
    this.begun = begun;
  }

  /**
   * Gets all of it, if the holders give it.
   *
   * @param taker gets the bytes, each once
   * @param attester the holder that attested it; it is asked first
   * @param others may have the same bundle or another one
   * @param failed told of each failure; that another holder has another bundle is none
   * @throws VerificationException if a holder gave another number of bytes than it has
   */
  boolean pull(
      IncomingRecord taker,
      Holder attester,
      List<Holder> others,
      BiConsumer<Holder, FetchException> failed)
      throws VerificationException, IOException, InterruptedException {
    List<Holder> able = new ArrayList<>(others);
    able.addFirst(attester);
    if (begun.isPresent()) {
      Source source = new Source(attester, begun.get());
      if (takes(source, taker, others.isEmpty() ? LAST_PAUSE : PAUSE, failed)) {
        return true;
      }
    }
    for (int round = 0; round < ROUNDS; round++) {
      List<Holder> waiting = new ArrayList<>(able);
      while (!waiting.isEmpty()) {
        Optional<Source> source =
            open(
                waiting,
                taker.size(),
                (holder, e) -> {
                  waiting.remove(holder);
                  able.remove(holder);
                  if (holder.equals(attester) || e.fault() != Fault.REFUSED) {
                    failed.accept(holder, e);
                  }
                });
        if (source.isPresent()) {
          waiting.remove(source.get().holder());
          if (takes(source.get(), taker, waiting.isEmpty() ? LAST_PAUSE : PAUSE, failed)) {
            return true;
          }
        }
      }
    }
    return false;
  }

  private record Source(Holder holder, Fetch.Download download) {}

  private Optional<Source> open(
      List<Holder> holders, long there, BiConsumer<Holder, FetchException> failed)
      throws InterruptedException {
    return new Hedge<Holder, Source, FetchException>(
            hedge,
            holder -> {
              try {
                return new Hedge.Answer.Given<>(
                    new Source(holder, source.bundle(holder, bundle, there)));
              } catch (FetchException e) {
                return new Hedge.Answer.Failed<>(e);
              }
            },
            failed,
            source -> source.download().close())
        .first(List.copyOf(holders));
  }

  /** Whether it gives all that is left; what it does behind the last byte is of no interest. */
  private boolean takes(
      Source source,
      IncomingRecord taker,
      Duration pause,
      BiConsumer<Holder, FetchException> failed)
      throws VerificationException, IOException, InterruptedException {
    try {
      take(source, taker, pause);
      return true;
    } catch (FetchException e) {
      if (e.fault() == Fault.WRONG) {
        // Also one that gave nothing yet.
        givers.add(source.holder().id());
        throw new VerificationException(e.getMessage(), e);
      }
      if (taker.size() >= bundle.size()) {
        return true;
      }
      failed.accept(source.holder(), e);
      return false;
    }
  }

  private void take(Source source, IncomingRecord taker, Duration pause)
      throws FetchException, IOException, InterruptedException {
    PeerId holder = source.holder().id();
    try (Fetch.Download download = source.download()) {
      if (taker.size() > 0) {
        notices.say("going on with " + holder + " at byte " + taker.size() + " of the bundle");
      }
      notices.awaiting("from " + holder);
      download.into(new Rest(download.from(), taker, holder), pause);
    }
  }

  /** Takes one holder's bytes, without those that are here already. */
  private final class Rest extends OutputStream {

    private final IncomingRecord taker;
    private final PeerId holder;
    private long at;

    Rest(long from, IncomingRecord taker, PeerId holder) {
      this.taker = taker;
      this.holder = holder;
      at = from;
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] buffer, int offset, int length) throws IOException {
      int known = (int) Math.min(length, taker.size() - at);
      at += length;
      if (known < length) {
        givers.add(holder);
        taker.write(buffer, offset + known, length - known);
        notices.moved(taker.size(), bundle.size());
      }
    }
  }
}

package dev.peer.network;

import dev.peer.client.fetch.HolderFetch;
import dev.peer.core.find.FetchException;
import dev.peer.core.find.Holder;
import dev.peer.core.id.Digest;
import dev.peer.core.progress.Notices;
import dev.peer.core.record.Content;
import dev.peer.core.record.DeltaReader;
import dev.peer.core.record.MalformedException;
import dev.peer.core.scratch.DurableFile;
import dev.peer.vm.snapshot.HeldRuntime;
import dev.peer.vm.snapshot.ServedRuntimes;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Makes the content of one runtime of a former one that is here, as a holder says how. */
final class DeltaPull {

  /** How many holders are asked, and of how many former runtimes: each question takes a while. */
  private static final int MOST_ASKED = 2;

  private final HolderFetch.RuntimeFetch fetch;
  private final Content content;
  private final List<ServedRuntimes.Claim> formers;
  private final List<Holder> holders;
  private final Notices notices;

  /**
   * Asks no holder yet.
   *
   * @param formers the runtimes of the same repository and guest image, the likeliest first
   * @param holders the best first
   */
  DeltaPull(
      HolderFetch.RuntimeFetch fetch,
      Content content,
      List<ServedRuntimes.Claim> formers,
      List<Holder> holders,
      Notices notices) {
    this.fetch = fetch;
    this.content = content;
    this.formers = formers.stream().limit(MOST_ASKED).toList();
    this.holders = holders.stream().limit(MOST_ASKED).toList();
    this.notices = notices;
  }

  /** Asks one holder about one of the former runtimes. */
  @FunctionalInterface
  private interface Question<T> {

    Optional<T> ask(Holder holder, ServedRuntimes.Claim former)
        throws FetchException, IOException, InterruptedException;
  }

  /** How many bytes must be moved; empty: the holders do not say how it is made. */
  Optional<Long> size() throws IOException, InterruptedException {
    return first((holder, former) -> fetch.deltaSize(holder, content, former.digest()));
  }

  /**
   * Makes it.
   *
   * @param file which does not exist; the delta is beside it then, to be served on
   * @return whether the file is the content that the maker signed, every byte of it
   */
  boolean pull(Path file) throws IOException, InterruptedException {
    return first((holder, former) -> made(holder, former, file)).isPresent();
  }

  private <T> Optional<T> first(Question<T> question) throws IOException, InterruptedException {
    for (Holder holder : holders) {
      for (ServedRuntimes.Claim former : formers) {
        try {
          Optional<T> answer = question.ask(holder, former);
          if (answer.isPresent()) {
            return answer;
          }
        } catch (FetchException e) {
          notices.say(e.getMessage());
        }
      }
    }
    return Optional.empty();
  }

  private Optional<Path> made(Holder holder, ServedRuntimes.Claim former, Path file)
      throws FetchException, IOException, InterruptedException {
    notices.awaiting("from " + holder.id());
    Optional<byte[]> delta = fetch.delta(holder, content, former.digest());
    if (delta.isEmpty()) {
      return Optional.empty();
    }
    if (!make(delta.get(), holder, former, file)) {
      Files.delete(file);
      return Optional.empty();
    }
    DurableFile.write(HeldRuntime.delta(file, former.digest()), delta.get());
    new PullProgress(content.size(), notices).accept(content.size());
    RuntimePull.sayMoved(delta.get().length, content, List.of(holder.id()), notices);
    return Optional.of(file);
  }

  private boolean make(byte[] delta, Holder holder, ServedRuntimes.Claim former, Path file)
      throws IOException {
    try (OutputStream out = Files.newOutputStream(file)) {
      if (!DeltaReader.read(delta, former.content(), content.size(), out)) {
        // The holder has another version of peer, and is not wrong.
        return false;
      }
    } catch (MalformedException e) {
      sayRefused(holder, former);
      return false;
    }
    if (!Digest.of(file).equals(content.digest())) {
      sayRefused(holder, former);
      return false;
    }
    return true;
  }

  private void sayRefused(Holder holder, ServedRuntimes.Claim former) throws IOException {
    if (Digest.of(former.content()).equals(former.digest())) {
      RuntimePull.sayRefused("the delta of " + holder.id(), notices);
    } else {
      notices.say("the runtime " + former.digest() + " that is here is damaged");
    }
  }
}

package dev.peer.client;

import dev.peer.core.flow.Holder;
import dev.peer.core.flow.Lookup;
import dev.peer.core.flow.LookupResult;
import dev.peer.core.id.Digest;
import dev.peer.core.id.RepoId;
import dev.peer.core.id.RunKey;
import dev.peer.core.record.MalformedException;
import dev.peer.tls.TlsClient;
import dev.peer.tls.TlsIdentity;
import dev.peer.wire.HolderList;
import dev.peer.wire.Problem;
import dev.peer.wire.RendezvousPath;
import dev.peer.wire.ResultState;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Asks one rendezvous after the other until one answers. */
public final class RendezvousLookup implements Lookup, AutoCloseable {

  private final List<URI> rendezvous;
  private final Asker asker;

  /**
   * Opens no connection yet.
   *
   * @param rendezvous at least one, as {@link dev.peer.wire.PeerAddress} reads them
   */
  public RendezvousLookup(TlsIdentity identity, List<URI> rendezvous, Patience patience) {
    if (rendezvous.isEmpty()) {
      throw new IllegalArgumentException("at least one rendezvous is needed");
    }
    this.rendezvous = List.copyOf(rendezvous);
    asker = new Asker(TlsClient.ofService(identity, patience.connect()), patience);
  }

  @Override
  public LookupResult find(RepoId repo, RunKey key) throws InterruptedException {
    return ask(new RendezvousPath.Result(repo, key), Problem.Kind.NO_SUCH_RESULT);
  }

  /** Who is said to hold a guest image. */
  public LookupResult find(Digest image) throws InterruptedException {
    return ask(new RendezvousPath.Image(image), Problem.Kind.NO_SUCH_IMAGE);
  }

  private LookupResult ask(RendezvousPath path, Problem.Kind absent) throws InterruptedException {
    List<String> failures = new ArrayList<>();
    for (URI address : rendezvous) {
      try {
        Asker.Answer answer = asker.ask("GET", URI.create(address + path.text()), Optional.empty());
        if (answer.status() == 200) {
          return found(HolderList.parse(answer.body()));
        }
        if (answer.is(absent)) {
          return new LookupResult.Absent();
        }
        failures.add(address.getAuthority() + ": " + answer.why());
      } catch (MalformedException e) {
        failures.add(address.getAuthority() + ": nonsense: " + Asker.why(e));
      } catch (IOException e) {
        failures.add(Asker.why(e));
      }
    }
    return new LookupResult.Unavailable(String.join("; ", failures));
  }

  /** Must be done before the process ends. */
  @Override
  public void close() {
    asker.close();
  }

  private static LookupResult found(HolderList list) {
    return new LookupResult.Found(
        holders(list, ResultState.PASSED),
        holders(list, ResultState.RUNNING),
        holders(list, ResultState.FAILED));
  }

  private static List<Holder> holders(HolderList list, ResultState state) {
    return list.in(state).stream()
        .map(entry -> new Holder(entry.peer(), entry.addresses()))
        .toList();
  }
}

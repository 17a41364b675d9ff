package dev.peer.client.rendezvous;

import dev.peer.client.BoundedHttpClient;
import dev.peer.client.Timeouts;
import dev.peer.client.fetch.LivenessProbe;
import dev.peer.core.find.FetchException;
import dev.peer.core.find.FollowResult;
import dev.peer.core.find.Hedge;
import dev.peer.core.find.Holder;
import dev.peer.core.find.Lookup;
import dev.peer.core.find.LookupResult;
import dev.peer.core.id.Digest;
import dev.peer.core.id.PeerId;
import dev.peer.core.id.RepoId;
import dev.peer.core.id.RunKey;
import dev.peer.core.record.MalformedException;
import dev.peer.core.trust.UntrustedCertificateException;
import dev.peer.tls.TlsClient;
import dev.peer.tls.TlsIdentity;
import dev.peer.wire.AddressScope;
import dev.peer.wire.HolderList;
import dev.peer.wire.LargeFilesKey;
import dev.peer.wire.Problem;
import dev.peer.wire.RendezvousPath;
import dev.peer.wire.ResultState;
import dev.peer.wire.RuntimesKey;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Asks the first rendezvous, and the next one beside it when it says nothing, until one answers.
 */
public final class RendezvousLookup implements Lookup, AutoCloseable {

  private final List<URI> rendezvous;
  private final Timeouts patience;
  private final BoundedHttpClient asker;
  private final Statements statements;
  private volatile URI lastToAnswer;

  /**
   * Opens no connection yet.
   *
   * @param rendezvous at least one, as {@link dev.peer.wire.PeerAddress} reads them
   */
  public RendezvousLookup(TlsIdentity identity, List<URI> rendezvous, Timeouts patience) {
    if (rendezvous.isEmpty()) {
      throw new IllegalArgumentException("at least one rendezvous is needed");
    }
    this.rendezvous = List.copyOf(rendezvous);
    this.patience = patience;
    asker = new BoundedHttpClient(TlsClient.ofService(identity, patience.connect()), patience);
    statements = new Statements(asker, patience.lookup());
    lastToAnswer = rendezvous.getFirst();
  }

  @Override
  public LookupResult find(RepoId repo, RunKey key) throws InterruptedException {
    return ask(new RendezvousPath.Result(repo, key), Problem.Kind.NO_SUCH_RESULT);
  }

  /** The peers that are said to hold a guest image. */
  public LookupResult find(Digest image) throws InterruptedException {
    return ask(new RendezvousPath.Image(image), Problem.Kind.NO_SUCH_IMAGE);
  }

  /** The peers that are said to serve files of Git LFS of a repository. */
  public LookupResult findLargeFiles(RepoId repo) throws InterruptedException {
    return find(repo, LargeFilesKey.of(repo));
  }

  /** Says that a peer which {@link #findLargeFiles} named does not bear that out. */
  public void reportLargeFiles(RepoId repo, PeerId holder, FetchException.Fault fault) {
    report(repo, LargeFilesKey.of(repo), holder, fault);
  }

  /** The peers that are said to serve runtimes of a repository, prepared with a guest image. */
  public LookupResult findRuntimes(RepoId repo, Digest image) throws InterruptedException {
    return find(repo, RuntimesKey.of(repo, image));
  }

  private LookupResult ask(RendezvousPath path, Problem.Kind absent) throws InterruptedException {
    List<ServerFailure> failures = new ArrayList<>();
    Optional<ServerAnswer> answer =
        new Hedge<URI, ServerAnswer, ServerFailure>(
                patience.hedge(),
                address -> ask(address, path, absent),
                (_, failure) -> failures.add(failure),
                _ -> {})
            .first(rendezvous);
    answer.ifPresent(answered -> lastToAnswer = answered.by());
    return answer
        .map(ServerAnswer::result)
        .orElseGet(() -> new LookupResult.Unavailable(describe(failures)));
  }

  private record ServerAnswer(URI by, LookupResult result) {}

  private record ServerFailure(String why, boolean aboutTime) {}

  private Hedge.Answer<ServerAnswer, ServerFailure> ask(
      URI address, RendezvousPath path, Problem.Kind absent) throws InterruptedException {
    try {
      URI asked = URI.create(address + path.text());
      BoundedHttpClient.Answer answer =
          LivenessProbe.<BoundedHttpClient.Answer, IOException>whilePresent(
              address, () -> asker.ask("GET", asked, Optional.empty(), patience.lookup()));
      if (answer.status() == 200) {
        return new Hedge.Answer.Given<>(
            new ServerAnswer(
                address, found(HolderList.parse(answer.body()), address, asker.serverOf(answer))));
      }
      return answer.is(absent)
          ? new Hedge.Answer.Given<>(new ServerAnswer(address, new LookupResult.Absent()))
          : failed(address.getAuthority() + ": " + answer.why());
    } catch (MalformedException e) {
      return failed(address.getAuthority() + ": nonsense: " + BoundedHttpClient.why(e));
    } catch (IOException e) {
      return new Hedge.Answer.Failed<>(
          new ServerFailure(
              BoundedHttpClient.why(e), UntrustedCertificateException.isAboutTime(e)));
    }
  }

  private static Hedge.Answer<ServerAnswer, ServerFailure> failed(String why) {
    return new Hedge.Answer.Failed<>(new ServerFailure(why, false));
  }

  private static String describe(List<ServerFailure> failures) {
    String all = failures.stream().map(ServerFailure::why).collect(Collectors.joining("; "));
    return failures.stream().allMatch(ServerFailure::aboutTime)
        ? all + " (by the clock here it is " + Instant.now() + ": see whether that is right)"
        : all;
  }

  @Override
  public void report(RepoId repo, RunKey key, PeerId holder, FetchException.Fault fault) {
    statements.report(lastToAnswer, repo, key, holder, fault);
  }

  /**
   * Tells the rendezvous that named a holder that its result was taken instead of a run. Returns at
   * once, without knowing whether that arrives.
   */
  public void tellHit(RepoId repo, RunKey key, PeerId holder, Duration saved) {
    statements.hit(lastToAnswer, repo, key, holder, saved);
  }

  /** Must be done before the process ends. */
  @Override
  public void close() {
    statements.close();
    asker.close();
  }

  /**
   * What a rendezvous says.
   *
   * @param rendezvous only one on this machine leads to this machine
   */
  private static LookupResult found(HolderList list, URI rendezvous, PeerId by) {
    boolean loopback = AddressScope.leadsToLoopback(rendezvous);
    return new LookupResult.Found(
        holders(list, ResultState.PASSED, loopback, by),
        holders(list, ResultState.RUNNING, loopback, by),
        list.in(ResultState.FAILED).stream().map(entry -> failure(entry, by)).toList());
  }

  private static LookupResult.Failure failure(HolderList.Entry entry, PeerId by) {
    return new LookupResult.Failure(
        holder(entry, by),
        entry
            .run()
            .failure()
            .map(how -> new FollowResult.Failed(how.stage(), how.exitCode(), how.at())));
  }

  private static List<Holder> holders(
      HolderList list, ResultState state, boolean loopback, PeerId by) {
    return list.in(state).stream()
        .map(
            entry ->
                new Holder(
                    entry.peer(),
                    AddressScope.among(entry.addresses(), loopback),
                    entry.relays(),
                    Optional.of(by)))
        .filter(holder -> !holder.addresses().isEmpty() || !holder.relays().isEmpty())
        .toList();
  }

  /**
   * A holder, and the rendezvous that names it.
   *
   * @param by the rendezvous, by its certificate
   */
  public static Holder holder(HolderList.Entry entry, PeerId by) {
    return new Holder(entry.peer(), entry.addresses(), entry.relays(), Optional.of(by));
  }
}

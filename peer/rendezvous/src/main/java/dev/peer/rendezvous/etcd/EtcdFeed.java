package dev.peer.rendezvous.etcd;

import com.google.protobuf.ByteString;
import dev.peer.core.id.RepoId;
import dev.peer.rendezvous.IndexUnavailableException;
import dev.peer.rendezvous.LeaseHolder;
import dev.peer.rendezvous.ResultFeed;
import dev.peer.wire.EventId;
import dev.peer.wire.IndexEvent;
import dev.peer.wire.LeaseRequest;
import dev.peer.wire.ResultState;
import io.etcd.jetcd.api.KeyValue;
import io.etcd.jetcd.api.RangeRequest;
import io.etcd.jetcd.api.RangeResponse;
import io.etcd.jetcd.api.WatchCreateRequest;
import io.etcd.jetcd.api.WatchRequest;
import io.etcd.jetcd.api.WatchResponse;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.stub.BlockingClientCall;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Follows a repository by a watch of etcd, first over all results, page by page. An event's id is
 * etcd's revision; if etcd has compacted the events after it, the watch starts again. A broken
 * watch continues at another member.
 */
final class EtcdFeed implements ResultFeed {

  private static final int PAGE = 500;

  private static final Duration PAUSE = Duration.ofMillis(100);

  private final EtcdServers servers;
  private final EtcdReads reads;
  private final RepoId repo;
  private final Deque<Event> ready = new ArrayDeque<>();

  /** All up to this revision was told. */
  private long seen;

  private String cluster = "";
  private boolean anew;
  private Optional<Snapshot> snapshot = Optional.empty();
  private Optional<BlockingClientCall<WatchRequest, WatchResponse>> watch = Optional.empty();

  /** When the failures began that go on. */
  private OptionalLong failingSince = OptionalLong.empty();

  private boolean closed;

  EtcdFeed(EtcdServers servers, RepoId repo, Optional<EventId> after) {
    this.servers = servers;
    this.reads = new EtcdReads(servers);
    this.repo = repo;
    anew = !goesOnAfter(after);
  }

  /**
   * The part of all there is that was not read yet.
   *
   * @param at the revision that is read
   * @param from the first key
   * @param last the last event, which is read and not yet sent: it gets the id
   */
  private record Snapshot(long at, ByteString from, Optional<IndexEvent> last) {}

  @Override
  public Optional<Event> next(Duration atMost)
      throws InterruptedException, IndexUnavailableException {
    if (closed) {
      throw new IllegalStateException("closed");
    }
    long end = System.nanoTime() + atMost.toNanos();
    while (ready.isEmpty()) {
      try {
        if (anew || snapshot.isPresent()) {
          readPage();
        } else {
          read(Math.max(1, end - System.nanoTime()));
        }
        failingSince = OptionalLong.empty();
      } catch (TimeoutException e) {
        return Optional.empty();
      } catch (StatusException e) {
        broken(e);
      }
    }
    return Optional.of(ready.remove());
  }

  @Override
  public void close() {
    closed = true;
    endWatch();
  }

  private boolean goesOnAfter(Optional<EventId> after) {
    String[] parts = after.map(EventId::text).orElse("").split("\\.", -1);
    if (parts.length != 2 || !parts[1].matches("[1-9][0-9]{0,17}")) {
      return false;
    }
    cluster = parts[0];
    seen = Long.parseLong(parts[1]);
    return true;
  }

  private EventId id(long revision) {
    return new EventId(cluster + "." + revision);
  }

  private void readPage() throws StatusException, IndexUnavailableException {
    ByteString prefix = EtcdKeys.resultsOf(repo);
    Snapshot now = anew ? new Snapshot(0, prefix, Optional.empty()) : snapshot.orElseThrow();
    RangeRequest read =
        RangeRequest.newBuilder()
            .setKey(now.from())
            .setRangeEnd(EtcdKeys.end(prefix))
            .setRevision(now.at())
            .setLimit(PAGE)
            .setKeysOnly(true)
            .build();
    RangeResponse page = servers.ask(member -> member.keys().range(read));
    List<IndexEvent> told = new ArrayList<>();
    now.last().ifPresent(told::add);
    told.addAll(passed(page.getKvsList()));
    if (anew) {
      begin(page, told.isEmpty());
    }
    long at = now.at() == 0 ? page.getHeader().getRevision() : now.at();
    Optional<IndexEvent> last = told.isEmpty() ? Optional.empty() : Optional.of(told.removeLast());
    told.forEach(result -> ready.add(new Event.Passed(Optional.empty(), result)));
    if (page.getMore()) {
      ByteString next = EtcdKeys.after(page.getKvs(page.getKvsCount() - 1).getKey());
      snapshot = Optional.of(new Snapshot(at, next, last));
    } else {
      last.ifPresent(result -> ready.add(new Event.Passed(Optional.of(id(at)), result)));
      snapshot = Optional.empty();
      seen = at;
    }
  }

  private void begin(RangeResponse page, boolean nothing) {
    endWatch();
    cluster = Long.toHexString(page.getHeader().getClusterId());
    boolean empty = nothing && !page.getMore();
    ready.add(
        new Event.Reset(
            empty ? Optional.of(id(page.getHeader().getRevision())) : Optional.empty()));
    anew = false;
  }

  private List<IndexEvent> passed(List<KeyValue> keys)
      throws StatusException, IndexUnavailableException {
    List<EtcdKeys.Result> results = new ArrayList<>();
    for (KeyValue key : keys) {
      EtcdKeys.Result result = EtcdReads.result(key);
      if (result.state() == ResultState.PASSED) {
        results.add(result);
      }
    }
    Map<LeaseHolder, LeaseRequest> leases =
        reads.leases(results.stream().map(EtcdKeys.Result::holder).toList());
    return results.stream()
        .filter(result -> leases.containsKey(result.holder()))
        .map(result -> event(result, leases.get(result.holder()).addresses()))
        .toList();
  }

  private void read(long nanos)
      throws StatusException, InterruptedException, TimeoutException, IndexUnavailableException {
    if (watch.isEmpty()) {
      watch = Optional.of(open());
    }
    WatchResponse answer = watch.get().read(nanos, TimeUnit.NANOSECONDS);
    if (answer == null) {
      throw Status.UNAVAILABLE.withDescription("the watch ended").asException();
    }
    boolean other = !cluster.equals(Long.toHexString(answer.getHeader().getClusterId()));
    boolean future = answer.getCreated() && answer.getHeader().getRevision() < seen;
    if (other || future || answer.getCompactRevision() > 0) {
      anew = true;
    } else if (answer.getCanceled()) {
      throw Status.UNAVAILABLE.withDescription(answer.getCancelReason()).asException();
    } else {
      tell(answer.getEventsList());
    }
  }

  private BlockingClientCall<WatchRequest, WatchResponse> open()
      throws StatusException, InterruptedException {
    ByteString prefix = EtcdKeys.resultsOf(repo);
    WatchCreateRequest request =
        WatchCreateRequest.newBuilder()
            .setKey(prefix)
            .setRangeEnd(EtcdKeys.end(prefix))
            .setStartRevision(seen + 1)
            .build();
    BlockingClientCall<WatchRequest, WatchResponse> call = servers.watching().watch();
    call.write(WatchRequest.newBuilder().setCreateRequest(request).build());
    return call;
  }

  /** One answer has the events of whole revisions: half a revision counts as none. */
  private void tell(List<io.etcd.jetcd.api.Event> events)
      throws StatusException, IndexUnavailableException {
    List<EtcdKeys.Result> results = new ArrayList<>();
    for (io.etcd.jetcd.api.Event event : events) {
      results.add(EtcdReads.result(event.getKv()));
    }
    Map<LeaseHolder, LeaseRequest> leases =
        reads.leases(results.stream().map(EtcdKeys.Result::holder).toList());
    for (int i = 0; i < events.size(); i++) {
      long revision = events.get(i).getKv().getModRevision();
      boolean last =
          i + 1 == events.size() || events.get(i + 1).getKv().getModRevision() > revision;
      Optional<EventId> id = last ? Optional.of(id(revision)) : Optional.empty();
      EtcdKeys.Result result = results.get(i);
      boolean put = events.get(i).getType() == io.etcd.jetcd.api.Event.EventType.PUT;
      if (result.state() == ResultState.PASSED) {
        tell(
            result,
            put,
            id,
            Optional.ofNullable(leases.get(result.holder())).map(LeaseRequest::addresses));
      }
    }
    if (!events.isEmpty()) {
      seen = events.getLast().getKv().getModRevision();
    }
  }

  private void tell(
      EtcdKeys.Result result, boolean put, Optional<EventId> id, Optional<List<URI>> addresses)
      throws StatusException, IndexUnavailableException {
    if (put) {
      // Results of ended leases are reported as gone next.
      addresses.ifPresent(known -> ready.add(new Event.Passed(id, event(result, known))));
    } else if (reads.count(EtcdKeys.ofPeer(repo, result)) == 0) {
      ready.add(new Event.Gone(id, event(result, addresses.orElse(List.of()))));
    }
  }

  private void broken(StatusException e) throws InterruptedException, IndexUnavailableException {
    endWatch();
    if (e.getStatus().getCode() == Status.Code.OUT_OF_RANGE) {
      // The revision being read is compacted.
      anew = true;
      snapshot = Optional.empty();
      return;
    }
    servers.passOver();
    long now = System.nanoTime();
    failingSince = OptionalLong.of(failingSince.orElse(now));
    if (now - failingSince.getAsLong() > servers.timeouts().change().toNanos()) {
      throw new IndexUnavailableException("etcd: " + EtcdServers.why(e), e);
    }
    Thread.sleep(PAUSE);
  }

  private void endWatch() {
    watch.ifPresent(call -> call.cancel("no more of it is wanted", null));
    watch = Optional.empty();
  }

  private static IndexEvent event(EtcdKeys.Result result, List<URI> addresses) {
    return new IndexEvent(result.key(), result.holder().peer(), addresses);
  }
}

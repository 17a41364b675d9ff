package dev.peer.rendezvous.etcd;

import dev.peer.core.id.Printable;
import dev.peer.rendezvous.IndexUnavailableException;
import dev.peer.tls.TlsIdentity;
import io.etcd.jetcd.api.KVGrpc;
import io.etcd.jetcd.api.KVGrpc.KVBlockingV2Stub;
import io.etcd.jetcd.api.LeaseGrpc;
import io.etcd.jetcd.api.LeaseGrpc.LeaseBlockingV2Stub;
import io.etcd.jetcd.api.LeaseKeepAliveRequest;
import io.etcd.jetcd.api.LeaseKeepAliveResponse;
import io.etcd.jetcd.api.WatchGrpc;
import io.etcd.jetcd.api.WatchGrpc.WatchBlockingV2Stub;
import io.grpc.Channel;
import io.grpc.ClientInterceptor;
import io.grpc.ClientInterceptors;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.stub.BlockingClientCall;
import io.grpc.stub.MetadataUtils;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * The members of one etcd. A request goes to the one that answered last, and when that one fails or
 * is slow to the next, for as long as a caller of the rendezvous waits; it must be one that may be
 * sent twice.
 */
final class EtcdServers implements AutoCloseable {

  /** An identity with all the results it may have, their keys in one message. */
  private static final int LARGEST_ANSWER = 64 << 20;

  private static final Duration PAUSE = Duration.ofMillis(100);

  /** Another member, or the same one in a moment, may well answer. */
  private static final Set<Status.Code> PASSING =
      Set.of(
          Status.Code.UNAVAILABLE,
          Status.Code.DEADLINE_EXCEEDED,
          Status.Code.CANCELLED,
          Status.Code.UNKNOWN,
          Status.Code.INTERNAL);

  /** A member that knows no leader says so at once. */
  private static final ClientInterceptor REQUIRE_LEADER = requireLeader();

  private final List<GrpcConnection> members;
  private final EtcdTimeouts timeouts;
  private volatile int answered;

  EtcdServers(TlsIdentity identity, List<URI> addresses, EtcdTimeouts timeouts) {
    this.timeouts = timeouts;
    members =
        addresses.stream()
            .map(uri -> new GrpcConnection(identity, uri.getHost(), uri.getPort(), LARGEST_ANSWER))
            .toList();
  }

  /** A request that may be sent twice. */
  @FunctionalInterface
  interface Request<T> {

    T send(Member member) throws StatusException, InterruptedException;
  }

  /** One member of etcd, for one attempt. */
  record Member(Channel channel, Duration limit) {

    KVBlockingV2Stub keys() {
      return KVGrpc.newBlockingV2Stub(channel)
          .withDeadlineAfter(limit.toNanos(), TimeUnit.NANOSECONDS);
    }

    LeaseBlockingV2Stub leases() {
      return LeaseGrpc.newBlockingV2Stub(channel)
          .withDeadlineAfter(limit.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** Seconds that the lease has from now; 0: it is over. */
    long renew(long lease) throws StatusException, InterruptedException {
      BlockingClientCall<LeaseKeepAliveRequest, LeaseKeepAliveResponse> call =
          leases().leaseKeepAlive();
      try {
        call.write(LeaseKeepAliveRequest.newBuilder().setID(lease).build());
        LeaseKeepAliveResponse answer = call.read();
        if (answer == null) {
          throw Status.UNAVAILABLE.withDescription("no answer").asException();
        }
        return answer.getTTL();
      } finally {
        call.cancel("one answer was asked for", null);
      }
    }
  }

  EtcdTimeouts timeouts() {
    return timeouts;
  }

  /** When a lookup that begins now has to have its answer, all its requests together. */
  long endOfLookup() {
    return System.nanoTime() + timeouts.lookup().toNanos();
  }

  /**
   * Sends the request until a member answers or the time of a change is over.
   *
   * @throws StatusException if a member refuses the request itself
   * @throws IndexUnavailableException if none answered in time
   */
  <T> T ask(Request<T> request) throws IndexUnavailableException, StatusException {
    return ask(System.nanoTime() + timeouts.change().toNanos(), request);
  }

  /** Asks until this time of {@link System#nanoTime}. */
  <T> T ask(long end, Request<T> request) throws IndexUnavailableException, StatusException {
    int first = answered;
    for (int tried = 0; ; tried++) {
      int number = (first + tried) % members.size();
      GrpcConnection member = members.get(number);
      long left = Math.min(end - System.nanoTime(), timeouts.attempt().toNanos());
      try {
        T answer = request.send(member(member, Duration.ofNanos(left)));
        answered = number;
        return answer;
      } catch (StatusException e) {
        if (!PASSING.contains(e.getStatus().getCode())) {
          throw e;
        }
        member.retry();
        pause(tried);
        if (System.nanoTime() - end >= 0) {
          throw unavailable(member, e);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IndexUnavailableException("interrupted", e);
      }
    }
  }

  /** Watches at the member that answered last, until the call ends. */
  WatchBlockingV2Stub watching() {
    return WatchGrpc.newBlockingV2Stub(channel(members.get(answered)));
  }

  /** The next watch begins at another member. */
  void passOver() {
    GrpcConnection member = members.get(answered);
    answered = (answered + 1) % members.size();
    member.retry();
  }

  /** Cuts off requests in progress. */
  @Override
  public void close() {
    members.forEach(GrpcConnection::close);
  }

  private static Member member(GrpcConnection connection, Duration limit) {
    return new Member(channel(connection), limit);
  }

  private static Channel channel(GrpcConnection connection) {
    return ClientInterceptors.intercept(connection.channel(), REQUIRE_LEADER);
  }

  /** After trying each of them, leaves them time to settle among themselves. */
  private void pause(int tried) throws IndexUnavailableException {
    if ((tried + 1) % members.size() == 0) {
      try {
        Thread.sleep(PAUSE);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IndexUnavailableException("interrupted", e);
      }
    }
  }

  static IndexUnavailableException unavailable(GrpcConnection member, StatusException e) {
    return new IndexUnavailableException("etcd at " + member + ": " + why(e), e);
  }

  /** etcd's message or, for a failed connection, its root cause. */
  static String why(StatusException e) {
    Throwable cause = e.getCause();
    while (cause != null && cause.getCause() != null) {
      cause = cause.getCause();
    }
    String description = e.getStatus().getDescription();
    String why =
        cause != null
            ? String.valueOf(cause.getMessage())
            : description != null ? description : e.getStatus().getCode().toString();
    return Printable.plain(why.lines().findFirst().orElse(""));
  }

  private static ClientInterceptor requireLeader() {
    Metadata headers = new Metadata();
    headers.put(Metadata.Key.of("hasleader", Metadata.ASCII_STRING_MARSHALLER), "true");
    return MetadataUtils.newAttachHeadersInterceptor(headers);
  }
}

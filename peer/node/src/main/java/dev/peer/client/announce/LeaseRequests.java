package dev.peer.client.announce;

import dev.peer.client.BoundedHttpClient;
import dev.peer.client.BusyException;
import dev.peer.client.rendezvous.RendezvousLookup;
import dev.peer.core.find.Holder;
import dev.peer.core.record.MalformedException;
import dev.peer.wire.AnnouncementQuery;
import dev.peer.wire.HolderList;
import dev.peer.wire.InstanceId;
import dev.peer.wire.LeaseRequest;
import dev.peer.wire.RendezvousPath;
import dev.peer.wire.ResultState;
import dev.peer.wire.RunEnd;
import dev.peer.wire.RunList;
import dev.peer.wire.RunState;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The requests of one process about its lease, to one rendezvous.
 *
 * @param rendezvous without a path
 * @param instance which process of the peer it is
 * @param client closed with the keeper
 */
record LeaseRequests(URI rendezvous, InstanceId instance, BoundedHttpClient client) {

  private static final String LEASE = "/v1/lease";

  /** The rendezvous, for people. */
  String name() {
    return rendezvous.getAuthority();
  }

  BoundedHttpClient.Answer renew(LeaseRequest lease) throws IOException, InterruptedException {
    return client.ask("PUT", uri(LEASE), Optional.of(lease.json()));
  }

  BoundedHttpClient.Answer announce(RendezvousPath.Result run, RunState state)
      throws IOException, InterruptedException {
    return client.ask("PUT", uri(run, state), body(state));
  }

  /** Announces that these have passed, all of one repository. */
  BoundedHttpClient.Answer announcePassed(List<RendezvousPath.Result> runs)
      throws IOException, InterruptedException {
    RunList list = new RunList(runs.stream().map(RendezvousPath.Result::key).toList());
    RendezvousPath together = new RendezvousPath.Results(runs.getFirst().repo());
    return client.ask("POST", uri(together.text()), Optional.of(list.json()));
  }

  void withdraw(RendezvousPath.Result run) throws IOException, InterruptedException {
    require(client.ask("DELETE", uri(run.text()), Optional.empty()), 204);
  }

  /** Gives the lease back, whatever the answer. */
  void end(Duration most) throws IOException, InterruptedException {
    client.ask("DELETE", uri(LEASE), Optional.empty(), most);
  }

  /** As {@link #renew}, whatever the answer. */
  void renew(LeaseRequest lease, Duration most) throws IOException, InterruptedException {
    client.ask("PUT", uri(LEASE), Optional.of(lease.json()), most);
  }

  /** As {@link #announce}, whatever the answer. */
  void announce(RendezvousPath.Result run, RunState state, Duration most)
      throws IOException, InterruptedException {
    client.ask("PUT", uri(run, state), body(state), most);
  }

  /** The peers that run it, in the order in which they announced it. */
  List<HolderList.Entry> runners(BoundedHttpClient.Answer answer) throws IOException {
    try {
      return HolderList.parse(answer.body()).in(ResultState.RUNNING);
    } catch (MalformedException e) {
      throw nonsense(e);
    }
  }

  Holder holder(HolderList.Entry entry, BoundedHttpClient.Answer answer) throws IOException {
    return RendezvousLookup.holder(entry, client.serverOf(answer));
  }

  void require(BoundedHttpClient.Answer answer, int status) throws IOException {
    if (answer.status() != status) {
      String why = name() + ": " + answer.why();
      throw answer.retryAfter().isPresent()
          ? new BusyException(why, answer.retryAfter().get())
          : new IOException(why);
    }
  }

  IOException nonsense(MalformedException e) {
    return new IOException(name() + ": nonsense: " + BoundedHttpClient.why(e), e);
  }

  private URI uri(String path) {
    return URI.create(rendezvous + path + instance.query());
  }

  private URI uri(RendezvousPath.Result run, RunState state) {
    String query = new AnnouncementQuery(instance, state.state()).text();
    return URI.create(rendezvous + run.text() + query);
  }

  private static Optional<byte[]> body(RunState state) {
    return state.failure().map(RunEnd.Failed::bareJson);
  }
}

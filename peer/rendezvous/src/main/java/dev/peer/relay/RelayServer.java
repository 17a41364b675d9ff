package dev.peer.relay;

import dev.peer.core.access.AccessRules;
import dev.peer.core.access.Verb;
import dev.peer.core.id.PeerId;
import dev.peer.core.record.MalformedException;
import dev.peer.http.Operations;
import dev.peer.http.ProblemException;
import dev.peer.metrics.Metrics;
import dev.peer.pages.RelayPages;
import dev.peer.pages.RelayView;
import dev.peer.relay.Registration.Name;
import dev.peer.tls.TlsAcceptor;
import dev.peer.tls.TlsConnection;
import dev.peer.tls.TlsIdentity;
import dev.peer.wire.DialId;
import dev.peer.wire.InstanceId;
import dev.peer.wire.MediaTypes;
import dev.peer.wire.OperationsPath;
import dev.peer.wire.Problem;
import dev.peer.wire.RelayLine;
import dev.peer.wire.RelayPath;
import dev.peer.wire.RelayStatus;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Supplier;

/**
 * The relay. Peers allowed to announce for any repository may register, and peers allowed to fetch
 * may ask for them. A connection has one request.
 */
public final class RelayServer implements AutoCloseable {

  private static final Duration ROUND = Duration.ofSeconds(1);
  private static final int ROUNDS_OF_JUDGING = 60;

  private final TlsIdentity identity;
  private final Supplier<AccessRules> rules;
  private final RelayLimits limits;
  private final Usage usage;
  private final ConcurrentMap<Name, Registration> registrations = new ConcurrentHashMap<>();
  private final ConcurrentMap<DialId, Dial> dials = new ConcurrentHashMap<>();
  private final Operations operations;
  private final RelayMetrics metrics;
  private final Tunnels tunnels;
  private final TlsAcceptor acceptor;
  private final Thread sweeper;

  private RelayServer(
      TlsIdentity identity,
      Supplier<AccessRules> rules,
      RelayLimits limits,
      InetSocketAddress address,
      Operations operations)
      throws IOException {
    this.identity = identity;
    this.rules = rules;
    this.limits = limits;
    usage = new Usage(limits, System::nanoTime);
    this.operations = operations.and(identity::fault);
    metrics = new RelayMetrics(operations.metrics(), identity, this::status);
    tunnels = new Tunnels(limits.times().idle());
    acceptor =
        TlsAcceptor.start(
            identity, address, limits.connections(), limits.times().head(), this::serve);
    sweeper = Thread.ofVirtual().name("sweeper").start(this::sweep);
  }

  /**
   * Starts to listen.
   *
   * @param rules supplies the current rules
   * @param address where to listen; port 0 takes a free one
   * @param operations how it is watched over; of this server alone
   * @throws IOException if it cannot listen there
   */
  public static RelayServer start(
      TlsIdentity identity,
      Supplier<AccessRules> rules,
      RelayLimits limits,
      InetSocketAddress address,
      Operations operations)
      throws IOException {
    return new RelayServer(identity, rules, limits, address, operations);
  }

  /** Where it listens. */
  public InetSocketAddress address() {
    return acceptor.address();
  }

  /** How it is. */
  public RelayStatus status() {
    return new RelayStatus(usage.registrations(), usage.tunnels(), usage.bytes());
  }

  /** Stops, and cuts off everything in progress. */
  @Override
  public void close() {
    acceptor.close();
    sweeper.interrupt();
  }

  private void serve(TlsConnection connection) throws IOException, InterruptedException {
    try (Exchange exchange =
        new Exchange(connection, limits.times().head(), metrics, operations.log())) {
      try (Usage.Hold _ = usage.connection(connection.other().id())) {
        String path = exchange.read();
        Optional<OperationsPath> operation = OperationsPath.parse(path);
        if (operation.isPresent()) {
          exchange.isOf(operation.get().text());
          operate(exchange, operation.get());
        } else if (RelayPages.has(path)) {
          RelayPages.serve(exchange, () -> shown(connection));
        } else {
          serve(
              connection,
              exchange,
              RelayPath.parse(path).orElseThrow(ProblemException::noSuchPath));
        }
      } catch (ProblemException e) {
        exchange.refuse(e);
      } catch (MalformedException e) {
        exchange.refuse(ProblemException.of(e));
      }
    }
  }

  /** What the page says; whoever may see it may also ask for each of these peers. */
  private RelayView shown(TlsConnection connection) throws ProblemException {
    require(connection, Verb.FETCH);
    return RelayView.of(
        status(),
        registrations.values().stream()
            .map(one -> new RelayView.Entry(one.name().peer(), one.since()))
            .toList());
  }

  private void operate(Exchange exchange, OperationsPath path)
      throws ProblemException, IOException {
    switch (path) {
      case METRICS -> exchange.answer(Metrics.MEDIA_TYPE, operations.metrics().text());
      case HEALTH -> exchange.answer(MediaTypes.JSON, operations.requireHealth());
    }
  }

  private void serve(TlsConnection connection, Exchange exchange, RelayPath path)
      throws ProblemException, MalformedException, IOException, InterruptedException {
    exchange.isOf(path.template());
    if (path instanceof RelayPath.Status) {
      exchange.answer(MediaTypes.JSON, status().json());
      return;
    }
    exchange.requireUpgrade();
    switch (path) {
      case RelayPath.Registration(InstanceId instance) ->
          register(connection, exchange, new Name(connection.other().id(), instance));
      case RelayPath.Peer peer ->
          dial(connection, exchange, new Name(peer.peer(), peer.instance()));
      case RelayPath.Dial(DialId id) -> takeDial(connection, exchange, id);
      case RelayPath.Status _ -> throw new IllegalStateException("answered above");
    }
  }

  private void register(TlsConnection connection, Exchange exchange, Name name)
      throws ProblemException, IOException {
    require(connection, Verb.ANNOUNCE);
    Registration registration = new Registration(name, connection);
    try (Usage.Hold _ = usage.registration(name.peer())) {
      Registration before = registrations.put(name, registration);
      if (before != null) {
        before.end();
      }
      exchange.upgrade();
      registration.run(
          limits.times().alive(), limits.silence(), busy -> refuseDial(name, busy.id()));
    } finally {
      registrations.remove(name, registration);
    }
  }

  private void refuseDial(Name name, DialId id) {
    Dial dial = dials.get(id);
    if (dial != null && dial.of().name().equals(name)) {
      dial.refuse();
    }
  }

  private void dial(TlsConnection connection, Exchange exchange, Name name)
      throws ProblemException, IOException, InterruptedException {
    require(connection, Verb.FETCH);
    PeerId caller = connection.other().id();
    Registration registration = registrations.get(name);
    if (registration == null) {
      throw new ProblemException(
          Problem.Kind.NO_SUCH_PEER, name.peer() + " is not registered at this relay, or not now");
    }
    try (Usage.Passage passage = usage.tunnel(caller, name.peer())) {
      DialId id = DialId.random();
      Dial dial = new Dial(registration);
      dials.put(id, dial);
      try {
        TlsConnection answer = ask(dial, id);
        exchange.upgrade();
        tunnels.run(connection, answer, passage);
      } finally {
        dials.remove(id);
        dial.end();
      }
    }
  }

  private TlsConnection ask(Dial dial, DialId id) throws ProblemException, InterruptedException {
    Name name = dial.of().name();
    if (!dial.of().say(new RelayLine.Dial(id))) {
      throw busy(name);
    }
    var answer = dial.await(limits.times().answer());
    if (dial.isBusy()) {
      throw busy(name);
    }
    return answer.orElseThrow(
        () ->
            new ProblemException(
                Problem.Kind.NO_ANSWER,
                name.peer() + " is registered at this relay and does not answer"));
  }

  private static ProblemException busy(Name name) {
    return new ProblemException(
        Problem.Kind.TOO_MANY, name.peer() + " has as many connections as it takes from a relay");
  }

  /** The id is the peer's alone: for another it is as if there were none. */
  private void takeDial(TlsConnection connection, Exchange exchange, DialId id)
      throws ProblemException, IOException, InterruptedException {
    require(connection, Verb.ANNOUNCE);
    Dial dial = dials.get(id);
    boolean own = dial != null && dial.of().name().peer().equals(connection.other().id());
    if (!own || !dial.take()) {
      throw new ProblemException(
          Problem.Kind.NO_SUCH_PATH, "no caller waits for this connection now");
    }
    exchange.upgrade();
    if (dial.answer(connection)) {
      dial.awaitEnd();
    }
  }

  /** A change of rules cuts off the peers that it refuses. */
  private void require(TlsConnection connection, Verb verb) throws ProblemException {
    boolean admitted =
        connection.onCondition(() -> rules.get().admitsSomewhere(verb, connection.other()));
    if (!admitted) {
      throw new ProblemException(
          Problem.Kind.NOT_ALLOWED,
          connection.other().id()
              + " may not "
              + verb.name().toLowerCase(Locale.ROOT)
              + " at "
              + identity.id());
    }
  }

  private void sweep() {
    try {
      for (long round = 1; ; round++) {
        Thread.sleep(ROUND);
        tunnels.cutIdle();
        usage.sweep();
        if (round % ROUNDS_OF_JUDGING == 0) {
          acceptor.judge();
        }
      }
    } catch (InterruptedException e) {
      // Closed.
    }
  }
}

package dev.peer.client.fetch;

import dev.peer.client.BoundedHttpClient;
import dev.peer.client.Knocks;
import dev.peer.client.Timeouts;
import dev.peer.core.find.FetchException;
import dev.peer.core.find.FetchException.Fault;
import dev.peer.core.find.Hedge;
import dev.peer.core.find.Holder;
import dev.peer.core.id.PeerId;
import dev.peer.core.trust.CertificateRole;
import dev.peer.core.trust.Identity;
import dev.peer.tls.ConnectionException;
import dev.peer.tls.Response;
import dev.peer.tls.Route;
import dev.peer.tls.TlsClient;
import dev.peer.tls.TlsConnector;
import dev.peer.tls.TlsIdentity;
import dev.peer.wire.Limits;
import dev.peer.wire.PeerPath;
import dev.peer.wire.RelayAddress;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The way to holders, at the first of their addresses where that very peer answers; the next one is
 * asked beside an address that says nothing, and relays after all addresses. Connections are kept
 * for the next thing to fetch from the same peer.
 */
final class HolderConnections implements AutoCloseable {

  static final String RANGE = "Range";

  /** Peers whose connections are kept: more than one lookup names, so that none is in use. */
  private static final int KEPT = 2 * Limits.HOLDERS;

  private final TlsIdentity identity;
  private final Timeouts patience;
  private final TlsConnector relays;
  private final Knocks knocks = new Knocks(System::nanoTime);
  private final SequencedMap<Way, BoundedHttpClient> askers =
      new LinkedHashMap<>(KEPT, 0.75f, true);

  /** The relays that passed something on, by the peers that it was from. */
  private final Map<PeerId, Set<PeerId>> passedOn = new ConcurrentHashMap<>();

  /** Who peers would be if they called this one. */
  private final Map<PeerId, Identity> callers = new ConcurrentHashMap<>();

  private boolean closed;

  /**
   * A way to a peer.
   *
   * @param relay through which, as {@link RelayAddress} reads it; none: at any of its addresses
   */
  private record Way(PeerId peer, Optional<URI> relay) {}

  /** Opens no connection yet. */
  HolderConnections(TlsIdentity identity, Timeouts patience) {
    this.identity = identity;
    this.patience = patience;
    relays = new TlsConnector(identity);
  }

  /** The answer of the first address where the holder gives one, its status 200. */
  Response open(Holder holder, PeerPath path) throws FetchException, InterruptedException {
    return open(holder, path, Map.of());
  }

  /** Adds headers to the request. If a range is one, the answer's status may be 206. */
  Response open(Holder holder, PeerPath path, Map<String, String> headers)
      throws FetchException, InterruptedException {
    Failures failures = new Failures();
    Optional<Response> answer = first(holder, path, headers, failures);
    if (answer.isEmpty()) {
      throw failures.of(holder);
    }
    int status = answer.get().status();
    if (status == 200 || (headers.containsKey(RANGE) && status == 206)) {
      return answer.get();
    }
    // It is the right peer: another of its addresses would say the same.
    throw refusal(holder, answer.get());
  }

  /** From the first of the addresses where the peer answers, whatever it says, else by a relay. */
  private Optional<Response> first(
      Holder holder, PeerPath path, Map<String, String> headers, Failures failures)
      throws InterruptedException {
    List<URI> all = new ArrayList<>(holder.addresses());
    all.addAll(holder.relays());
    return new Hedge<URI, Response, ConnectionException>(
            patience.hedge(),
            address -> {
              try {
                requireAllowed(holder.id(), address);
                return new Hedge.Answer.Given<>(
                    holder.relays().contains(address)
                        ? relayed(holder.id(), address, path, headers)
                        : direct(holder.id(), address, path, headers));
              } catch (ConnectionException e) {
                return new Hedge.Answer.Failed<>(e);
              }
            },
            (_, e) -> failures.add(e),
            Response::close)
        .first(all);
  }

  private void requireAllowed(PeerId holder, URI address) throws ConnectionException {
    Optional<String> refusal = knocks.refusal(holder, address);
    if (refusal.isPresent()) {
      throw ConnectionException.notTried(address, refusal.get());
    }
  }

  private Response direct(PeerId peer, URI address, PeerPath path, Map<String, String> headers)
      throws ConnectionException, InterruptedException {
    BoundedHttpClient asker = asker(new Way(peer, Optional.empty()));
    return LivenessProbe.whilePresent(
        address, () -> asker.open(URI.create(address + path.text()), headers));
  }

  private Response relayed(PeerId peer, URI address, PeerPath path, Map<String, String> headers)
      throws ConnectionException, InterruptedException {
    URI relay = RelayAddress.parse(address.toString()).relay();
    return asker(new Way(peer, Optional.of(address)))
        .open(URI.create(relay + path.text()), headers);
  }

  private FetchException refusal(Holder holder, Response answer) throws InterruptedException {
    try {
      String why = BoundedHttpClient.read(answer.uri(), answer, patience.answer()).why();
      return new FetchException(Fault.REFUSED, holder.id() + ": " + why);
    } catch (IOException e) {
      return HolderAnswer.unreachable(holder, e);
    }
  }

  /** Why there was no answer at the addresses that were asked. */
  private static final class Failures {

    private final List<String> said = new ArrayList<>();
    private Fault fault = Fault.UNREACHABLE;
    private ConnectionException worst;

    void add(ConnectionException e) {
      said.add(BoundedHttpClient.why(e));
      Fault next = worse(fault, e.kind());
      if (worst == null || next != fault) {
        worst = e;
      }
      fault = next;
    }

    FetchException of(Holder holder) {
      return new FetchException(fault, holder.id() + ": " + String.join("; ", said), worst);
    }
  }

  /** The rendezvous that names the holder, and the relays that led to it so far. */
  Set<PeerId> servers(Holder holder) {
    return Stream.concat(
            holder.namedBy().stream(), passedOn.getOrDefault(holder.id(), Set.of()).stream())
        .collect(Collectors.toUnmodifiableSet());
  }

  private void passedOn(PeerId peer, PeerId relay) {
    passedOn.computeIfAbsent(peer, _ -> ConcurrentHashMap.newKeySet()).add(relay);
  }

  /**
   * The identity in the certificate of an answer's sender.
   *
   * @param role the use for which the certificate must be good
   * @throws ConnectionException if it is not trusted for that
   */
  Identity identityOf(Holder holder, Response answer, CertificateRole role)
      throws ConnectionException {
    return asker(new Way(holder.id(), Optional.empty())).identityOf(answer, role);
  }

  /** Notes who the sender of an answer would be if it called this peer. */
  void noteCaller(Holder holder, Response answer) {
    try {
      callers.put(holder.id(), identityOf(holder, answer, CertificateRole.CLIENT));
    } catch (ConnectionException e) {
      callers.remove(holder.id());
    }
  }

  /** Who the holder would be, by its last answer that was noted. */
  Optional<Identity> asCaller(Holder holder) {
    return Optional.ofNullable(callers.get(holder.id()));
  }

  /** Call it before the process ends. Cuts off transfers in progress. */
  @Override
  public synchronized void close() {
    closed = true;
    askers.values().forEach(BoundedHttpClient::close);
    askers.clear();
    relays.close();
  }

  private static Fault worse(Fault fault, ConnectionException.Kind kind) {
    return switch (kind) {
      case UNREACHABLE, BROKEN_OFF -> fault;
      case REFUSED_US -> fault == Fault.WRONG ? fault : Fault.REFUSED;
      case NOT_WHO_IT_SHOULD_BE -> Fault.WRONG;
    };
  }

  private synchronized BoundedHttpClient asker(Way way) throws ConnectionException {
    BoundedHttpClient asker = askers.get(way);
    if (asker == null) {
      asker = new BoundedHttpClient(client(way), patience);
      askers.put(way, asker);
    }
    if (closed) {
      asker.close();
    }
    if (askers.size() > KEPT) {
      askers.pollFirstEntry().getValue().close();
    }
    return asker;
  }

  private TlsClient client(Way way) throws ConnectionException {
    if (way.relay().isEmpty()) {
      return TlsClient.ofPeer(identity, way.peer(), patience.connect());
    }
    RelayAddress address = RelayAddress.parse(way.relay().get().toString());
    Route route =
        new RelayRoute(relays, way.peer(), address, patience, relay -> passedOn(way.peer(), relay));
    return TlsClient.ofPeer(identity, way.peer(), route, patience.connect());
  }
}

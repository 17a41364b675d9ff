package dev.peer.rendezvous;

import dev.peer.core.access.AccessRules;
import dev.peer.core.access.Verb;
import dev.peer.core.id.Digest;
import dev.peer.core.id.RepoId;
import dev.peer.core.record.MalformedException;
import dev.peer.core.timestamp.TimestampAuthority;
import dev.peer.http.HttpCall;
import dev.peer.http.HttpsServer;
import dev.peer.http.ProblemException;
import dev.peer.http.ServerLimits;
import dev.peer.http.ServerSettings;
import dev.peer.http.Service;
import dev.peer.pages.Pages;
import dev.peer.pages.RendezvousPages;
import dev.peer.tls.TlsIdentity;
import dev.peer.tls.TlsListener;
import dev.peer.wire.AddressList;
import dev.peer.wire.AddressScope;
import dev.peer.wire.Limits;
import dev.peer.wire.MediaTypes;
import dev.peer.wire.Problem;
import dev.peer.wire.RendezvousPath;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The index over HTTP. The certificate of the connection alone identifies a caller. Peers allowed
 * to announce for the repository may announce, and peers allowed to fetch may look up. A lease and
 * a guest image belong to no repository: peers allowed for any repository may have the one and look
 * for the other. Timestamps are for peers allowed to sign. Pages show to a reader what he may look
 * up.
 */
public final class RendezvousServer implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(RendezvousServer.class);
  private static final Duration BUSY = Duration.ofSeconds(1);

  private final Supplier<AccessRules> rules;
  private final HolderIndex index;
  private final Optional<TimestampAuthority> timestamps;
  private final RateLimit rateLimit = new RateLimit(RateLimit.Settings.DEFAULT, System::nanoTime);
  private final DialBack dialBack;
  private final AnnouncementRequests announcements;
  private final LookupRequests lookups;
  private final RendezvousPages pages;
  private final HttpsServer https;

  private RendezvousServer(
      TlsIdentity identity,
      Supplier<AccessRules> rules,
      HolderIndex index,
      Optional<TimestampAuthority> timestamps,
      ServerSettings settings)
      throws IOException {
    this.rules = rules;
    this.index = index;
    this.timestamps = timestamps;
    dialBack = new DialBack(identity, System::nanoTime);
    announcements = new AnnouncementRequests(rules, index, rateLimit);
    Reports reports = new Reports(System::nanoTime);
    Hits hits = new Hits();
    Duration quiet = settings.limits().idle().dividedBy(4);
    lookups = new LookupRequests(rules, index, rateLimit, reports, hits, quiet);
    pages = new RendezvousPages(rules, new IndexAnnouncements(index, reports, hits));
    IndexMetrics.add(index, settings.operations().metrics());
    hits.addTo(settings.operations().metrics());
    https =
        HttpsServer.start(
            new TlsListener(identity), settings.and(index::fault), new RequestService());
  }

  private final class RequestService implements Service {

    /** Lookups and announcements in a local index, which are most requests. */
    @Override
    public boolean isPrompt(HttpCall call) {
      return index.isAtHand() && !call.mayHaveBody() && call.path().contains("/results/");
    }

    @Override
    public void serve(HttpCall call) throws ProblemException, IOException {
      RendezvousServer.this.serve(call);
    }
  }

  /**
   * Starts to listen, keeps no log and gives no timestamps.
   *
   * @param rules supplies the current rules
   * @param address where to listen; port 0 takes a free one
   * @throws IOException if it cannot listen there
   */
  public static RendezvousServer start(
      TlsIdentity identity,
      Supplier<AccessRules> rules,
      HolderIndex index,
      InetSocketAddress address,
      ServerLimits limits)
      throws IOException {
    return start(identity, rules, index, Optional.empty(), ServerSettings.quiet(address, limits));
  }

  /**
   * Starts to listen.
   *
   * @param rules supplies the current rules
   * @param timestamps makes timestamps; empty: there are none
   * @throws IOException if it cannot listen there
   */
  public static RendezvousServer start(
      TlsIdentity identity,
      Supplier<AccessRules> rules,
      HolderIndex index,
      Optional<TimestampAuthority> timestamps,
      ServerSettings settings)
      throws IOException {
    return new RendezvousServer(identity, rules, index, timestamps, settings);
  }

  /** Where it listens. */
  public InetSocketAddress address() {
    return https.address();
  }

  /** Stops; requests under way get a short time. */
  @Override
  public void close() {
    lookups.close();
    https.close();
  }

  private void serve(HttpCall call) throws ProblemException, IOException {
    if (Pages.has(call.path())) {
      begin();
      try {
        pages.serve(call);
      } finally {
        rateLimit.end();
      }
      return;
    }
    try {
      RendezvousPath path =
          RendezvousPath.parse(call.path()).orElseThrow(ProblemException::noSuchPath);
      call.setTemplate(path.template());
      if (path instanceof RendezvousPath.Events(RepoId repo)) {
        lookups.events(call, repo);
        return;
      }
      begin();
      try {
        serve(call, path);
      } finally {
        rateLimit.end();
      }
    } catch (MalformedException e) {
      throw ProblemException.of(e);
    } catch (IndexUnavailableException e) {
      throw unavailable(e);
    }
  }

  private void begin() throws ProblemException {
    if (!rateLimit.begin()) {
      throw ProblemException.busy("too many requests are under way here", BUSY);
    }
  }

  /** Says on the log why, and to the caller that it is so. */
  static ProblemException unavailable(IndexUnavailableException e) {
    LOG.warn("the index cannot be reached: {}", e.getMessage());
    return new ProblemException(
        Problem.Kind.UNAVAILABLE,
        "the index of this rendezvous cannot be reached now, try again",
        Map.of("Retry-After", "1"));
  }

  private void serve(HttpCall call, RendezvousPath path)
      throws ProblemException, IOException, MalformedException, IndexUnavailableException {
    switch (path) {
      case RendezvousPath.Lease _ -> announcements.lease(call);
      case RendezvousPath.Result result -> result(call, result);
      case RendezvousPath.Results(RepoId repo) -> announcements.announceAll(call, repo);
      case RendezvousPath.Image(Digest image) -> lookups.image(call, image);
      case RendezvousPath.Timestamp _ ->
          timestamp(call, timestamps.orElseThrow(ProblemException::noSuchPath));
      case RendezvousPath.Reach _ -> reach(call);
      case RendezvousPath.Status _ -> status(call);
      case RendezvousPath.Reports reports -> lookups.report(call, reports);
      case RendezvousPath.Hits hits -> lookups.hit(call, hits);
      case RendezvousPath.Events _ -> throw new IllegalStateException("a stream");
    }
  }

  private void result(HttpCall call, RendezvousPath.Result result)
      throws ProblemException, IOException, MalformedException, IndexUnavailableException {
    call.requireMethod("GET", "HEAD", "PUT", "DELETE");
    switch (call.method()) {
      case "PUT" -> announcements.announce(call, result);
      case "DELETE" -> announcements.retract(call, result);
      default -> lookups.find(call, result);
    }
  }

  /** The answer reports a wrong query; the HTTP status is about the transport. */
  private void timestamp(HttpCall call, TimestampAuthority authority)
      throws ProblemException, IOException, MalformedException {
    call.requireMethod("POST");
    call.require(rules, Verb.SIGN);
    if (!call.header("Content-Type").equals(Optional.of(MediaTypes.TIMESTAMP_QUERY))) {
      throw new MalformedException("body: " + MediaTypes.TIMESTAMP_QUERY + " was expected");
    }
    byte[] answer = authority.answer(call.body(Limits.TIMESTAMP_QUERY));
    call.set("Cache-Control", "no-store");
    call.answer(200, MediaTypes.TIMESTAMP_REPLY, answer);
  }

  private void reach(HttpCall call) throws ProblemException, IOException, MalformedException {
    call.requireMethod("POST");
    call.require(rules, Verb.ANNOUNCE);
    AddressList asked = AddressList.parse(call.body(Limits.REQUEST_BODY));
    List<URI> reached =
        dialBack.reached(
            call.caller().id(), AddressScope.among(asked.addresses(), call.isFromThisMachine()));
    call.set("Cache-Control", "no-store");
    call.answer(200, MediaTypes.JSON, new AddressList(reached).json());
  }

  private void status(HttpCall call)
      throws ProblemException, IOException, IndexUnavailableException {
    call.requireMethod("GET", "HEAD");
    call.requireNoBody();
    call.answer(200, MediaTypes.JSON, index.status().json());
  }
}

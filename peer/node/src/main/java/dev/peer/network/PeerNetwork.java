package dev.peer.network;

import dev.peer.client.Timeouts;
import dev.peer.client.announce.LeasedAnnouncer;
import dev.peer.client.announce.ServeSettings;
import dev.peer.client.fetch.HolderFetch;
import dev.peer.client.fetch.LiveFollower;
import dev.peer.client.rendezvous.RendezvousLookup;
import dev.peer.client.rendezvous.TimestampClient;
import dev.peer.config.ConfigException;
import dev.peer.config.PeerSettings;
import dev.peer.core.find.Acceptance;
import dev.peer.core.find.Finder;
import dev.peer.core.find.Holders;
import dev.peer.core.find.Lookup;
import dev.peer.core.find.LookupResult;
import dev.peer.core.find.Replayable;
import dev.peer.core.find.ResultRules;
import dev.peer.core.find.RunFollower;
import dev.peer.core.find.Surveyor;
import dev.peer.core.flow.Announcer;
import dev.peer.core.flow.Stamper;
import dev.peer.core.key.RunInputs;
import dev.peer.core.pem.CredentialException;
import dev.peer.core.progress.DedupingNotices;
import dev.peer.core.progress.Notices;
import dev.peer.core.store.Store;
import dev.peer.core.trust.CertificateRole;
import dev.peer.home.HomeLayout;
import dev.peer.http.RequestLog;
import dev.peer.identity.Identities;
import dev.peer.lfs.KeptObjects;
import dev.peer.pages.DaemonSource;
import dev.peer.pages.Pages;
import dev.peer.pages.ResultJudge;
import dev.peer.report.RunOutput;
import dev.peer.server.HeldFiles;
import dev.peer.server.Intake;
import dev.peer.tls.TlsIdentity;
import dev.peer.vm.image.ImageStore;
import dev.peer.vm.snapshot.ServedRuntimes;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * The way to other peers, as far as the settings name one. Closing it ends its requests in
 * progress; connections without one wait a while for others in this process.
 */
public final class PeerNetwork implements AutoCloseable {

  private final Identities identities;
  private final TlsIdentity tls;
  private final PeerSettings settings;
  private final RunOutput output;
  private final RequestLog log;
  private final HolderFetch fetch;
  private final LiveFollower follower;
  private final RuntimeMakers makers;
  private final Optional<LeasedAnnouncer> announcer;
  private final boolean closesAnnouncer;
  private final Optional<RendezvousLookup> lookup;
  private final ImageSource images;
  private final Optional<TimestampClient> timestamps;

  private PeerNetwork(
      Identities identities,
      PeerSettings settings,
      RunOutput output,
      RequestLog log,
      Optional<LeasedAnnouncer> announcer,
      boolean closesAnnouncer) {
    this.identities = identities;
    this.tls = identities.tls();
    this.settings = settings;
    this.output = output;
    this.fetch = new HolderFetch(tls, Timeouts.DEFAULT);
    this.follower = new LiveFollower(tls, identities::rules, Timeouts.DEFAULT);
    this.log = log;
    this.announcer = announcer;
    this.makers = new RuntimeMakers(announcer, follower, output);
    this.closesAnnouncer = closesAnnouncer;
    this.lookup =
        settings.reach().rendezvous().isEmpty()
            ? Optional.empty()
            : Optional.of(
                new RendezvousLookup(tls, settings.reach().rendezvous(), Timeouts.DEFAULT));
    this.images =
        new ImageSource(
            new ImageStore(new HomeLayout(settings.home()).images()),
            tls,
            lookup,
            identities::imageVerifier,
            output);
    this.timestamps =
        settings
            .identity()
            .timestamps()
            .authority()
            .map(
                tsa ->
                    TimestampClient.of(tls, settings.reach().rendezvous(), tsa, Timeouts.DEFAULT));
  }

  /**
   * Makes no connection yet.
   *
   * @param roles the uses for which the own certificate must be good
   */
  public static PeerNetwork of(PeerSettings settings, RunOutput output, CertificateRole... roles)
      throws ConfigException, CredentialException {
    return serving(settings, output, RequestLog.NONE, roles);
  }

  /**
   * Like {@link #of}, for commands that serve.
   *
   * @param log told of the requests of other peers
   */
  public static PeerNetwork serving(
      PeerSettings settings, RunOutput output, RequestLog log, CertificateRole... roles)
      throws ConfigException, CredentialException {
    Identities identities = Identities.of(settings, output, roles);
    Optional<LeasedAnnouncer> announcer =
        settings.reach().rendezvous().isEmpty()
            ? Optional.empty()
            : Optional.of(
                announcer(identities, settings, output, log, Optional.empty(), Optional.empty()));
    return new PeerNetwork(identities, settings, output, log, announcer, true);
  }

  /**
   * For one of the runs of a process that serves.
   *
   * @param announcer the process's announcer; not closed with this
   */
  public static PeerNetwork within(
      Identities identities,
      PeerSettings settings,
      RunOutput output,
      Optional<LeasedAnnouncer> announcer) {
    return new PeerNetwork(identities, settings, output, RequestLog.NONE, announcer, false);
  }

  public Identities identities() {
    return identities;
  }

  public Finder finder(Store store, Acceptance acceptance) {
    return finder(store, acceptance, output);
  }

  private Finder finder(Store store, Acceptance acceptance, Notices notices) {
    return new Finder(store, new Holders(anybody(), fetch), rules(acceptance), notices);
  }

  /** Looks where the finder does, and takes nothing. */
  public Surveyor surveyor(Store store, Acceptance acceptance) {
    return new Surveyor(
        store, Optional.of(new Holders(anybody(), fetch)), rules(acceptance), output);
  }

  private ResultRules rules(Acceptance acceptance) {
    return new ResultRules(identities.verifier(), acceptance);
  }

  private Lookup anybody() {
    return lookup.isPresent() ? lookup.get() : (repo, key) -> new LookupResult.Absent();
  }

  /** Where guest images come from. */
  public ImageSource images() {
    return images;
  }

  /** Where files of Git LFS come from. */
  public LargeFileSource largeFiles() {
    return new LargeFileSource(
        new KeptObjects(new HomeLayout(settings.home()).largeFiles()), lookup, fetch, output);
  }

  /** Where prepared runtimes come from. */
  public RuntimeSource runtimes() {
    return runtimes(output);
  }

  /** The same, for somebody who asks again and again: each line is said once. */
  public RuntimeSource awaitedRuntimes() {
    return runtimes(new DedupingNotices(output));
  }

  /** The runtimes that are being made, here and elsewhere. */
  public RuntimeMakers runtimeMakers() {
    return makers;
  }

  private RuntimeSource runtimes(Notices notices) {
    return new RuntimeSource(
        lookup,
        fetch,
        new LocalRuntimes(
            new ServedRuntimes(new HomeLayout(settings.home()).disks()), identities::rules),
        identities::runtimeVerifier,
        notices);
  }

  /** Announces the runtimes that are held here now, while this peer serves. */
  public void announceRuntimes() {
    announcer.ifPresent(LeasedAnnouncer::announceRuntimes);
  }

  /** Stamps results signed here; empty if no authority is set. */
  public Optional<Stamper> stamper() {
    return timestamps.map(Function.identity());
  }

  /**
   * Follows runs elsewhere.
   *
   * @param acceptance which results count
   * @param wait how long
   */
  public RunFollower follower(Store store, Acceptance acceptance, Duration wait) {
    return new RunFollower(store, finder(store, acceptance), follower, wait, output, output);
  }

  /**
   * Like {@link #follower}, for a search that continues until there is a result.
   *
   * @param wait how long
   */
  public RunFollower awaiting(Store store, Acceptance acceptance, Duration wait) {
    return new RunFollower(
        store,
        finder(store, acceptance, new DedupingNotices(output)),
        follower,
        wait,
        output,
        output);
  }

  /** Announces what this peer runs and holds; empty without a rendezvous. */
  public Optional<Announcer> announcer() {
    return announcer.map(Function.identity());
  }

  /**
   * Another announcer, where there is a rendezvous; not closed with this.
   *
   * @param intake takes results that others hand over; empty: none are taken
   * @param daemon what the pages show of the daemon that serves; empty: no daemon does
   */
  public LeasedAnnouncer leasedAnnouncer(Optional<Intake> intake, Optional<DaemonSource> daemon) {
    return announcer(identities, settings, output, log, intake, daemon);
  }

  /** Where this peer serves, where there is a rendezvous. */
  public static ServeSettings serveSettings(PeerSettings settings) {
    return new ServeSettings(
        settings.reach().rendezvous(),
        settings.reach().listen().map(at -> new InetSocketAddress(at.host(), at.port())),
        settings.reach().advertise().stream().map(at -> URI.create("https://" + at)).toList(),
        settings.reach().relays());
  }

  private static LeasedAnnouncer announcer(
      Identities identities,
      PeerSettings settings,
      RunOutput output,
      RequestLog log,
      Optional<Intake> intake,
      Optional<DaemonSource> daemon) {
    HomeLayout home = new HomeLayout(settings.home());
    return new LeasedAnnouncer(
        identities.tls(),
        new LeasedAnnouncer.Service(
            identities::rules,
            new HeldFiles(
                new CheckedImages(new ImageStore(home.images())),
                new KeptLargeFiles(new KeptObjects(home.largeFiles())),
                new KeptRuntimes(new ServedRuntimes(home.disks()))),
            intake,
            Optional.of(pages(identities, settings, home, daemon)),
            () -> ServerOperations.operations(log, ServerOperations.home(settings.home()))),
        serveSettings(settings),
        Timeouts.DEFAULT,
        output);
  }

  private static Pages pages(
      Identities identities,
      PeerSettings settings,
      HomeLayout home,
      Optional<DaemonSource> daemon) {
    return new Pages(
        identities::rules,
        new ResultJudge(
            identities::verifier,
            Acceptance.withoutClone(
                settings.rules().requireKept(), settings.rules().requireTries()),
            () -> Store.open(home.store(), 1).stage()),
        daemon);
  }

  /** Where others meet. */
  public List<URI> rendezvous() {
    return settings.reach().rendezvous();
  }

  /** Who is asked there. */
  public Optional<RendezvousLookup> lookup() {
    return lookup;
  }

  /**
   * Tells the rendezvous that a result was taken instead of a run, if another peer gave it. Returns
   * at once, and says nothing whatever comes of it.
   */
  public void tellHit(Replayable result, Duration saved) {
    RunInputs run = result.verified().record().inputs();
    if (lookup.isPresent() && result.holder().isPresent()) {
      lookup.get().tellHit(run.repo(), run.key(), result.holder().get(), saved);
    }
  }

  /** The way to holders. */
  public HolderFetch fetch() {
    return fetch;
  }

  /** The rendezvous' answer about an announced result. */
  public String publication(RunInputs inputs) throws InterruptedException {
    return Publication.of(
        anybody().find(inputs.repo(), inputs.key()), tls.id(), identities.rules().fetch());
  }

  @Override
  public void close() {
    makers.close();
    if (closesAnnouncer) {
      announcer.ifPresent(LeasedAnnouncer::close);
    }
    follower.close();
    fetch.close();
    images.close();
    lookup.ifPresent(RendezvousLookup::close);
    timestamps.ifPresent(TimestampClient::close);
  }
}

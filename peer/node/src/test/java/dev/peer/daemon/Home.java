package dev.peer.daemon;

import dev.peer.client.Timeouts;
import dev.peer.client.announce.LeasedAnnouncer;
import dev.peer.client.announce.ServeSettings;
import dev.peer.core.access.AccessRule;
import dev.peer.core.access.AccessRules;
import dev.peer.core.scratch.FileHold;
import dev.peer.core.sign.RecordVerifier;
import dev.peer.core.sign.SignedRuns;
import dev.peer.core.store.Retention;
import dev.peer.core.store.Store;
import dev.peer.core.store.StoredRecord;
import dev.peer.core.trust.Credentials;
import dev.peer.http.Operations;
import dev.peer.server.HeldFiles;
import dev.peer.server.Intake;
import dev.peer.tls.TestAuthority;
import dev.peer.tls.TlsIdentity;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Function;
import java.util.function.Supplier;

/** A peer with a store that it serves as a daemon does, for as long as it is open. */
final class Home {

  static final Timeouts PATIENCE =
      new Timeouts(
          Duration.ofSeconds(20),
          Duration.ofSeconds(20),
          Duration.ofSeconds(20),
          1 << 10,
          Duration.ofSeconds(5));

  private final TestAuthority team;
  private final Credentials credentials;
  private final TlsIdentity identity;
  private final Path directory;
  private final BlockingQueue<String> notices = new LinkedBlockingQueue<>();
  private final List<AutoCloseable> open = new ArrayList<>();
  private Store store;
  private KeptResults kept;
  private LeasedAnnouncer announcer;

  Home(TestAuthority team, String uri, Path directory) {
    this.team = team;
    credentials = team.issue(uri);
    identity = team.peer(credentials);
    this.directory = directory;
  }

  /** Serves what there is, and takes nothing. */
  Home serve(Retention retention, URI rendezvous) throws Exception {
    return serve(retention, rendezvous, AccessRules::open, _ -> Optional.empty());
  }

  Home serve(
      Retention retention,
      URI rendezvous,
      Supplier<AccessRules> rules,
      Function<Home, Optional<Intake>> intake)
      throws Exception {
    store = Store.open(directory.resolve("store"), retention);
    FileHold keeper = store.removals().takeOver().orElseThrow();
    open.add(keeper);
    kept = new KeptResults(store, this::verifier, Duration.ofMillis(100), notices::add);
    open.add(kept);
    announcer =
        new LeasedAnnouncer(
            identity,
            new LeasedAnnouncer.Service(
                rules, HeldFiles.NONE, intake.apply(this), Optional.empty(), Operations::quiet),
            new ServeSettings(List.of(rendezvous), Optional.empty(), List.of()),
            PATIENCE,
            notices::add);
    kept.start(announcer);
    return this;
  }

  /** Makes a result and keeps it, as a command of the same peer would. */
  SignedRuns.Result run(String name) throws Exception {
    return run(name, "of " + name);
  }

  /** The same, of a run that wrote this. */
  SignedRuns.Result run(String name, String stdout) throws Exception {
    Path made = Files.createTempDirectory(directory, "made");
    SignedRuns.Result result = SignedRuns.make(SignedRuns.inputs(name), stdout, credentials, made);
    keep(result).close();
    return result;
  }

  /** Keeps a result, as a command of the same peer would. */
  StoredRecord keep(SignedRuns.Result result) throws Exception {
    Store own = Store.open(directory.resolve("store"), Retention.ofMost(100));
    Path unpacked = Files.createTempDirectory(directory, "unpacked");
    return own.keep(SignedRuns.verified(result, verifier(), unpacked));
  }

  RecordVerifier verifier() {
    return new RecordVerifier(team.validator(), AccessRule.anyone(), InstantSource.system());
  }

  TlsIdentity identity() {
    return identity;
  }

  Store store() {
    return store;
  }

  KeptResults kept() {
    return kept;
  }

  LeasedAnnouncer announcer() {
    return announcer;
  }

  BlockingQueue<String> notices() {
    return notices;
  }

  /** Closed with this, before what is open already. */
  <T extends AutoCloseable> T closing(T closeable) {
    open.add(closeable);
    return closeable;
  }

  /** Ends what is open, the last first. */
  void close() throws Exception {
    for (AutoCloseable closeable : open.reversed()) {
      closeable.close();
    }
    open.clear();
  }
}

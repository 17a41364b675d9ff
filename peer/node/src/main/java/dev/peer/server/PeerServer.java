package dev.peer.server;

import dev.peer.core.access.AccessRules;
import dev.peer.core.access.Verb;
import dev.peer.core.id.Digest;
import dev.peer.core.id.RepoId;
import dev.peer.core.id.RunKey;
import dev.peer.core.record.MalformedException;
import dev.peer.core.sign.Attestation;
import dev.peer.core.sign.VerificationException;
import dev.peer.core.store.ChunkLists;
import dev.peer.core.store.SentLog;
import dev.peer.core.store.StoredRecord;
import dev.peer.http.HttpCall;
import dev.peer.http.HttpsServer;
import dev.peer.http.ProblemException;
import dev.peer.http.ServerLimits;
import dev.peer.http.ServerSettings;
import dev.peer.pages.Pages;
import dev.peer.tls.TlsIdentity;
import dev.peer.tls.TlsListener;
import dev.peer.wire.Limits;
import dev.peer.wire.MediaTypes;
import dev.peer.wire.PeerPath;
import dev.peer.wire.PeerStatus;
import dev.peer.wire.Problem;
import dev.peer.wire.WholeResult;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;

/**
 * Serves stored records and the output of runs in progress to peers allowed to fetch from their
 * repository, and so files of Git LFS and prepared runtimes; and guest images to peers allowed to
 * fetch from any. Records come and go while it runs; it does not close them. If there is an intake,
 * takes results from peers allowed to announce for the repository.
 */
public final class PeerServer implements AutoCloseable {

  private static final String[] METHODS = {"GET", "HEAD"};
  private static final String[] TAKING = {"GET", "HEAD", "PUT"};

  /** Results taken at once. */
  private static final int MOST_TAKEN = 4;

  /** Bytes a second that a bundle handed over must have on the whole. */
  private static final long SLOWEST = 64 << 10;

  private final Supplier<AccessRules> rules;
  private final ServedRecords records = new ServedRecords();
  private final ChunkLists chunkLists = new ChunkLists();
  private final ServedRuns runs = new ServedRuns();
  private final FileRequests files;
  private final Optional<Intake> intake;
  private final Optional<Pages> pages;
  private final Offers offers = new Offers(System::nanoTime);
  private final Semaphore taking = new Semaphore(MOST_TAKEN);
  private final HttpsServer https;

  private PeerServer(
      TlsIdentity identity,
      Supplier<AccessRules> rules,
      HeldFiles files,
      Optional<Intake> intake,
      Optional<Pages> pages,
      ServerSettings settings)
      throws IOException {
    this.pages = pages;
    this.rules = rules;
    this.files = new FileRequests(files, chunkLists);
    this.intake = intake;
    settings
        .operations()
        .metrics()
        .gauge("peer_results_served", "Runs whose result is served.", records::size);
    TlsListener listener = new TlsListener(identity);
    https = HttpsServer.start(listener, settings, this::serve);
  }

  /** Starts to listen, with no records yet, takes none from others, and keeps no log. */
  public static PeerServer start(
      TlsIdentity identity,
      Supplier<AccessRules> rules,
      HeldFiles files,
      InetSocketAddress address,
      ServerLimits limits)
      throws IOException {
    return start(identity, rules, files, Optional.empty(), ServerSettings.quiet(address, limits));
  }

  /** Starts to listen, with no records yet, and has no pages. */
  public static PeerServer start(
      TlsIdentity identity,
      Supplier<AccessRules> rules,
      HeldFiles files,
      Optional<Intake> intake,
      ServerSettings settings)
      throws IOException {
    return start(identity, rules, files, intake, Optional.empty(), settings);
  }

  /**
   * Starts to listen, with no records yet.
   *
   * @param rules supplies the current rules
   * @param intake takes results that others hand over; empty: none are taken
   * @param pages shows the records to people; empty: there are no pages
   * @throws IOException if it cannot listen there
   */
  public static PeerServer start(
      TlsIdentity identity,
      Supplier<AccessRules> rules,
      HeldFiles files,
      Optional<Intake> intake,
      Optional<Pages> pages,
      ServerSettings settings)
      throws IOException {
    return new PeerServer(identity, rules, files, intake, pages, settings);
  }

  /** Where it listens. */
  public InetSocketAddress address() {
    return https.address();
  }

  /** Serves the record from now on; it must stay open until it is removed. */
  public void add(StoredRecord record) {
    records.add(record);
  }

  /** Serves the record no longer; transfers under way end as they would have. */
  public void remove(StoredRecord record) {
    records.remove(record);
  }

  /** From now on this run can be followed here. */
  public void addRun(LiveRun run) {
    runs.add(run);
  }

  /** The run takes no new followers; current ones follow it to its end. */
  public void removeRun(LiveRun run) {
    runs.remove(run);
  }

  /** Stops; transfers under way get a short time. */
  @Override
  public void close() {
    https.close();
  }

  private void serve(HttpCall call) throws ProblemException, IOException {
    if (pages.isPresent() && Pages.has(call.path())) {
      pages.get().serve(call, records, runs);
      return;
    }
    PeerPath path;
    try {
      path = PeerPath.parse(call.path()).orElseThrow(ProblemException::noSuchPath);
    } catch (MalformedException e) {
      throw ProblemException.of(e);
    }
    call.setTemplate(path.template());
    boolean takes =
        intake.isPresent() && (path instanceof PeerPath.Result || path instanceof PeerPath.Blob);
    call.requireMethod(takes ? TAKING : METHODS);
    if (call.method().equals("PUT")) {
      taken(call, path, intake.orElseThrow());
      return;
    }
    call.requireNoBody();
    switch (path) {
      case PeerPath.Status _ ->
          call.answer(200, MediaTypes.JSON, new PeerStatus(https.id(), records.size()).json());
      case PeerPath.Result(RunKey key) -> {
        call.require(rules, Verb.FETCH);
        result(call, key);
      }
      case PeerPath.RunOutput(RunKey key) -> {
        call.requireMethod("GET");
        call.require(rules, Verb.FETCH);
        output(call, key);
      }
      case PeerPath.Blob(Digest digest) -> {
        call.require(rules, Verb.FETCH);
        blob(call, digest);
      }
      case PeerPath.Chunks(Digest bundle) -> {
        call.require(rules, Verb.FETCH);
        chunks(call, bundle);
      }
      case PeerPath.ImageFile file -> {
        call.require(rules, Verb.FETCH);
        files.image(call, file);
      }
      case PeerPath.LargeFile(RepoId repo, Digest content) -> {
        call.require(rules, Verb.FETCH, repo);
        files.largeFile(call, repo, content);
      }
      case PeerPath.Runtimes list -> {
        call.require(rules, Verb.FETCH, list.repo());
        files.runtimes(call, list);
      }
      case PeerPath.RuntimeContent runtime -> {
        call.require(rules, Verb.FETCH, runtime.repo());
        files.runtime(call, runtime);
      }
      case PeerPath.RuntimeChunks(PeerPath.RuntimeContent runtime) -> {
        call.require(rules, Verb.FETCH, runtime.repo());
        files.runtimeChunks(call, runtime);
      }
      case PeerPath.RuntimeDelta delta -> {
        call.require(rules, Verb.FETCH, delta.runtime().repo());
        files.runtimeDelta(call, delta);
      }
    }
  }

  private void taken(HttpCall call, PeerPath path, Intake intake)
      throws ProblemException, IOException {
    call.require(rules, Verb.ANNOUNCE);
    if (!taking.tryAcquire()) {
      throw new ProblemException(
          Problem.Kind.TOO_MANY, MOST_TAKEN + " results are taken at once: try again in a moment");
    }
    try {
      if (path instanceof PeerPath.Result(RunKey key)) {
        attestation(call, intake, key);
      } else if (path instanceof PeerPath.Blob(Digest digest)) {
        bundle(call, digest);
      }
    } catch (VerificationException e) {
      throw new ProblemException(
          Problem.Kind.UNVERIFIED, "the result is refused: " + e.getMessage());
    } finally {
      taking.release();
    }
  }

  private void attestation(HttpCall call, Intake intake, RunKey key)
      throws ProblemException, VerificationException, IOException {
    Intake.Offer offer =
        intake.offered(call.caller().id(), key, Attestation.of(call.body(Limits.ATTESTATION)));
    call.require(rules, Verb.ANNOUNCE, offer.repo());
    if (isHeld(offer)) {
      call.answer(204);
    } else {
      offers.add(call.caller().id(), offer);
      call.answer(202);
    }
  }

  private void bundle(HttpCall call, Digest digest)
      throws ProblemException, VerificationException, IOException {
    Intake.Offer offer =
        offers
            .take(call.caller().id(), digest)
            .orElseThrow(
                () ->
                    new ProblemException(
                        Problem.Kind.NOT_OFFERED,
                        "put the attestation first, then the bundle " + digest + " that it names"));
    call.require(rules, Verb.ANNOUNCE, offer.repo());
    if (!isHeld(offer)) {
      offer.take(out -> call.body(out, offer.bundle().size(), SLOWEST));
    }
    call.answer(204);
  }

  private static boolean isHeld(Intake.Offer offer) throws ProblemException {
    return switch (offer.state()) {
      case WANTED -> false;
      case HELD -> true;
      case NOT_MIRRORED ->
          throw new ProblemException(
              Problem.Kind.NOT_MIRRORED, "no copies of " + offer.repo() + " are kept here");
      case TOO_LARGE ->
          throw new ProblemException(
              Problem.Kind.TOO_LARGE,
              "a bundle of " + offer.bundle().size() + " bytes is more than is kept here");
    };
  }

  private void result(HttpCall call, RunKey key) throws ProblemException, IOException {
    StoredRecord record = records.withKey(key).orElseThrow(() -> noSuchResult("run " + key));
    call.require(rules, Verb.FETCH, record.repo());
    // A run with --force may replace it.
    call.set("Cache-Control", "private, no-cache");
    call.set("Vary", "Accept");
    byte[] attestation = record.attestation().bytes();
    if (record.bundle().size() <= Limits.BUNDLE_AT_ONCE
        && call.header("Accept").filter(types -> types.contains(MediaTypes.RESULT)).isPresent()) {
      try (FileChannel bundle = FileChannel.open(record.bundleFile())) {
        call.answer(200, MediaTypes.RESULT, WholeResult.beforeBundle(attestation), bundle);
        sent(call, record);
      } catch (NoSuchFileException e) {
        throw noSuchResult("run " + key + " any more");
      }
    } else {
      call.answer(200, MediaTypes.ATTESTATION, attestation);
    }
  }

  private void output(HttpCall call, RunKey key) throws ProblemException, IOException {
    LiveRun run =
        runs.withKey(key)
            .orElseThrow(
                () ->
                    new ProblemException(
                        Problem.Kind.NO_SUCH_RUN, "the run " + key + " is not run here"));
    call.require(rules, Verb.FETCH, run.repo());
    try (LiveRun.Reader reader =
        run.reader(call.caller().id())
            .orElseThrow(
                () ->
                    new ProblemException(
                        Problem.Kind.TOO_MANY, "at most " + Limits.FOLLOWERS + " follow a run"))) {
      call.set("Cache-Control", "no-store");
      call.answer(200, MediaTypes.RUN_OUTPUT, sink -> send(reader, sink));
    }
  }

  private static void send(LiveRun.Reader reader, HttpCall.Sink sink) throws IOException {
    try {
      for (Optional<ByteBuffer> piece = reader.next(); piece.isPresent(); piece = reader.next()) {
        sink.write(piece.get());
      }
    } catch (InterruptedException e) {
      throw (IOException) new InterruptedIOException("the caller is refused").initCause(e);
    }
  }

  private void blob(HttpCall call, Digest digest) throws ProblemException, IOException {
    StoredRecord record = records.withBundle(digest).orElseThrow(() -> noSuchResult("" + digest));
    call.require(rules, Verb.FETCH, record.repo());
    try {
      // Whoever gets a bundle in parts asks for the last one last.
      if (FixedFile.send(call, record.bundleFile(), "" + digest, MediaTypes.BUNDLE)) {
        sent(call, record);
      }
    } catch (NoSuchFileException e) {
      throw noSuchResult(digest + " any more");
    }
  }

  /** The caller has all of a result now, as far as it did not have it before. */
  private void sent(HttpCall call, StoredRecord record) {
    if (!call.method().equals("GET")) {
      return;
    }
    runs.fetched(record.key(), call.caller().id());
    try {
      SentLog.add(record, Instant.now());
    } catch (IOException e) {
      // It only counts: what was sent is the same.
      return;
    }
  }

  private void chunks(HttpCall call, Digest bundle) throws ProblemException, IOException {
    StoredRecord record = records.withBundle(bundle).orElseThrow(() -> noSuchResult("" + bundle));
    call.require(rules, Verb.FETCH, record.repo());
    try {
      Path list =
          chunkLists
              .of(record)
              .orElseThrow(
                  () ->
                      new ProblemException(
                          Problem.Kind.NO_SUCH_CHUNKS, bundle + " is not made of chunks"));
      FixedFile.send(call, list, "chunks:" + bundle, MediaTypes.CHUNKS);
    } catch (NoSuchFileException e) {
      throw noSuchResult(bundle + " any more");
    }
  }

  private static ProblemException noSuchResult(String what) {
    return new ProblemException(Problem.Kind.NO_SUCH_RESULT, "this peer does not hold " + what);
  }
}

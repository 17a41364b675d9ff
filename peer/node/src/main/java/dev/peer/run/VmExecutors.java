package dev.peer.run;

import dev.peer.client.registry.RegistryTransport;
import dev.peer.config.CacheSettings;
import dev.peer.config.CallContext;
import dev.peer.config.ConfigException;
import dev.peer.config.KeptSettings;
import dev.peer.config.RunSettings;
import dev.peer.config.Settings;
import dev.peer.core.flow.ExecutionRequest.SourceTree;
import dev.peer.core.flow.ExecutorException;
import dev.peer.core.flow.InterruptedIo;
import dev.peer.core.flow.Lineage;
import dev.peer.core.key.CheckoutMode;
import dev.peer.core.network.ProxyRules;
import dev.peer.core.network.Reach;
import dev.peer.core.network.Registry;
import dev.peer.core.progress.Notices;
import dev.peer.home.HomeLayout;
import dev.peer.home.SocketDirectory;
import dev.peer.identity.PreparationCertificates;
import dev.peer.source.GitRepository;
import dev.peer.source.Revision;
import dev.peer.source.SourceException;
import dev.peer.source.TrunkHistory;
import dev.peer.vm.exec.RunLimits;
import dev.peer.vm.exec.VmExecutor;
import dev.peer.vm.exec.VmHost;
import dev.peer.vm.exec.WayOut;
import dev.peer.vm.image.ImageStore;
import dev.peer.vm.registry.KeptBlobs;
import dev.peer.vm.registry.RegistryAccess;
import dev.peer.vm.snapshot.CachePolicy;
import dev.peer.vm.snapshot.DiskName;
import dev.peer.vm.snapshot.RepositoryDisks;
import dev.peer.vm.snapshot.VoucherJudge;
import java.io.IOException;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/** The machines of a home, configured by this process, whoever the caller of the run is. */
public final class VmExecutors {

  private VmExecutors() {}

  /** The executor for a subject's runs. */
  public static VmExecutor executor(RunTarget subject) throws ConfigException, IOException {
    return executor(subject, subject.run());
  }

  /** The executor for runs of another revision, on disks of the subject's size. */
  public static VmExecutor executor(RunTarget subject, RunSettings run)
      throws ConfigException, IOException {
    VmExecutor executor =
        executor(
            subject.images(),
            subject.peer().home(),
            new RunLimits(
                run.machine().cpus(),
                run.machine().memory(),
                subject.run().machine().disk(),
                run.machine().timeout().run(),
                run.machine().timeout().stages(),
                run.machine().maxOutput()),
            run.prepareNetwork());
    executor.setMostTries(subject.peer().rules().requireTries());
    return executor;
  }

  /** The executor for what is prepared ahead of a run, which shares what the run's own has. */
  static VmExecutor ahead(VmExecutor own, RunTarget subject, RunSettings run)
      throws ConfigException, IOException {
    VmExecutor executor = executor(subject, run);
    executor.setReady(own.ready());
    executor.setVouchers(own.vouchers());
    return executor;
  }

  /**
   * Which kept disks a subject's run may start from: those of a repository, an image and a size.
   */
  public static DiskName diskName(RunTarget subject) {
    return new DiskName(
        subject.owner().id(), subject.inputs().image(), subject.run().machine().disk());
  }

  /** Which of these a subject's run may start from, as its caller says. */
  public static Lineage lineage(RunTarget subject) throws ConfigException {
    return lineage(subject, subject.revision());
  }

  /** As {@link #lineage(RunTarget)}, of another revision of the subject's repository. */
  public static Lineage lineage(RunTarget subject, Revision revision) throws ConfigException {
    KeptSettings kept = subject.kept();
    return new Lineage(
        revision.commit(), kept.widest(), new TrunkHistory(subject.git(), kept.trunk()));
  }

  /**
   * The kept disks of a home.
   *
   * @param judge says which of other peers' count; empty: none
   */
  public static RepositoryDisks disks(
      Path home, CacheSettings caches, Notices notices, Optional<VoucherJudge> judge) {
    return new RepositoryDisks(
        new HomeLayout(home).disks(), policy(caches), InstantSource.system(), notices::say, judge);
  }

  private static CachePolicy policy(CacheSettings caches) {
    return new CachePolicy(caches.maxAge(), caches.maxBytes());
  }

  /** An executor below a home. */
  public static VmExecutor executor(ImageStore images, Path home, RunLimits limits, Reach reach)
      throws ConfigException, IOException {
    Settings settings = CallContext.ofProcess().settings();
    CacheSettings caches = CacheSettings.of(settings);
    VmExecutor executor =
        new VmExecutor(
            new VmHost(images, new HomeLayout(home).machines(), sockets(home), System.getenv()),
            limits,
            reach,
            policy(caches));
    List<X509Certificate> certificates = PreparationCertificates.of(settings);
    executor.setWayOut(
        new WayOut(
            ProxyRules.ofPlain(System.getenv()),
            ProxyRules.ofProcess(),
            certificates,
            registries(settings, blobs(home, caches), certificates)));
    return executor;
  }

  private static Optional<RegistryAccess> registries(
      Settings settings, KeptBlobs blobs, List<X509Certificate> certificates)
      throws ConfigException {
    List<Registry> registries = RunSettings.prepareRegistries(settings);
    return registries.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new RegistryAccess(registries, () -> new RegistryTransport(certificates), blobs));
  }

  /** What registries gave, by digest. */
  public static KeptBlobs blobs(Path home, CacheSettings caches) {
    return new KeptBlobs(new HomeLayout(home).blobs(), caches.maxAge(), caches.maxBytes());
  }

  /** Where the machines' sockets are made, and the daemon's. */
  public static Path sockets(Path home) throws IOException {
    return SocketDirectory.of(
        new HomeLayout(home), System.getenv(), Path.of(System.getProperty("java.io.tmpdir")));
  }

  /** The revision as the guest gets it. */
  public static SourceTree source(RunTarget subject) {
    return source(subject.git(), subject.revision(), subject.run().inputs().checkout());
  }

  /** A revision as the guest gets it. */
  public static SourceTree source(GitRepository git, Revision revision, CheckoutMode checkout) {
    return (scratch, root) -> {
      try {
        git.writeGuestTree(revision, checkout, scratch, root);
      } catch (SourceException e) {
        InterruptedIo.rethrow(e);
        throw new ExecutorException(e.getMessage(), e.hint(), e);
      }
    };
  }
}

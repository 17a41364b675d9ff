package dev.peer.cli.machine;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.peer.cli.console.Output;
import dev.peer.cli.syntax.Option;
import dev.peer.cli.syntax.Positional;
import dev.peer.cli.syntax.Syntax;
import dev.peer.config.CacheSettings;
import dev.peer.config.CallContext;
import dev.peer.config.PeerSettings;
import dev.peer.core.id.RepoId;
import dev.peer.core.json.JsonTree;
import dev.peer.core.progress.TimeSpans;
import dev.peer.home.HomeLayout;
import dev.peer.lfs.KeptObjects;
import dev.peer.report.CommandException;
import dev.peer.report.ExitCode;
import dev.peer.report.Facts;
import dev.peer.run.RepoOwner;
import dev.peer.run.VmExecutors;
import dev.peer.vm.registry.KeptBlobs;
import dev.peer.vm.snapshot.DiskRemoval;
import dev.peer.vm.snapshot.DiskSummary;
import dev.peer.vm.snapshot.RepositoryDisks;
import dev.peer.vm.snapshot.UnpreparedCommits;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** {@code peer cache}. */
public final class CacheCommand {

  private final CallContext call;
  private final Output output;

  public CacheCommand(CallContext call, Output output) {
    this.call = call;
    this.output = output;
  }

  /** How it is called. */
  public Syntax syntax() {
    return Syntax.family(
            "cache", "ls or drop", "List and drop kept container images, caches, LFS files")
        .examples("  peer cache ls", "  peer cache drop")
        .below(dropSyntax(), listSyntax());
  }

  private Syntax listSyntax() {
    Option<Boolean> json = Option.flag("--json", "print JSON");
    return Syntax.of(
            "ls",
            () -> list(json.value()),
            "List what is kept of each repository",
            "Also says why the last disk was dropped.")
        .examples("  peer cache ls", "  peer cache ls --json")
        .takes(json);
  }

  private int list(boolean json) throws Exception {
    RepositoryDisks disks = disks();
    List<DiskSummary> kept = disks.list();
    List<DiskRemoval> gone = disks.removals();
    List<KeptObjects.Summary> files = largeFiles().list();
    Optional<KeptBlobs.Summary> blobs = blobs().summary();
    if (json) {
      output.print(json(kept, gone, files, blobs));
      return ExitCode.PASSED.number();
    }
    Instant now = Instant.now();
    for (DiskSummary disk : kept) {
      output.print(
          disk.name().repo()
              + "  begun "
              + TimeSpans.ago(Duration.between(disk.history().begun(), now))
              + ", "
              + use(disk.used(), disk.bytes(), now)
              + (disk.name().repo().isOfLayers() ? "" : ", " + disk.history().made())
              + ", image "
              + disk.name().image()
              + (disk.runtimeBytes() > 0
                  ? ", served as a runtime of " + Facts.mebibytes(disk.runtimeBytes())
                  : ""));
    }
    for (KeptObjects.Summary one : files) {
      output.print(
          one.repo()
              + "  "
              + one.files()
              + " files of Git LFS, "
              + use(one.used(), one.bytes(), now));
    }
    if (blobs.isPresent()) {
      output.print(
          "container images by digest: "
              + blobs.get().files()
              + " files, "
              + use(blobs.get().used(), blobs.get().bytes(), now));
    }
    for (DiskRemoval one : gone) {
      output.print(
          one.repo()
              + "  dropped "
              + TimeSpans.ago(Duration.between(one.when(), now))
              + ": "
              + one.why());
    }
    return ExitCode.PASSED.number();
  }

  private static String use(Instant used, long bytes, Instant now) {
    return "used " + TimeSpans.ago(Duration.between(used, now)) + ", " + Facts.mebibytes(bytes);
  }

  private Syntax dropSyntax() {
    Positional<List<String>> names =
        Positional.from(0, "REPO", String.class, "as `peer cache ls` names it");
    Option<Boolean> all =
        Option.flag("--all", "of all repositories, and container images that are kept by digest");
    return Syntax.of(
            "drop",
            () -> drop(names.value(), all.value()),
            "Drop what is kept of a repository",
            "Without a name: of the repository in the working directory. A disk that a run uses"
                + " now stays, and so does one whose runtime is sent to another peer now.")
        .examples(
            "  peer cache drop                    # of this repository", "  peer cache drop --all")
        .takes(names, all);
  }

  private int drop(List<String> names, boolean all) throws Exception {
    RepositoryDisks disks = disks();
    Set<RepoId> files =
        largeFiles().list().stream()
            .map(KeptObjects.Summary::repo)
            .collect(Collectors.toCollection(LinkedHashSet::new));
    Set<RepoId> kept =
        disks.list().stream()
            .map(summary -> summary.name().repo())
            .collect(Collectors.toCollection(LinkedHashSet::new));
    new UnpreparedCommits(layout().unprepared(), InstantSource.system()).clear();
    Set<RepoId> known = new LinkedHashSet<>(kept);
    known.addAll(files);
    for (RepoId repo : all ? known : named(names, known)) {
      largeFiles().drop(repo);
      if (disks.drop(repo, "`peer cache drop`") == 0 && kept.contains(repo)) {
        throw new CommandException(
            ExitCode.INFRASTRUCTURE,
            "a run or another peer uses what is kept of " + repo + " right now",
            "wait until that has ended, and try again");
      }
    }
    if (all) {
      blobs().drop();
    }
    return ExitCode.PASSED.number();
  }

  private Set<RepoId> named(List<String> names, Set<RepoId> kept) throws Exception {
    if (names.isEmpty()) {
      RepoId here = RepoOwner.here(call).id();
      return new LinkedHashSet<>(List.of(here, here.canonical()));
    }
    Set<RepoId> repos = new LinkedHashSet<>();
    for (String name : names) {
      RepoId repo =
          kept.stream()
              .filter(one -> one.text().equals(name))
              .findFirst()
              .orElseThrow(
                  () ->
                      new CommandException(
                          ExitCode.USAGE,
                          "nothing is kept of a repository " + name,
                          "`peer cache ls` lists the repositories"));
      repos.add(repo);
    }
    return repos;
  }

  private static String json(
      List<DiskSummary> kept,
      List<DiskRemoval> gone,
      List<KeptObjects.Summary> files,
      Optional<KeptBlobs.Summary> blobs) {
    ObjectNode answer = JsonTree.object();
    ArrayNode disks = answer.putArray("kept");
    for (DiskSummary disk : kept) {
      ObjectNode entry = disks.addObject();
      entry.put("repo", disk.name().repo().text());
      entry.put("image", disk.name().image().toString());
      entry.put("diskBytes", disk.name().bytes());
      entry.put("origin", disk.history().made().origin().toString());
      ArrayNode commits = entry.putArray("commits");
      disk.history().made().commits().forEach(commit -> commits.add(commit.hex()));
      entry.put("begun", disk.history().begun().toString());
      entry.put("used", disk.used().toString());
      entry.put("bytes", disk.bytes());
      entry.put("runtimeBytes", disk.runtimeBytes());
    }
    ArrayNode dropped = answer.putArray("dropped");
    for (DiskRemoval one : gone) {
      ObjectNode entry = dropped.addObject();
      entry.put("repo", one.repo().text());
      entry.put("when", one.when().toString());
      entry.put("why", one.why());
    }
    ArrayNode largeFiles = answer.putArray("largeFiles");
    for (KeptObjects.Summary one : files) {
      ObjectNode entry = largeFiles.addObject();
      entry.put("repo", one.repo().text());
      entry.put("files", one.files());
      entry.put("bytes", one.bytes());
      entry.put("used", one.used().toString());
    }
    blobs.ifPresent(
        all -> {
          ObjectNode entry = answer.putObject("containerImages");
          entry.put("files", all.files());
          entry.put("bytes", all.bytes());
          entry.put("used", all.used().toString());
        });
    return new String(JsonTree.bytes(answer), StandardCharsets.UTF_8);
  }

  private RepositoryDisks disks() throws Exception {
    return VmExecutors.disks(
        layout().home(), CacheSettings.of(call.settings()), output, Optional.empty());
  }

  private KeptObjects largeFiles() throws Exception {
    return new KeptObjects(layout().largeFiles());
  }

  private KeptBlobs blobs() throws Exception {
    return VmExecutors.blobs(layout().home(), CacheSettings.of(call.settings()));
  }

  private HomeLayout layout() throws Exception {
    return new HomeLayout(PeerSettings.home(call.settings()));
  }
}

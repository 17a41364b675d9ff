package dev.peer.run;

import dev.peer.config.CallContext;
import dev.peer.core.find.Replayable;
import dev.peer.core.id.PeerId;
import dev.peer.core.id.Printable;
import dev.peer.core.id.RunKey;
import dev.peer.core.key.NetworkMode;
import dev.peer.core.progress.TimeSpans;
import dev.peer.core.record.Artifact;
import dev.peer.core.record.MalformedException;
import dev.peer.core.record.Provenance;
import dev.peer.core.record.RunRecord;
import dev.peer.core.record.Tries;
import dev.peer.core.scratch.FileHold;
import dev.peer.core.sign.VerifiedRecord;
import dev.peer.core.store.Hit;
import dev.peer.core.store.HitLog;
import dev.peer.core.store.Store;
import dev.peer.core.store.StoredEntry;
import dev.peer.home.HomeLayout;
import dev.peer.network.PeerNetwork;
import dev.peer.report.ArtifactCopy;
import dev.peer.report.CommandException;
import dev.peer.report.ExitCode;
import dev.peer.report.OutputFile;
import dev.peer.report.RunOutput;
import java.io.IOException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What commands do with results: show them, copy their artifacts, keep them. */
public final class Results {

  private static final String ARTIFACTS = "--artifacts";
  private static final Pattern KEY = Pattern.compile("[0-9a-f]{1,64}");

  private Results() {}

  public static Store openStore(RunTarget subject) throws IOException {
    return Store.open(new HomeLayout(subject.peer().home()).store(), subject.run().keep())
        .keptFor(subject.owner());
  }

  /** For a command that keeps no result, so that none has to go. */
  public static Store openStore(Path home) throws IOException {
    return Store.open(new HomeLayout(home).store(), 1);
  }

  /** The one result in the store whose run key begins so. */
  public static Map.Entry<RunKey, StoredEntry> find(Store store, String prefix)
      throws IOException, CommandException {
    if (!KEY.matcher(prefix).matches()) {
      throw new CommandException(
          ExitCode.USAGE,
          "not the beginning of a run key: " + Printable.of(prefix),
          "give its first digits, as `peer ls` shows them");
    }
    SortedMap<RunKey, StoredEntry> found = store.entries().findByPrefix(prefix);
    if (found.isEmpty()) {
      throw new CommandException(
          ExitCode.NO_RESULT,
          "the store has no result of a run " + prefix,
          "`peer replay` gets one where a peer holds it");
    }
    if (found.size() > 1) {
      throw new CommandException(
          ExitCode.USAGE,
          prefix
              + " can be any of "
              + found.keySet().stream().map(RunKey::hex).collect(Collectors.joining(", ")),
          "give more digits");
    }
    return Map.entry(found.firstKey(), found.get(found.firstKey()));
  }

  /**
   * Holds a result that was found, so that no other process removes it to make room.
   *
   * @throws CommandException if one has just done so
   */
  public static FileHold hold(Store store, RunKey key, StoredEntry entry)
      throws IOException, CommandException {
    return store
        .entries()
        .hold(entry)
        .orElseThrow(
            () ->
                new CommandException(
                    ExitCode.NO_RESULT,
                    "another process has just removed or replaced the result " + key,
                    "try again; PEER_KEEP says how many results are kept"));
  }

  /** Whether this can be the beginning of a run key. */
  public static boolean isKeyPrefix(String text) {
    return KEY.matcher(text).matches();
  }

  /**
   * Writes the output again, except what was already shown, and says where it is from. Then notes
   * the hit here and tells the rendezvous, which nothing waits for.
   */
  public static void replay(RunOutput output, Replayable result, PeerNetwork network)
      throws IOException, CommandException {
    VerifiedRecord verified = result.verified();
    output.step("replay");
    try {
      result.replay(output);
    } catch (MalformedException e) {
      throw new CommandException(
          ExitCode.NOTHING_VERIFIED,
          "the result of "
              + verified.attestation().signer().id()
              + " is malformed: "
              + e.getMessage(),
          "`peer run --force` runs it",
          e);
    }
    if (verified.record().inputs().network() == NetworkMode.OPEN) {
      output.say("network: open, the test reached what that host did");
    }
    PeerId signer = verified.attestation().signer().id();
    Duration age = Duration.between(verified.record().finishedAt(), Instant.now());
    Duration took = output.timeline().total();
    Duration saved = verified.record().took().minus(took);
    output.say(
        passed(verified.record())
            + (result.followed() ? ", followed: " : ", replayed: ")
            + signer
            + " ran it "
            + TimeSpans.ago(age)
            + " in "
            + duration(verified.record())
            + tries(verified.record())
            + result.holder().map(holder -> ", got from " + holder).orElse(", was in the store")
            + (saved.isPositive() && !result.followed()
                ? ", saved " + TimeSpans.seconds(saved)
                : ""));
    if (!result.followed()) {
      Hit hit = new Hit(Instant.now(), result.holder().isPresent(), verified.record().took(), took);
      note(result, hit);
      network.tellHit(result, hit.saved());
    }
  }

  private static void note(Replayable result, Hit hit) {
    try {
      HitLog.add(result.stored(), hit);
    } catch (IOException e) {
      // It only counts: what was replayed holds all the same.
      return;
    }
  }

  /** Refuses an unusable directory for artifacts before anything runs. */
  public static void requireUsable(CallContext from, Optional<Path> artifacts)
      throws IOException, CommandException {
    if (artifacts.isPresent()) {
      OutputFile.requireDirectory(ARTIFACTS, from.directory().resolve(artifacts.get()));
    }
  }

  /** Copies the artifacts, whose unpacked files may then be gone; names what is not written. */
  public static void copyArtifacts(
      RunOutput output, Replayable result, CallContext from, Optional<Path> artifacts)
      throws IOException, CommandException {
    if (artifacts.isPresent()) {
      copyArtifacts(ARTIFACTS, output, result.verified(), from, artifacts.get());
    }
  }

  /**
   * Copies the artifacts of a result, whose unpacked files may then be gone; names what is not
   * written.
   *
   * @param option the option that names the place
   * @return how many are not written
   */
  public static int copyArtifacts(
      String option, RunOutput output, VerifiedRecord result, CallContext from, Path to)
      throws IOException, CommandException {
    output.step("copy artifacts");
    List<Artifact> artifacts = result.artifacts();
    List<String> left =
        ArtifactCopy.write(
            option,
            from.directory().resolve(to),
            artifacts,
            result.files(),
            FileTime.from(result.record().finishedAt()));
    left.forEach(output::say);
    output.say((artifacts.size() - left.size()) + " artifacts are in " + to);
    return left.size();
  }

  /** That it passed, and what the reports of its tests count. */
  public static String passed(RunRecord record) {
    return "passed" + record.tests().map(tests -> ", " + tests).orElse("");
  }

  /** How a run passed here, for people. */
  static String passedHere(RunRecord record) {
    return passed(record)
        + (record.tests().isPresent() ? ", in " : " in ")
        + duration(record)
        + tries(record);
  }

  /** How long the run took, for people. */
  public static String duration(RunRecord record) {
    return TimeSpans.seconds(record.took());
  }

  /** At which try the tests passed, to follow how long it took; nothing if there was only one. */
  public static String tries(RunRecord record) {
    return record.provenance() instanceof Provenance.Stated stated
            && !stated.tries().equals(Tries.ONCE)
        ? ", at try " + stated.tries()
        : "";
  }
}

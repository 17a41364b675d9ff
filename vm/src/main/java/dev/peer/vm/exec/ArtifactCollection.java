package dev.peer.vm.exec;

import dev.peer.core.flow.ExecutionRequest;
import dev.peer.core.id.Printable;
import dev.peer.core.junit.TestReports;
import dev.peer.core.progress.ExecutionListener;
import dev.peer.core.record.Artifact;
import dev.peer.core.record.ArtifactManifest;
import dev.peer.core.record.ArtifactSink;
import dev.peer.core.record.Artifacts;
import dev.peer.core.record.MalformedException;
import dev.peer.core.record.TestReport;
import dev.peer.vm.guest.ArtifactIntake;
import dev.peer.vm.guest.ArtifactIntake.LeftOut;
import dev.peer.vm.guest.StageResult;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The artifacts of a run as the stage of that name left them. What no artifact can be is named and
 * left out; the run still passes, unless the mkfile requires it.
 */
record ArtifactCollection(ExecutionRequest request, ExecutionListener listener) {

  private static final int MOST_NAMED = 20;

  /** The run cannot pass with these artifacts. */
  static final class RefusedException extends Exception {

    private static final long serialVersionUID = 1L;

    private final String hint;

    RefusedException(String message, String hint) {
      super(message);
      this.hint = hint;
    }

    String hint() {
      return hint;
    }
  }

  /**
   * What was collected.
   *
   * @param tests what the reports among the artifacts say; empty if there is none
   */
  record Collection(Artifacts artifacts, Optional<TestReport> tests) {}

  Collection take(Path disk, StageResult stage) throws IOException, RefusedException {
    ArtifactIntake.Contents taken = intake(disk, request.artifacts());
    List<LeftOut> leftOut = new ArrayList<>(taken.leftOut());
    lines(stage, "sockets").forEach(path -> leftOut.add(new LeftOut(path, "is a socket")));
    for (String required : lines(stage, "required")) {
      requireKept(required, taken.artifacts(), leftOut);
    }
    say(leftOut.stream().map(LeftOut::toString).toList(), " more are left out");
    say(taken.changes(), " more are kept without setuid, setgid or sticky");
    return new Collection(ArtifactManifest.of(taken.listed(), request.files()), readReports(taken));
  }

  /** What the reports say that a failed test left. */
  Optional<TestReport> takeReports(Path disk) throws IOException, RefusedException {
    return readReports(intake(disk, ArtifactSink.NONE));
  }

  private ArtifactIntake.Contents intake(Path disk, ArtifactSink sink)
      throws IOException, RefusedException {
    try {
      return ArtifactIntake.take(disk, request.files(), sink);
    } catch (MalformedException e) {
      throw new RefusedException(
          masked(e.getMessage()), "build the guest image again with `peer image build`");
    }
  }

  private Optional<TestReport> readReports(ArtifactIntake.Contents taken) throws IOException {
    List<String> unread = new ArrayList<>();
    Optional<TestReport> tests =
        TestReports.read(
            request.files(), taken.artifacts(), request.secrets().all()::mask, unread::add);
    say(unread, " more are not counted");
    return tests;
  }

  private void requireKept(String required, List<Artifact> kept, List<LeftOut> leftOut)
      throws RefusedException {
    Optional<LeftOut> lost = leftOut.stream().filter(one -> isIn(one.path(), required)).findFirst();
    if (lost.isPresent()) {
      throw new RefusedException(
          masked(
              "the mkfile requires the artifact " + Printable.of(required) + ", and " + lost.get()),
          "have its recipe leave plain files, or take it from the prerequisites of"
              + " required-artifacts");
    }
    if (kept.stream().noneMatch(one -> isIn(one.path(), required))) {
      throw new RefusedException(
          masked(
              "the mkfile requires the artifact "
                  + Printable.of(required)
                  + ", and no recipe has made it"),
          "make every file that the mkfile names below /var/run/ci/artifacts");
    }
  }

  private static boolean isIn(String path, String required) {
    return path.equals(required) || path.startsWith(required + "/");
  }

  private void say(List<String> lines, String more) {
    lines.stream().limit(MOST_NAMED).forEach(line -> listener.note(masked(line)));
    if (lines.size() > MOST_NAMED) {
      listener.note((lines.size() - MOST_NAMED) + more);
    }
  }

  private String masked(String text) {
    return request.secrets().all().mask(text);
  }

  private static List<String> lines(StageResult stage, String key) {
    return stage.info().getOrDefault(key, "").lines().toList();
  }
}

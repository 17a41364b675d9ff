package dev.peer.core.platform;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Any other unix, such as macOS: what POSIX has, and no more. */
record OtherPlatform(String name) implements Platform {

  private static final int STDERR = 2;

  /** Neither a lost terminal nor its Ctrl-C ends what this becomes. */
  private static final String IGNORING = "trap '' HUP INT; exec \"$@\"";

  @Override
  public Optional<String> lackForMachines() {
    return Optional.of("tests run on Linux alone, and this is " + name);
  }

  @Override
  public int uid() {
    return CLibrary.effectiveUser();
  }

  @Override
  public UserPrincipal user() throws IOException {
    // A name that is a number is that user's, unless the system has a user of such a name.
    return FileSystems.getDefault()
        .getUserPrincipalLookupService()
        .lookupPrincipalByName(Integer.toUnsignedString(uid()));
  }

  @Override
  public String hostName() {
    return CLibrary.hostName();
  }

  @Override
  public Optional<Duration> age() {
    return ProcessHandle.current()
        .info()
        .startInstant()
        .map(start -> Duration.between(start, Instant.now()))
        .filter(Duration::isPositive);
  }

  @Override
  public OptionalLong residentMemory() {
    return OptionalLong.empty();
  }

  @Override
  public StreamKind streamKind(int descriptor) {
    if (CLibrary.isTerminal(descriptor)) {
      return StreamKind.TERMINAL;
    }
    return CLibrary.isSeekable(descriptor) ? StreamKind.FILE : StreamKind.PIPE;
  }

  @Override
  public boolean isInForeground() {
    int foreground = CLibrary.foregroundGroup(STDERR);
    return foreground <= 0 || foreground == CLibrary.ownGroup();
  }

  @Override
  public boolean isInForeground(long process) {
    return true;
  }

  @Override
  public boolean restoreInterrupt() {
    return false;
  }

  @Override
  public List<String> detached(List<String> command) {
    List<String> whole = new ArrayList<>(List.of("sh", "-c", IGNORING, "sh"));
    whole.addAll(command);
    return whole;
  }

  @Override
  public Optional<String> surroundings() {
    return Optional.empty();
  }

  @Override
  public boolean isPlain(Path file) {
    return false;
  }
}

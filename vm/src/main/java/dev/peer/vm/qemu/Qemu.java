package dev.peer.vm.qemu;

import dev.peer.core.id.Architecture;
import dev.peer.core.platform.Platform;
import dev.peer.core.platform.SearchPath;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;

/** The QEMU of this machine. */
public final class Qemu {

  /** The kind of object that does so. */
  static final String FILTER = "filter-redirector";

  private static final String UTIL_LINUX =
      "install util-linux (Debian: apt-get install util-linux)";

  private final Path program;
  private final Path setpriv;
  private final Path setsid;

  private Qemu(Path program, Path setpriv, Path setsid) {
    this.program = program;
    this.setpriv = setpriv;
    this.setsid = setsid;
  }

  /**
   * Finds the programs for machines of an architecture in the directories of {@code PATH}.
   *
   * @throws QemuException if one is missing, or this host cannot run machines at all
   */
  public static Qemu find(Architecture architecture, Map<String, String> environment)
      throws QemuException {
    Optional<String> lack = Platform.current().lackForMachines();
    if (lack.isPresent()) {
      throw new QemuException(
          lack.get(), "run them on a Linux machine that has QEMU, and replay the result here");
    }
    return new Qemu(
        find(
            environment,
            architecture.emulator(),
            "install it (Debian: apt-get install "
                + architecture.emulatorPackage()
                + "), or replay where another peer ran"),
        find(environment, "setpriv", UTIL_LINUX),
        find(environment, "setsid", UTIL_LINUX));
  }

  private static Path find(Map<String, String> environment, String name, String hint)
      throws QemuException {
    return SearchPath.find(name, environment)
        .orElseThrow(() -> new QemuException(name + " is not in PATH", hint));
  }

  /** A value that changes when another QEMU is installed. */
  public String build() throws IOException {
    Path real = program.toRealPath();
    FileTime modified = Files.getLastModifiedTime(real);
    return real + " " + Files.size(real) + " " + modified;
  }

  /**
   * Whether it can pass a guest's frames through another process.
   *
   * @param memory the directory where a yes is remembered: a no may be the host's lack of something
   */
  public boolean filtersNetwork(Path memory) throws IOException, InterruptedException {
    QemuAnswers answers = new QemuAnswers(memory);
    String build = build();
    boolean known = answers.find(FILTER, build).orElse(false);
    if (!known && filtersNetwork()) {
      answers.remember(FILTER, build, true);
      return true;
    }
    return known;
  }

  /** Like {@link #filtersNetwork(Path)}, asked of it now. */
  public boolean filtersNetwork() throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder(setsid.toString(), program.toString(), "-object", FILTER + ",help")
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD);
    return withoutOurs(builder).start().waitFor() == 0;
  }

  /** Our variables, such as a key or a token, are nothing for QEMU. */
  private static ProcessBuilder withoutOurs(ProcessBuilder builder) {
    builder.environment().keySet().retainAll(List.of("PATH", "LANG"));
    return builder;
  }

  /** The user that QEMU is run as with this accelerator; nothing for our own. */
  Optional<QemuUser> user(Accelerator accelerator) throws IOException {
    Optional<QemuUser> user = QemuUser.find();
    return user.isPresent() && accelerator == Accelerator.KVM
        ? Optional.of(user.get().withKvm())
        : user;
  }

  /**
   * Starts QEMU so that the kernel kills it when this process ends, however it ends; in a session
   * of its own, so that a terminal's Ctrl-C is for this process alone to answer; so that it cannot
   * gain a privilege; and so that it leaves no core dump.
   *
   * @param files the user that it runs as, and the directories that it needs open
   * @param output receives QEMU's own messages, and is closed when QEMU has ended
   */
  Process start(List<String> arguments, HostFiles files, Path directory, Tail output)
      throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(List.of(setsid.toString(), setpriv.toString(), "--no-new-privs"));
    files.user().ifPresent(user -> command.addAll(user.setprivOptions()));
    // Changing the user clears the signal: setpriv sets it after that.
    command.addAll(List.of("--pdeathsig", "KILL", "--", program.toString()));
    command.addAll(arguments);
    ProcessBuilder builder =
        new ProcessBuilder(files.openedFor(command))
            .directory(directory.toFile())
            .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
            .redirectErrorStream(true);
    return startAndStay(withoutOurs(builder), output);
  }

  /**
   * Starts the process from a thread that lives as long as the process does: the kernel's "parent
   * death" means the death of the thread that started it.
   */
  private static Process startAndStay(ProcessBuilder builder, Tail output)
      throws IOException, InterruptedException {
    CompletableFuture<Process> started = new CompletableFuture<>();
    CountDownLatch handedOver = new CountDownLatch(1);
    Thread.ofPlatform()
        .daemon()
        .name("qemu")
        .start(
            () -> {
              try (output) {
                Process process = builder.start();
                started.complete(process);
                handedOver.await();
                drain(process, output);
                process.waitFor();
              } catch (IOException | InterruptedException e) {
                started.completeExceptionally(e);
              }
            });
    try {
      return started.get();
    } catch (InterruptedException e) {
      var _ = started.thenAccept(Process::destroyForcibly);
      throw e;
    } catch (ExecutionException e) {
      throw new IOException(e.getCause().getMessage(), e.getCause());
    } finally {
      handedOver.countDown();
    }
  }

  /** Reads the process's output to its end, which may come by force. */
  private static void drain(Process process, Tail output) {
    try (InputStream said = process.getInputStream()) {
      said.transferTo(output);
    } catch (IOException e) {
      // A process that is ended by force may take the pipe with it.
      return;
    }
  }
}
